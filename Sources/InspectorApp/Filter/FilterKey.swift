import TraceModel

/// What stands before the colon in a filter.
enum FilterKey: String, Sendable, Hashable, CaseIterable {
  case process, call, kind, fd, type, file, result, finding, severity, after, before

  /// How it is used.
  var example: String {
    switch self {
    case .process: "process:server"
    case .call: "call:recvmsg"
    case .kind: "kind:send"
    case .fd: "fd:5"
    case .type: "type:memfd"
    case .file: "file:/dev/null"
    case .result: "result:EBADF"
    case .finding: "finding:*"
    case .severity: "severity:error"
    case .after: "after:3s"
    case .before: "before:250ms"
    }
  }

  /// How all are used.
  static var examples: String {
    allCases.map(\.example).joined(separator: " ") + " -call:close a|b"
  }

  /// The key that somebody may have meant.
  static func similar(to word: String) -> FilterKey? {
    let word = word.lowercased()
    if let longer = allCases.first(where: { $0.rawValue.hasPrefix(word) }) { return longer }
    let ranked = allCases.map { (key: $0, distance: distance(word, $0.rawValue)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= 2 else {
      return nil
    }
    return best.key
  }

  /// How many letters must be put in, left out or changed (Levenshtein, 1966).
  private static func distance(_ one: String, _ other: String) -> Int {
    let other = Array(other)
    var row = Array(0...other.count)
    for (index, letter) in one.prefix(32).enumerated() {
      var corner = row[0]
      row[0] = index + 1
      for column in other.indices {
        let changed = corner + (other[column] == letter ? 0 : 1)
        corner = row[column + 1]
        row[column + 1] = min(changed, row[column] + 1, corner + 1)
      }
    }
    return row[other.count]
  }
}

/// One condition that an event meets or does not meet.
enum FilterCondition: Sendable, Hashable {
  /// The event's lines, as --text has them, contain this.
  case line(FilterPattern)
  /// The process's number, name or part in the session.
  case process(FilterPattern)
  case call(FilterPattern)
  case kind(String)
  /// A number that the event uses, makes or passes in its process; nil for any.
  case descriptor(Int32?)
  /// The type of such a descriptor.
  case type(FilterPattern)
  /// What such a descriptor refers to.
  case file(FilterPattern)
  /// What the call returned, or the error's name.
  case result(FilterPattern)
  case finding(FilterPattern)
  case severity(Finding.Severity)
  /// Microseconds since the session began.
  case after(Int64)
  case before(Int64)

  /// What it takes to find out, compared with others.
  var cost: Int {
    switch self {
    case .finding, .severity: 0
    case .process, .call, .kind, .result, .after, .before: 1
    case .descriptor, .type, .file: 2
    case .line: 3
    }
  }

  /// Whether a finding that comes later can change the answer.
  var concernsFindings: Bool {
    switch self {
    case .finding, .severity: true
    default: false
    }
  }
}

/// Conditions of which one must hold, or none where it is negated.
struct FilterTerm: Sendable, Hashable {
  var isNegated: Bool
  var anyOf: [FilterCondition]

  var cost: Int { anyOf.map(\.cost).max() ?? 0 }
}
