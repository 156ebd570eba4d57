import TextUI
import TraceModel

/// Decides whether events of a timeline pass a filter.
///
/// An event is judged together with what followed from it, its transfers and findings: who asks
/// for `finding:*` wants the call, and who asks for a call wants to see what came of it.
struct FilterMatcher {
  let filter: Filter
  let timeline: Timeline
  /// What was spent so far, in glances at an event.
  private(set) var spent = 0
  private var sieves: [FilterPattern: WordSieve] = [:]

  /// The kinds of events, as JSON has them.
  static let kinds = [
    "session", "process", "call", "send", "receive", "transfer", "finding", "output",
  ]

  /// What finding an event's numbers, and what they refer to, decoding it, and writing its line cost
  /// compared with a glance.
  private static let numbersCost = 2
  private static let factsCost = 4
  private static let decodingCost = 16
  private static let lineCost = 64

  init(_ filter: Filter, in timeline: Timeline) {
    self.filter = filter
    self.timeline = timeline
  }

  /// An event, what followed from it, and what is known of them so far.
  private struct Subject {
    var sequence: Int
    var followers: [Int]
    var findings: [Finding]
    /// Whether its events came from the timeline, where their lines are.
    var isInTimeline = false
    var glance: EventGlance?
    var event: TraceEvent?
    var text: String?
  }

  /// Whether a step passes; what was printed before the next one is among its lines.
  mutating func matches(step index: Int) -> Bool {
    let sequence = timeline.steps[index]
    let end =
      timeline.steps.indices.contains(index + 1)
      ? timeline.steps[index + 1] - 1 : timeline.lastSequence
    let followers = end > sequence ? timeline.sequences(in: sequence + 1...end) : []
    let findings =
      filter.concernsFindings
      ? ([sequence] + followers).flatMap { timeline.findings(about: $0) } : []
    spent += 1
    return matches(
      Subject(
        sequence: sequence, followers: followers, findings: findings, isInTimeline: true))
  }

  /// Whether an event passes, `followers` being the transfers and findings that it made known.
  mutating func matches(_ event: TraceEvent, followers: [TraceEvent]) -> Bool {
    let own = ([event] + followers).compactMap(\.finding)
    return matches(
      Subject(
        sequence: event.sequence, followers: followers.map(\.sequence), findings: own,
        event: event))
  }

  private mutating func matches(_ subject: Subject) -> Bool {
    var subject = subject
    for term in filter.terms {
      var isMet = false
      for condition in term.anyOf where !isMet { isMet = isMet || meets(condition, &subject) }
      if isMet == term.isNegated { return false }
    }
    return true
  }

  private mutating func meets(_ condition: FilterCondition, _ subject: inout Subject) -> Bool {
    switch condition {
    case .finding(let pattern):
      return subject.findings.contains { pattern.matches($0.code.rawValue) }
    case .severity(let severity): return subject.findings.contains { $0.severity == severity }
    case .line(let pattern): return stands(pattern, &subject)
    case .kind(let kind):
      return ([subject.sequence] + subject.followers).contains { self.kind(of: $0) == kind }
    case .descriptor(let number): return uses(number, &subject)
    case .type, .file:
      guard subject.event == nil, let glance = timeline.descriptorGlance(at: subject.sequence)
      else { break }
      spent += Self.factsCost
      return timeline.meets(condition, glance, at: subject.sequence)
    default: break
    }
    if condition.cost == 1, let glance = glance(at: &subject) {
      return timeline.meets(condition, glance)
    }
    return event(of: &subject).map { timeline.meets(condition, $0) } ?? false
  }

  /// Whether the event uses, makes or passes a descriptor with this number, or any.
  private mutating func uses(_ number: Int32?, _ subject: inout Subject) -> Bool {
    let glance = subject.event == nil ? timeline.descriptorNumbers(at: subject.sequence) : nil
    if glance != nil { spent += Self.numbersCost }
    let numbers = glance ?? event(of: &subject)?.descriptorNumbers ?? []
    return number.map { numbers.contains($0) } ?? !numbers.isEmpty
  }

  /// Whether the lines of the event, or of what followed from it, have this.
  private mutating func stands(_ pattern: FilterPattern, _ subject: inout Subject) -> Bool {
    if subject.text == nil, subject.isInTimeline {
      var sieve = sieves.removeValue(forKey: pattern) ?? WordSieve(pattern, in: timeline)
      let passes = ([subject.sequence] + subject.followers)
        .contains { sieve.passes($0, of: timeline) }
      sieves[pattern] = sieve
      guard passes else { return false }
    }
    return pattern.isPart(of: text(of: &subject))
  }

  private func kind(of sequence: Int) -> String? {
    (timeline.glance(at: sequence) ?? timeline[sequence].map { EventGlance($0) })?.kind
  }

  private func glance(at subject: inout Subject) -> EventGlance? {
    if let event = subject.event { return EventGlance(event) }
    if subject.glance == nil { subject.glance = timeline.glance(at: subject.sequence) }
    return subject.glance
  }

  private mutating func event(of subject: inout Subject) -> TraceEvent? {
    if subject.event == nil {
      spent += Self.decodingCost
      subject.event = timeline[subject.sequence]
    }
    return subject.event
  }

  private mutating func text(of subject: inout Subject) -> String {
    if let known = subject.text { return known }
    spent += Self.lineCost
    var lines = event(of: &subject).map { [EventLine.text($0, in: timeline)] } ?? []
    lines += subject.followers.compactMap { timeline[$0] }.map { EventLine.text($0, in: timeline) }
    let text = lines.joined(separator: "\n")
    subject.text = text
    return text
  }
}
