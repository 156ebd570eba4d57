import TraceModel

/// Reads the text of a filter, and knows where in it everything stands.
struct FilterParser {
  private let text: String
  private let characters: [Character]
  private var index = 0

  /// A value without its quotes, and the characters that it was made of.
  private struct Value {
    var text: String
    var range: Range<Int>
  }

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  mutating func terms() throws(FilterProblem) -> [FilterTerm] {
    var terms: [FilterTerm] = []
    while true {
      while index < characters.count, characters[index].isWhitespace { index += 1 }
      guard index < characters.count else { break }
      terms.append(try term())
    }
    // What is found out at once saves the rest; the sort keeps the order of equals.
    return terms.enumerated().sorted { ($0.element.cost, $0.offset) < ($1.element.cost, $1.offset) }
      .map(\.element)
  }

  private mutating func term() throws(FilterProblem) -> FilterTerm {
    let start = index
    let isNegated = characters[index] == "-"
    if isNegated { index += 1 }
    guard let keyRange = keyRange() else {
      if isNegated, isAtEndOfTerm {
        throw problem(
          start..<index, "“-” needs what is not wanted right behind it, as -call:close.")
      }
      return FilterTerm(
        isNegated: isNegated,
        anyOf: try alternatives("as in a|b").map { .line(FilterPattern($0.text)) })
    }
    let name = String(characters[keyRange])
    guard let key = FilterKey(rawValue: name.lowercased()) else { throw unknown(name, keyRange) }
    index = keyRange.upperBound + 1
    var conditions: [FilterCondition] = []
    for value in try alternatives("as in \(key.example)") {
      conditions.append(try condition(key, value))
    }
    return FilterTerm(isNegated: isNegated, anyOf: conditions)
  }

  private var isAtEndOfTerm: Bool { index == characters.count || characters[index].isWhitespace }

  /// Letters with a colon behind them.
  private func keyRange() -> Range<Int>? {
    let end = characters[index...].firstIndex { !$0.isLetter } ?? characters.count
    return end > index && end < characters.count && characters[end] == ":" ? index..<end : nil
  }

  private mutating func alternatives(_ example: String) throws(FilterProblem) -> [Value] {
    var values = [try value(example)]
    while index < characters.count, characters[index] == "|" {
      index += 1
      values.append(try value(example))
    }
    return values
  }

  private mutating func value(_ example: String) throws(FilterProblem) -> Value {
    let start = index
    var value = ""
    while !isAtEndOfTerm, characters[index] != "|" {
      guard characters[index] == "\"" else {
        value.append(characters[index])
        index += 1
        continue
      }
      guard let end = characters[(index + 1)...].firstIndex(of: "\"") else {
        throw problem(index..<characters.count, "This “\"” has no other that ends it.")
      }
      value += String(characters[(index + 1)..<end])
      index = end + 1
    }
    guard !value.isEmpty else {
      throw problem(start..<index, "Something is missing here: write it \(example).")
    }
    return Value(text: value, range: start..<index)
  }

  private func condition(_ key: FilterKey, _ value: Value) throws(FilterProblem) -> FilterCondition
  {
    let pattern = FilterPattern(value.text)
    switch key {
    case .process: return .process(pattern)
    case .call: return .call(pattern)
    case .type: return .type(pattern)
    case .file: return .file(pattern)
    case .result: return .result(pattern)
    case .finding: return .finding(pattern)
    case .fd:
      if value.text == "*" { return .descriptor(nil) }
      guard let number = Int32(value.text), number >= 0 else {
        throw problem(value.range, "fd takes a number, as fd:5.")
      }
      return .descriptor(number)
    case .kind:
      guard FilterMatcher.kinds.contains(value.text.lowercased()) else {
        throw problem(value.range, "kind is one of \(FilterMatcher.kinds.joined(separator: ", ")).")
      }
      return .kind(value.text.lowercased())
    case .severity:
      guard let severity = Finding.Severity(rawValue: value.text.lowercased()) else {
        throw problem(value.range, "severity is note, warning or error.")
      }
      return .severity(severity)
    case .after, .before:
      guard let time = Self.time(value.text) else {
        throw problem(value.range, "\(key) takes a time since the beginning, as 3s, 1.5s or 250ms.")
      }
      return key == .after ? .after(time) : .before(time)
    }
  }

  /// Microseconds; seconds where no unit is given.
  private static func time(_ text: String) -> Int64? {
    let units: [(name: String, microseconds: Double)] = [
      ("us", 1), ("µs", 1), ("ms", 1000), ("s", 1e6), ("m", 60e6), ("h", 3600e6), ("", 1e6),
    ]
    guard let unit = units.first(where: { text.lowercased().hasSuffix($0.name) }) else {
      return nil
    }
    let digits = text.dropLast(unit.name.count)
    guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let number = Double(digits), number * unit.microseconds < 1e18
    else { return nil }
    return Int64((number * unit.microseconds).rounded())
  }

  private func unknown(_ name: String, _ range: Range<Int>) -> FilterProblem {
    let all = FilterKey.allCases.map(\.rawValue).joined(separator: ", ")
    let meant = FilterKey.similar(to: name).map { "did you mean “\($0.rawValue):”?" }
    return problem(
      range, "There is no key “\(name):”; " + (meant ?? "there are \(all). Quotes make it a word."))
  }

  private func problem(_ range: Range<Int>, _ sentence: String) -> FilterProblem {
    FilterProblem(text: text, range: range, sentence: sentence)
  }
}
