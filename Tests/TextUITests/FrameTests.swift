import TestKit
import Testing
import TextUI

@Suite struct FrameTests {
  /// A frame of three rows filled with dots.
  func dotted(width: Int = 10) -> Frame {
    var frame = Frame(size: Size(width: width, height: 3))
    frame.fill(frame.bounds, ".")
    return frame
  }

  @Test func writesAndClipsText() {
    var frame = dotted()
    let clip = Rect(x: 2, y: 1, width: 5, height: 1)
    #expect(frame.write("abcdefgh", x: 0, y: 1, within: clip) == 7)
    #expect(frame.write("above", x: 0, y: 0, within: clip) == 0)
    #expect(frame.write("end", x: 8, y: 2) == 2)
    expectFrame(
      frame,
      """
      ..........
      ..cdefg...
      ........en
      """)
  }

  @Test(arguments: [
    (0, "日本......"), (7, ".......日"), (9, "........."), (-1, " 本......."), (-3, " ........."),
  ])
  func neverCutsWideCharacters(x: Int, row: String) {
    var frame = dotted()
    frame.write("日本", x: x, y: 0)
    #expect((0..<10).reduce(0) { $0 + Int(frame[$1, 0].width) } == 10)
    #expect(frame.row(0) == row)
  }

  @Test(arguments: [(0, "x .."), (1, " x..")])
  func overwritingAHalfBlanksTheOther(half: Int, row: String) {
    var frame = dotted(width: 4)
    frame.write("日", x: 0, y: 0)
    frame.write("x", x: half, y: 0)
    #expect(frame.row(0) == row)
  }

  @Test func wideOverTwoWideOnesBlanksBothOuterHalves() {
    var frame = dotted(width: 4)
    frame.write("日本", x: 0, y: 0)
    frame.write("語", x: 1, y: 0)
    #expect(frame.row(0) == " 語")
    #expect(frame[3, 0] == .blank)
  }

  @Test func marksJoinTheCharacterBefore() {
    var frame = dotted(width: 4)
    #expect(frame.write("e\u{301}\u{302}x", x: 0, y: 0) == 2)
    #expect(frame[0, 0].text == "e\u{301}\u{302}")
    #expect(frame[1, 0].text == "x")
    frame.write("a" + String(repeating: "\u{301}", count: 50), x: 0, y: 0)
    #expect(frame[0, 0].combiningMarks.count == Cell.markLimit)
  }

  @Test func aMarkAtTheStartHasNothingToStandOn() {
    var frame = dotted(width: 4)
    frame.write("\u{301}x", x: 0, y: 0)
    #expect(frame.row(0) == "\u{FFFD}x..")
  }

  @Test func controlCharactersAreShown() {
    var frame = dotted(width: 12)
    frame.write("\u{1B}[2J\n\0\u{202E}\u{9B}", x: 0, y: 0)
    #expect(frame.row(0) == "␛[2J␊␀\u{FFFD}\u{FFFD}....")
  }

  @Test func outsideIsBlankAndIgnored() {
    var frame = dotted(width: 2)
    frame[5, 5] = Cell("x")
    frame[-1, 0] = Cell("x")
    #expect(frame[5, 5] == .blank)
    #expect(frame.row(9) == "")
    #expect(frame.plainText() == "..\n..\n..")
  }

  @Test func restyleKeepsTheText() {
    var frame = dotted(width: 3)
    frame.restyle(Rect(x: 1, y: 0, width: 9, height: 1)) { $0.attributes.insert(.reverse) }
    #expect(frame[0, 0].style == .plain)
    #expect(frame[2, 0].style.attributes == .reverse)
    #expect(frame.row(0) == "...")
  }

  @Test func cellsOfAnotherTerminalAreWrittenAsTheyAre() {
    var source = Frame(size: Size(width: 4, height: 1))
    source.write("a日b", x: 0, y: 0, style: Style(attributes: .bold))
    var frame = dotted(width: 6)
    let clip = Rect(x: 0, y: 0, width: 4, height: 3)
    frame.write((0..<4).map { source[$0, 0] }, x: 1, y: 1, within: clip)
    #expect(frame.row(1) == ".a日..")
    #expect(frame[2, 1].style.attributes == .bold)
  }

  @Test func headlessScreenKeepsTheLastFrame() {
    let screen = HeadlessScreen(size: Size(width: 3, height: 1))
    var frame = Frame(size: screen.size)
    frame.write("abc", x: 0, y: 0)
    screen.draw(frame)
    #expect(screen.frame == frame)
    #expect(screen.readInput().isEmpty)
  }
}
