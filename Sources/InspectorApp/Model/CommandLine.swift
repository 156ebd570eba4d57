import TextUI

/// The line that `:` opens: commands by the names that the configuration uses, and some that need
/// a word more.
extension Inspector {
  /// Commands that take a word.
  private static let withWord = ["filter", "goto", "step", "theme"]
  /// What vi's users type.
  private static let short: [String: Command] = ["q": .quit, "h": .help]

  mutating func takeCommandLine(_ key: Key, _ field: TextField) -> [Effect] {
    switch key.code {
    case .tab: mode = .commanding(TextField(completed(field.text)))
    default:
      switch field.after(key) {
      case .left: mode = .normal
      case .done(let text):
        mode = .normal
        return runLine(text)
      case .goesOn(let field): mode = .commanding(field)
      }
    }
    return []
  }

  private mutating func runLine(_ text: String) -> [Effect] {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let name = words.first else { return [] }
    switch (name, words.dropFirst().first) {
    case (_, nil):
      if Int(name) != nil { return go(toStepNamed: name) }
      if ["goto", "theme"].contains(name) {
        notice = "\(name) needs a word, as in :\(name == "goto" ? "goto 12" : "theme light")."
      } else if let command = Self.short[name] ?? Command(name: name), command != .stepProcess {
        return run(command)
      } else {
        notice = "There is no command “\(name)”. Tab completes, \(keymap.name(of: .help)) helps."
      }
    case ("goto", let word?): return go(toStepNamed: word)
    case ("step", let word?):
      if let number = Int(word) { return run(.stepProcess, number: number) }
      notice = "“\(word)” is not the number of a process, as in :step 2."
    case ("theme", let word?): change(theme: word)
    case ("filter", _?): filter(byText: words.dropFirst().joined(separator: " "))
    case (_, let word?): notice = "“\(word)” is one word too many: \(name) takes none."
    }
    return []
  }

  private mutating func go(toStepNamed word: String) -> [Effect] {
    guard let number = Int(word), history.steps.indices.contains(number - 1) else {
      notice = "There is no step “\(word)”; there are \(history.steps.count)."
      return []
    }
    go(to: number - 1)
    return []
  }

  private mutating func filter(byText text: String) {
    do throws(FilterProblem) {
      filter(by: try Filter(text))
    } catch {
      notice = visible(error.sentence)
    }
  }

  private mutating func change(theme name: String) {
    guard let theme = Theme(named: name) else {
      let names = Theme.all.map(\.name).joined(separator: ", ")
      notice = "“\(name)” is no theme; there are \(names)."
      return
    }
    look.theme = options.colour ? theme : .none
    if !options.colour { notice = "Colours are switched off for this session." }
  }

  /// The text as far as all that begin with it agree; they are named where there are several.
  private mutating func completed(_ text: String) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let isTheme = words.count == 2 && words[0] == "theme"
    guard words.count == 1 || isTheme, let last = words.last else { return text }
    let names =
      isTheme
      ? Theme.all.map(\.name)
      : Set(Self.withWord + Command.allCases.map(\.name)).subtracting(["step-process"]).sorted()
    let found = names.filter { $0.hasPrefix(last) }
    guard let first = found.first else { return text }
    // Where the letters leave several, one must see which.
    if found.count > 1 {
      notice = found.prefix(5).joined(separator: "  ") + (found.count > 5 ? "  and more" : "")
    }
    let common = found.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    let isWhole = found.count == 1 && Self.withWord.contains(first) && first != "step"
    return (words.dropLast() + [common]).joined(separator: " ") + (isWhole ? " " : "")
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
