import Testing
import TextUI

@testable import InspectorApp

@Suite("Layout") struct LayoutTests {
  @Test(
    "Every size from the smallest on is covered by boxes that overlap in borders only",
    arguments: [(60, 16), (79, 23), (80, 24), (99, 40), (100, 30), (110, 34), (101, 31), (240, 90)])
  func boxes(width: Int, height: Int) throws {
    for sides in [[Side.left], Side.allCases] {
      for focus in Pane.all(sides: sides) {
        let choice = Layout.Choice(
          focus: focus, companion: focus == .explanation || focus == .timeline ? .message : focus,
          isZoomed: false, sides: sides)
        let layout = try #require(
          Layout(size: Size(width: width, height: height), choice: choice))
        #expect(layout.box(of: focus) != nil)
        var covered = Set<Point>()
        for box in layout.boxes {
          #expect(!box.content.isEmpty)
          #expect(box.content.height >= 2)
          for point in points(of: box.content) {
            #expect(covered.insert(point).inserted)
          }
        }
        let bottom = layout.boxes.map(\.frame.maxY).max()
        #expect(bottom == layout.footer.minY)
      }
    }
  }

  @Test("A small screen shows both terminals side by side where each has its own, and lines in it")
  func bothTerminals() throws {
    var choice = Layout.Choice(
      focus: .terminal(.right), companion: .terminal(.right), isZoomed: false,
      sides: Side.allCases, pairsTerminals: true)
    let size = Size(width: 80, height: 24)
    let both = try #require(Layout(size: size, choice: choice))
    let panes: [Pane] = [.timeline, .terminal(.left), .terminal(.right), .explanation]
    #expect(both.boxes.map(\.pane) == panes)
    choice.pairsTerminals = false
    let one = try #require(Layout(size: size, choice: choice))
    #expect(one.boxes.map(\.pane) == [.timeline, .terminal(.right), .explanation])
  }

  @Test("One box has the whole body when zoomed")
  func zoomed() throws {
    let choice = Layout.Choice(
      focus: .bytes, companion: .bytes, isZoomed: true, sides: Side.allCases)
    let layout = try #require(Layout(size: Size(width: 80, height: 24), choice: choice))
    #expect(layout.boxes == [.init(pane: .bytes, frame: Rect(x: 0, y: 1, width: 80, height: 22))])
  }

  @Test(
    "A screen that is too small says so, whatever its size",
    arguments: [
      (59, 24, "fdpass-tui needs at least 60×16; this terminal is 59×24: make it larger."),
      (80, 15, "fdpass-tui needs at least 60×16; this terminal is 80×15: make it larger."),
      (10, 3, "Needs 60×16."), (12, 1, "Needs 60×16."), (1, 1, "N"), (0, 0, ""),
    ])
  func tooSmall(width: Int, height: Int, sentence: String) {
    let inspector = Inspector.demo(steps: 12, size: Size(width: width, height: height))
    let lines = inspector.screen.split(separator: "\n").filter { !$0.isEmpty }
    #expect(lines.joined(separator: " ") == sentence)
  }

  @Test("Lines break between words, and inside of words that are too long")
  func wrapping() {
    #expect(wrapped("one two three", width: 7) == ["one two", "three"])
    #expect(wrapped("abcdefghij k", width: 4) == ["abcd", "efgh", "ij k"])
    #expect(wrapped("a\nb", width: 4) == ["a", "b"])
    #expect(wrapped("漢字漢字", width: 5) == ["漢字", "漢字"])
    #expect(wrapped("a", width: 0) == [])
  }

  @Test("Text that is too wide keeps its beginning and its end")
  func fitting() {
    #expect(fitted("/run/user/0/fdpass.sock", to: 16, ellipsis: "…") == "/run/user/….sock")
    #expect(fitted("short", to: 5, ellipsis: "…") == "short")
    #expect(shortened("a long note", to: 7, ellipsis: "…") == "a long…")
    #expect(fitted("abc", to: 1, ellipsis: "...") == "a")
    #expect(fittedName("python3 14829", to: 12, ellipsis: "…") == "pytho… 14829")
    #expect(fittedName("python3 14829", to: 7, ellipsis: "…") == "…\u{20}14829")
    #expect(fittedName("python3 14829", to: 6, ellipsis: "…") == "…14829")
    #expect(fittedName("python3 14829", to: 13, ellipsis: "…") == "python3 14829")
    #expect(fittedName("a-long-helper", to: 9, ellipsis: "…") == "a-long…er")
  }

  private func points(of rect: Rect) -> [Point] {
    (rect.minY..<rect.maxY).flatMap { y in (rect.minX..<rect.maxX).map { Point(x: $0, y: y) } }
  }
}
