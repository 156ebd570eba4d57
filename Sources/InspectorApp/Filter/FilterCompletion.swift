import TextUI
import TraceModel

/// What Tab can make of the word at the cursor.
struct FilterCompletion: Sendable, Hashable {
  /// The characters that a candidate takes the place of.
  var range: Range<Int>
  var candidates: [String]
  /// The candidate that stands there now.
  var chosen: Int?

  /// Candidates for what stands before the cursor: a key, or a value that occurs.
  init(_ field: TextField, in timeline: Timeline, time: Int64) {
    let before = field.characters[..<field.cursor]
    var start = before.lastIndex(where: \.isWhitespace).map { $0 + 1 } ?? 0
    if start < field.cursor, before[start] == "-" { start += 1 }
    let colon = before[start...].firstIndex(of: ":")
    let key = colon.flatMap { FilterKey(rawValue: String(before[start..<$0]).lowercased()) }
    if let colon, key != nil { start = colon + 1 }
    if let bar = before[start...].lastIndex(of: "|") { start = bar + 1 }
    range = start..<field.cursor
    let typed = String(before[start...].filter { $0 != "\"" }).lowercased()
    let all =
      key.map { FilterValues(timeline, time: time).values(of: $0).map(Self.quoted) }
      ?? (colon == nil ? FilterKey.allCases.map { $0.rawValue + ":" } : [])
    candidates = all.filter { candidate in
      candidate.lowercased().filter { $0 != "\"" }.hasPrefix(typed)
    }
  }

  /// What all candidates have in common.
  var commonPart: String {
    guard var common = candidates.first else { return "" }
    for candidate in candidates.dropFirst() {
      common = String(zip(common, candidate).prefix { $0 == $1 }.map(\.0))
    }
    return common
  }

  private static func quoted(_ value: String) -> String {
    let isPlain = value.allSatisfy { !$0.isWhitespace && $0 != "|" && $0 != "*" } || value == "*"
    return isPlain ? value : "\"\(value)\""
  }
}

/// The values that occur in a session. A long one is only sampled, so that Tab answers at once.
struct FilterValues {
  private let timeline: Timeline
  /// The time of the step that the cursor is on, in microseconds.
  private let time: Int64

  private static let mostSteps = 2000
  private static let mostValues = 200

  init(_ timeline: Timeline, time: Int64) {
    self.timeline = timeline
    self.time = time
  }

  func values(of key: FilterKey) -> [String] {
    switch key {
    case .process:
      let processes = timeline.processes.prefix(Self.mostValues)
      return Self.unique(processes.map(\.label)) + processes.map { String($0.pid) }
    case .kind: return FilterMatcher.kinds
    case .severity: return Finding.Severity.allCases.map(\.rawValue)
    case .finding:
      let codes = timeline.findings.prefix(Self.mostSteps).compactMap {
        timeline[$0]?.finding?.code.rawValue
      }
      return ["*"] + Self.unique(codes).sorted()
    case .after, .before: return ["\(Double(time / 1000) / 1000)s"]
    case .call: return Self.unique(sample.compactMap(\.callName)).sorted()
    case .fd: return Self.unique(sample.flatMap(\.descriptorNumbers)).sorted().map { String($0) }
    case .type: return Self.unique(rows.flatMap(\.typeNames)).sorted()
    case .file: return Self.unique(rows.map(\.target)).sorted()
    case .result:
      let glances = sample.map { EventGlance($0) }
      let errors = Self.unique(glances.compactMap(\.error)).sorted()
      return errors + Self.unique(glances.compactMap(\.result)).sorted().map { String($0) }
    }
  }

  private var sample: [TraceEvent] {
    let steps = timeline.steps
    let stride = max(1, (steps.count + Self.mostSteps - 1) / Self.mostSteps)
    return Swift.stride(from: 0, to: steps.count, by: stride).compactMap { timeline[steps[$0]] }
  }

  private var rows: [DescriptorFacts] {
    sample.flatMap { ($0.message?.descriptors ?? []) + $0.changes.compactMap(\.now) }
  }

  private static func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return values.filter { seen.insert($0).inserted && seen.count <= mostValues }
  }
}
