import Testing
import TextUI

@Suite("Keys from a terminal's bytes") struct KeyReadingTests {
  @Test(arguments: [
    ("a Q", "a Space Q"), ("\u{1B}", "Esc"), ("\r\n\t\u{7F}", "Enter Enter Tab Backspace"),
    ("\u{3}\u{1A}", "C-c C-z"), ("\u{1B}[A\u{1B}OB\u{1B}[5~", "Up Down PgUp"), ("é漢", "é 漢"),
    ("\u{1B}[99;9u", ""), ("\u{1B}OP", "F1"), ("\u{1B}[Fq", "End q"),
  ])
  func keys(text: String, names: String) throws {
    var reading = KeyReading()
    #expect(reading.keys(in: text.utf8) == (try Key.parse(list: names)))
  }

  @Test("A character that comes in pieces")
  func pieces() {
    var reading = KeyReading()
    let bytes = Array("漢".utf8)
    #expect(reading.keys(in: bytes.prefix(2)) == [])
    #expect(reading.keys(in: bytes.suffix(1)) == [.character("漢")])
  }
}
