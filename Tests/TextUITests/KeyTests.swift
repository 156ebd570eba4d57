import Testing
import TextUI

@Suite struct KeyTests {
  @Test(arguments: [
    ("Space", Key.character(" ")), ("Tab", Key(.tab)), ("S-Tab", Key(.backTab)),
    ("Left", Key(.left)), ("End", Key(.end)), ("G", .character("G")), ("b", .character("b")),
    ("Enter", Key(.enter)), ("Esc", Key(.escape)), ("F1", Key(.function(1))),
    ("C-c", .control("c")), ("PgUp", Key(.pageUp)), ("PgDn", Key(.pageDown)),
    ("Home", Key(.home)), ("Backspace", Key(.backspace)), ("?", .character("?")),
    ("/", .character("/")), ("-", .character("-")), ("é", .character("é")),
    ("S-Left", Key(.left, modifiers: .shift)), ("A-x", Key(.character("x"), modifiers: .alt)),
    ("C-A-Right", Key(.right, modifiers: [.control, .alt])),
    ("C-Space", Key(.character(" "), modifiers: .control)),
    ("C--", Key(.character("-"), modifiers: .control)),
  ])
  func namesAndKeysAnswerEachOther(name: String, key: Key) {
    #expect(Key(name: name) == key)
    #expect(key.name == name)
  }

  @Test(arguments: [
    ("BackTab", "S-Tab"), ("space", "Space"), ("Escape", "Esc"), ("ctrl-C", "C-c"),
    ("S-g", "G"), ("Shift-Tab", "S-Tab"), ("PageUp", "PgUp"), ("M-x", "A-x"),
  ])
  func otherSpellings(name: String, canonical: String) {
    #expect(Key(name: name)?.name == canonical)
  }

  @Test(arguments: ["", "Spcae", "F0", "F64", "F99999999999999999999", "C-", "\u{1B}", "ab", "S-1"])
  func unknownNames(name: String) {
    #expect(Key(name: name) == nil)
  }

  @Test func listsAreSeparatedBySpaces() throws {
    #expect(try Key.parse(list: "  Space b\tC-c ").map(\.name) == ["Space", "b", "C-c"])
    #expect(try Key.parse(list: "").isEmpty)
  }

  @Test func aBadWordIsNamedWithItsPosition() {
    let error = #expect(throws: KeyListError.self) { try Key.parse(list: "Space Spcae b") }
    #expect(error?.description.contains("“Spcae”, word 2 of the key list, is not a key") == true)
  }
}
