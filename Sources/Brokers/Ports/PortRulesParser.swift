/// A mistake in a file of rules, at its line and column, both from 1.
public struct PortRulesError: Error, Hashable, Sendable, CustomStringConvertible {
  let line: Int
  let column: Int
  let sentence: String

  /// `3:14: …`, to follow the name of the file and a colon.
  public var description: String { "\(line):\(column): \(sentence)" }
}

/// Reads rules, one a line:
///
/// ```
/// # comment
/// allow user www-data group web tcp 80 443 8000-8100
/// deny  user 1000
/// allow group 50 udp 53 on 127.0.0.1 ::1
/// ```
struct PortRulesParser {
  private struct Word {
    let text: String
    let column: Int
  }

  private let line: Int
  private var words: ArraySlice<Word>
  private let end: Int

  /// Reads a whole file.
  static func parse(_ text: String) throws(PortRulesError) -> PortRules {
    var rules = PortRules()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      var parser = PortRulesParser(line: index + 1, String(line))
      if let rule = try parser.rule() { rules.rules.append(rule) }
    }
    return rules
  }

  private init(line: Int, _ text: String) {
    self.line = line
    var words: [Word] = []
    var column = 1
    for part in text.split(
      omittingEmptySubsequences: false, whereSeparator: { " \t\r".contains($0) })
    {
      if part.first == "#" { break }
      if !part.isEmpty { words.append(Word(text: String(part), column: column)) }
      column += part.count + 1
    }
    self.words = words[...]
    end = words.last.map { $0.column + $0.text.count } ?? 1
  }

  private func mistake(_ column: Int, _ sentence: String) -> PortRulesError {
    PortRulesError(line: line, column: column, sentence: sentence)
  }

  private mutating func rule() throws(PortRulesError) -> PortRules.Rule? {
    let text = words.map(\.text).joined(separator: " ")
    guard let first = words.popFirst() else { return nil }
    guard ["allow", "deny"].contains(first.text) else {
      throw mistake(first.column, "a rule begins with allow or deny, not “\(first.text)”.")
    }
    var rule = PortRules.Rule(line: line, text: text, allows: first.text == "allow")
    var seen: Set<String> = []
    while let word = words.popFirst() {
      guard Self.conditions.contains(word.text) else {
        throw mistake(word.column, "“\(word.text)” is none of user, group, tcp, udp, on.")
      }
      // One line speaks of one protocol: the ports would not say whose they are.
      let key = PortProtocol(rawValue: word.text) == nil ? word.text : "tcp or udp"
      if !seen.insert(key).inserted { throw mistake(word.column, "\(key) is there already.") }
      try condition(word, into: &rule)
    }
    if rule.allows && rule.kind == nil {
      throw mistake(end, "what is allowed? Name tcp or udp, and ports.")
    }
    return rule
  }

  private static let conditions: Set<String> = ["user", "group", "tcp", "udp", "on"]

  private mutating func condition(
    _ word: Word, into rule: inout PortRules.Rule
  ) throws(PortRulesError) {
    let values = words.prefix { !Self.conditions.contains($0.text) }
    words = words.dropFirst(values.count)
    if values.isEmpty {
      throw mistake(word.column + word.text.count, "\(word.text) needs a value after it.")
    }
    for value in values {
      switch word.text {
      case "user":
        rule.users.insert(
          try known(value, UserNames.user(value.text), "there is no user “\(value.text)” here."))
      case "group":
        rule.groups.insert(
          try known(value, UserNames.group(value.text), "there is no group “\(value.text)” here."))
      case "on":
        rule.hosts.insert(
          try known(
            value, HostAddress(value.text),
            "“\(value.text)” is no address such as 127.0.0.1 or ::1."))
      default:
        rule.kind = PortProtocol(rawValue: word.text)
        rule.ports.append(
          try known(
            value, Self.ports(value.text),
            "“\(value.text)” is no port such as 80 and no range such as 8000-8100."))
      }
    }
  }

  private func known<Value>(
    _ word: Word, _ value: Value?, _ sentence: String
  ) throws(PortRulesError) -> Value {
    guard let value else { throw mistake(word.column, sentence) }
    return value
  }

  private static func ports(_ text: String) -> ClosedRange<UInt16>? {
    let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = Endpoint.port(ends[0]) else { return nil }
    guard ends.count == 2 else { return first...first }
    guard let last = Endpoint.port(ends[1]), first <= last else { return nil }
    return first...last
  }
}
