import TextUI

/// Which events are of interest: `process:server call:recvmsg|read -result:0`.
///
/// All terms must hold. `a|b` are alternatives, `-` before a term negates it, a word without a key
/// stands in the event's line, and `"…"` holds together what has spaces or signs in it.
public struct Filter: Sendable, Hashable {
  /// As it was typed, without the space around it.
  public let text: String
  let terms: [FilterTerm]

  /// Reads a filter; one without a term lets everything through.
  ///
  /// - Throws: ``FilterProblem`` with the first thing that is wrong, and where.
  public init(_ text: String) throws(FilterProblem) {
    var parser = FilterParser(text)
    let start = text.firstIndex { !$0.isWhitespace }
    let end = text.lastIndex { !$0.isWhitespace }
    if let start, let end { self.text = String(text[start...end]) } else { self.text = "" }
    terms = try parser.terms()
  }

  var isEmpty: Bool { terms.isEmpty }
  var concernsFindings: Bool { terms.contains { $0.anyOf.contains(where: \.concernsFindings) } }
}

/// What is wrong with a filter.
public struct FilterProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The filter as it was typed.
  public let text: String
  /// The wrong characters, by their places from 0; empty where something is missing.
  public let range: Range<Int>
  /// What is wrong, and what to write instead.
  public let sentence: String

  /// The sentence, and below it the filter with the wrong word underlined.
  public var description: String {
    "\(sentence)\n  \(visible(text))\n  "
      + String(repeating: " ", count: columnsBefore) + carets
  }

  /// The columns that what stands before the wrong word takes.
  var columnsBefore: Int { DisplayWidth.of(visible(String(text.prefix(range.lowerBound)))) }

  /// The line under the wrong word.
  var carets: String {
    let word = String(text.dropFirst(range.lowerBound).prefix(range.count))
    return String(repeating: "^", count: max(1, DisplayWidth.of(visible(word))))
  }
}
