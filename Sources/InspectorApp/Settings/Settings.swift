import TextUI

/// What the user has settled once in the configuration file, for all sessions. What the command
/// line says goes before it.
public struct Settings: Sendable {
  /// The colours; nil where the file does not say.
  public private(set) var theme: Theme?
  /// Whether more than ASCII may be drawn.
  public private(set) var unicode = true
  /// Whether the mouse is ours rather than the terminal's.
  public private(set) var mouse = true
  /// The keys.
  public private(set) var keymap = Keymap.standard
  /// The lines that could not be understood; the others count.
  public private(set) var problems: [SettingsProblem]

  /// What a file says; an empty one changes nothing.
  public init(text: String = "") {
    let lines = SettingLines(text)
    problems = lines.problems
    for entry in lines.entries { take(entry) }
    problems.sort { ($0.line, $0.column) < ($1.line, $1.column) }
  }

  private mutating func take(_ entry: SettingLines.Entry) {
    switch entry.key {
    case "theme":
      theme = Theme(named: entry.value) ?? theme
      if Theme(named: entry.value) == nil {
        let names = Theme.all.map(\.name).joined(separator: ", ")
        complain(entry, "“\(visible(entry.value))” is no theme; there are \(names)")
      }
    case "unicode": unicode = yes(entry) ?? unicode
    case "mouse": mouse = yes(entry) ?? mouse
    case let key where key.split(whereSeparator: \.isWhitespace).first == "bind": bind(entry)
    default:
      problems.append(
        SettingsProblem(
          line: entry.line, column: entry.keyColumn,
          text: "“\(visible(entry.key))” is no setting; there are theme, unicode, mouse and bind"))
    }
  }

  private mutating func yes(_ entry: SettingLines.Entry) -> Bool? {
    switch entry.value {
    case "yes": return true
    case "no": return false
    default:
      complain(entry, "write yes or no")
      return nil
    }
  }

  /// `bind KEY = COMMAND`.
  private mutating func bind(_ entry: SettingLines.Entry) {
    let words = entry.key.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let key = Key(name: String(words[1])) else {
      let column =
        entry.keyColumn
        + entry.key.distance(
          from: entry.key.startIndex, to: words.dropFirst().first?.startIndex ?? entry.key.endIndex)
      problems.append(
        SettingsProblem(
          line: entry.line, column: column,
          text: "after bind comes one key, such as x, F5, C-n, A-x, Space, PgUp or S-Tab"))
      return
    }
    let command = Command(name: entry.value)
    if entry.value == "none" || command != nil && command != .stepProcess {
      keymap.bind(key, to: command)
    } else if command == .stepProcess, Keymap.digit(of: key) ?? 0 > 0 {
      keymap.bind(key, to: command)
    } else if command == .stepProcess {
      complain(entry, "step-process is for the keys 1 to 9, which say what process")
    } else {
      complain(
        entry,
        "“\(visible(entry.value))” is no command; `fdpass-tui keys` lists them, and none frees a key"
      )
    }
  }

  private mutating func complain(_ entry: SettingLines.Entry, _ text: String) {
    problems.append(
      SettingsProblem(line: entry.line, column: entry.valueColumn, text: text))
  }
}
