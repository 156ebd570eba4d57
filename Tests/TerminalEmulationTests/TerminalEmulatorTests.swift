import TerminalEmulation
import Testing
import TextUI

@Suite struct TerminalEmulatorTests {
  let terminal = TerminalEmulator(size: Size(width: 20, height: 4))

  func feed(_ text: String) {
    terminal.feed(Array(text.utf8))
  }

  func row(_ y: Int) -> String {
    var frame = Frame(size: terminal.size)
    frame.write(terminal.rows()[y], x: 0, y: y)
    return frame.row(y)
  }

  @Test func showsTextWhereTheProgramPutIt() {
    feed("one\r\ntwo\u{1B}[4;10Hfour")
    #expect([row(0), row(1), row(2), row(3)] == ["one", "two", "", "         four"])
    #expect(terminal.cursor == Point(x: 13, y: 3))
  }

  @Test func coloursAndAttributesBecomeStyles() {
    feed("\u{1B}[1;31;48;5;200mA\u{1B}[0;4;38;2;1;2;3mB\u{1B}[0mC")
    let style = terminal.cell(0, 0).style
    #expect(
      style == Style(foreground: .indexed(1), background: .indexed(200), attributes: .bold))
    #expect(
      terminal.cell(1, 0).style == Style(foreground: .rgb(1, 2, 3), attributes: .underline))
    #expect(terminal.cell(2, 0).style == .plain)
    #expect(terminal.cell(19, 3).style == .plain)
  }

  @Test func wideAndCombiningCharactersKeepTheirColumns() {
    feed("日e\u{301}x")
    #expect(terminal.cell(0, 0).text == "日")
    #expect(terminal.cell(1, 0).width == 0)
    #expect(terminal.cell(2, 0).text == "e\u{301}")
    #expect(terminal.cell(3, 0).text == "x")
  }

  @Test func linesScrollAwayIntoABoundedStore() {
    for number in 0..<5000 { feed("line \(number)\r\n") }
    #expect(row(2) == "line 4999")
    let lines = terminal.scrollback
    #expect(lines.count == TerminalEmulator.scrollbackLimit)
    #expect(lines.last?.prefix(9).map(\.text).joined() == "line 4996")
  }

  @Test func aTallerScreenShowsAgainWhatScrolledAway() {
    feed("\u{1B}[31mone\u{1B}[m\r\n日本\r\nthree\r\nfour\r\nfive\r\nsix")
    #expect(terminal.scrollback.count == 2)
    terminal.resize(Size(width: 20, height: 6))
    #expect((0..<6).map(row) == ["one", "日本", "three", "four", "five", "six"])
    #expect(terminal.cell(0, 0).style == Style(foreground: .indexed(1)))
    #expect(terminal.cell(3, 0).style == .plain)
    #expect(terminal.scrollback.isEmpty)
    #expect(terminal.cursor == Point(x: 3, y: 5))
    terminal.resize(Size(width: 3, height: 2))
    terminal.resize(Size(width: 2, height: 6))
    #expect(row(1) == "日")
  }

  @Test func whatFillsTheScreenLeavesNothingBehind() {
    feed("shell\r\n\u{1B}[?1049h")
    #expect(terminal.isFullScreen)
    for number in 0..<50 { feed("line \(number)\r\n") }
    #expect(terminal.scrollback.isEmpty)
    feed("\u{1B}[?1049l")
    #expect(!terminal.isFullScreen)
  }

  @Test(arguments: [
    ("", CursorShape.standard), ("\u{1B}[2 q", .block), ("\u{1B}[3 q", .blinkingUnderline),
    ("\u{1B}[4 q", .underline), ("\u{1B}[5 q", .blinkingBar), ("\u{1B}[6 q", .bar),
    ("\u{1B}[6 q\u{1B}[0 q", .standard),
  ])
  func theCursorHasTheShapeThatTheProgramChose(output: String, shape: CursorShape) {
    feed(output)
    #expect(terminal.cursorShape == shape)
  }

  @Test(arguments: [
    ("\u{1B}[?1000h\u{1B}[?1006h", "\u{1B}[<0;4;2M\u{1B}[<0;4;2m\u{1B}[<64;4;2M"),
    ("\u{1B}[?1000h", "\u{1B}[M $\"\u{1B}[M#$\"\u{1B}[M`$\""),
    ("\u{1B}[?1049h", "\u{1B}[A\u{1B}[A\u{1B}[A"), ("", ""),
  ])
  func theMouseIsReportedAsTheProgramAsked(modes: String, sent: String) {
    feed(modes)
    let kinds: [MouseEvent.Kind] = [.press(.left), .release, .wheelUp]
    let bytes = kinds.flatMap {
      terminal.mouse(MouseEvent(position: Point(x: 3, y: 1), kind: $0))
    }
    #expect(String(decoding: bytes, as: UTF8.self) == sent)
    #expect(terminal.takesMouse != sent.isEmpty)
  }

  @Test func answersQuestions() {
    feed("ab\u{1B}[6n")
    #expect(terminal.takeReplies() == Array("\u{1B}[1;3R".utf8))
    #expect(terminal.takeReplies().isEmpty)
  }

  @Test func repliesNobodyTakesAreBounded() {
    for _ in 0..<1000 { feed(String(repeating: "\u{1B}[6n", count: 100)) }
    #expect(terminal.takeReplies().count <= 65536)
  }

  @Test func theCursorCanBeHidden() {
    feed("\u{1B}[?25l")
    #expect(terminal.cursor == nil)
    feed("\u{1B}[?25h")
    #expect(terminal.cursor == Point(x: 0, y: 0))
  }

  @Test func titlesAreVisibleText() {
    feed("\u{1B}]0;a\u{202E}b\u{07}")
    #expect(terminal.title == "a\u{FFFD}b")
  }

  @Test func resizingHoldsTheNewSize() {
    feed("hello")
    terminal.resize(Size(width: 3, height: 2))
    #expect(terminal.rows().map(\.count) == [3, 3])
    terminal.resize(Size(width: 0, height: 0))
    #expect(terminal.size == Size(width: 1, height: 1))
    terminal.resize(Size(width: 200, height: 60))
    feed("\u{1B}[60;200Hx")
    #expect(terminal.cell(199, 59).text == "x")
  }

  @Test func theAlternateScreenComesAndGoes() {
    feed("shell\u{1B}[?1049h\u{1B}[HTUI")
    #expect(row(0) == "TUI")
    feed("\u{1B}[?1049l")
    #expect(row(0) == "shell")
  }

  @Test(arguments: [
    ("a", "a"), ("Enter", "\r"), ("Tab", "\t"), ("S-Tab", "\u{1B}[Z"), ("Esc", "\u{1B}"),
    ("Backspace", "\u{7F}"), ("Up", "\u{1B}[A"), ("Delete", "\u{1B}[3~"), ("F1", "\u{1B}OP"),
    ("C-c", "\u{03}"), ("C-i", "\t"), ("C-Space", "\0"), ("A-x", "\u{1B}x"), ("é", "é"),
    ("C-Left", "\u{1B}[1;5D"), ("PgUp", "\u{1B}[5~"), ("Space", " "), ("F12", "\u{1B}[24~"),
    ("F13", "\u{1B}[1;2P"), ("F29", "\u{1B}[15;5~"), ("A-Left", "\u{1B}[1;3D"),
    ("A-Backspace", "\u{1B}\u{7F}"), ("C-]", "\u{1D}"), ("C-Enter", "\r"),
  ])
  func keysSendWhatTerminalsSend(name: String, bytes: String) throws {
    let key = try #require(Key(name: name))
    #expect(String(decoding: terminal.key(key), as: UTF8.self) == bytes)
  }

  @Test func arrowsFollowTheModeTheProgramSet() {
    feed("\u{1B}[?1h")
    #expect(terminal.key(Key(.up)) == Array("\u{1B}OA".utf8))
  }

  @Test func pastedTextCannotEndItsPaste() {
    #expect(terminal.text("a\nb") == Array("a\rb".utf8))
    feed("\u{1B}[?2004h")
    #expect(
      terminal.text("x\u{1B}[201~y") == Array("\u{1B}[200~x[201~y\u{1B}[201~".utf8))
  }
}
