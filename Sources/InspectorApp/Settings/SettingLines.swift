/// The lines of our small files: `key = value`, blank lines, and comments that begin with `#`.
struct SettingLines {
  /// One `key = value`, and where its parts stand.
  struct Entry: Equatable {
    var line: Int
    var key: String
    var value: String
    /// The column of the value's first character, from 1.
    var valueColumn: Int
    /// The column of the key's first character, from 1.
    var keyColumn: Int
  }

  var entries: [Entry] = []
  /// The lines that have no `=`.
  var problems: [SettingsProblem] = []

  init(_ text: String) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      take(line, number: index + 1)
    }
  }

  private mutating func take(_ line: Substring, number: Int) {
    let words = line.drop(while: \.isWhitespace)
    guard let first = words.first, first != "#" else { return }
    let column = Self.column(of: words.startIndex, in: line)
    // The last one: `=` is also the name of a key.
    guard let sign = line.lastIndex(of: "="), sign > words.startIndex else {
      problems.append(
        SettingsProblem(line: number, column: column, text: "write it as “key = value”"))
      return
    }
    let value = line[line.index(after: sign)...].drop(while: \.isWhitespace)
    entries.append(
      Entry(
        line: number, key: Self.trimmed(line[words.startIndex..<sign]),
        value: Self.trimmed(value), valueColumn: Self.column(of: value.startIndex, in: line),
        keyColumn: column))
  }

  private static func column(of index: Substring.Index, in line: Substring) -> Int {
    line.distance(from: line.startIndex, to: index) + 1
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

/// A line that could not be understood.
public struct SettingsProblem: Sendable, Hashable, CustomStringConvertible {
  /// Counted from 1.
  public var line: Int
  /// In characters, from 1.
  public var column: Int
  /// What is wrong and what would be right, worded to follow a colon.
  public var text: String

  /// `line 3, column 9: …`
  public var description: String { "line \(line), column \(column): \(text)" }
}
