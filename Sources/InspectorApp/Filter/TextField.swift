import TextUI

/// A line of text that is being typed, with a cursor in it.
struct TextField: Sendable, Hashable {
  private(set) var characters: [Character]
  /// The place before which the next character goes.
  private(set) var cursor: Int

  init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
  }

  var text: String { String(characters) }

  var textBeforeCursor: String { String(characters[..<cursor]) }

  mutating func insert(_ text: String) {
    replace(cursor..<cursor, with: text)
  }

  /// Puts text in the place of other text, and the cursor behind it.
  mutating func replace(_ range: Range<Int>, with text: String) {
    characters.replaceSubrange(range, with: Array(text))
    cursor = range.lowerBound + text.count
  }

  /// Takes a key as command lines do; false when it is none for them.
  mutating func take(_ key: Key) -> Bool {
    switch (key.code, key.modifiers) {
    case (.left, []): cursor = max(0, cursor - 1)
    case (.right, []): cursor = min(characters.count, cursor + 1)
    case (.home, []), (.character("a"), .control): cursor = 0
    case (.end, []), (.character("e"), .control): cursor = characters.count
    case (.backspace, []): if cursor > 0 { replace(cursor - 1..<cursor, with: "") }
    case (.delete, []):
      if cursor < characters.count { replace(cursor..<cursor + 1, with: "") }
    case (.character("u"), .control): replace(0..<cursor, with: "")
    case (.character("w"), .control):
      let before = characters[..<cursor]
      let end = before.lastIndex { !$0.isWhitespace } ?? 0
      let start = before[..<end].lastIndex { $0.isWhitespace }.map { $0 + 1 } ?? 0
      replace(start..<cursor, with: "")
    case (.character(let character), []): insert(visible(String(character)))
    default: return false
    }
    return true
  }

  /// What a key makes of a line that Enter ends and Esc leaves.
  enum Outcome {
    case goesOn(TextField)
    case done(String)
    case left
  }

  /// Takes a key of a line that stands alone: as in less, deleting in an empty one leaves it.
  func after(_ key: Key) -> Outcome {
    switch (key.code, key.modifiers) {
    case (.escape, _), (.character("c"), .control): return .left
    case (.backspace, _) where characters.isEmpty: return .left
    case (.enter, _): return .done(text)
    default:
      var field = self
      _ = field.take(key)
      return .goesOn(field)
    }
  }
}
