import Lessons
import TextUI
import TraceModel

/// What an expression of a lesson comes to.
enum LessonValue: Sendable, Hashable {
  case number(Int)
  case text(String)
  case list([LessonValue])
  /// The event with this sequence number.
  case event(Int)
  case process(Int32)
  case row(DescriptorFacts)
  /// There is no such thing.
  case nothing

  static func yes(_ isTrue: Bool) -> LessonValue { .text(isTrue ? "yes" : "no") }

  /// As it stands in a sentence.
  var words: String {
    switch self {
    case .number(let number): String(number)
    case .text(let text): visible(text)
    case .list(let values): values.isEmpty ? "none" : Wording.list(values.map(\.words))
    case .event(let sequence): "event \(sequence)"
    case .process(let pid): String(pid)
    case .row(let row): String(row.fd)
    case .nothing: "none"
    }
  }
}

/// Looks up what lessons say in what the kernel did.
struct LessonFacts {
  let timeline: Timeline
  /// The moments that have names, by the sequence numbers of their events.
  let names: [String: Int]
  /// The last event of the step that tables are looked up at: what is told of a moment holds at it,
  /// also when the learner has gone on.
  let now: Int

  /// Looks things up just after the step with this sequence number; before the first one, now.
  init(timeline: Timeline, names: [String: Int], step: Int) {
    self.timeline = timeline
    self.names = names
    let next = step > 0 ? timeline.steps.first { $0 > step } : nil
    now = next.map { $0 - 1 } ?? timeline.lastSequence
  }

  /// The text with its places filled.
  func fill(_ text: PlacedText) -> String {
    text.pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .value(let expression): value(of: expression).words
      }
    }.joined()
  }

  /// Whether a condition holds.
  func holds(_ condition: Expression) -> Bool { value(of: condition) == .yes(true) }

  /// What an expression comes to now.
  func value(of expression: Expression) -> LessonValue {
    switch expression {
    case .number(let number): .number(number)
    case .text(let text): .text(text)
    case .name(let name): named(name)
    case .property(let whole, let name): property(name, of: value(of: whole))
    case .found(let code):
      .yes(timeline.findings.contains { timeline[$0]?.finding?.code.rawValue == code })
    case .element(let whole, let index): element(value(of: index), of: value(of: whole))
    case .operation(let left, let operation, let right):
      result(operation, value(of: left), value(of: right))
    }
  }

  private func named(_ name: String) -> LessonValue {
    if let event = names[name] { return .event(event) }
    if let pid = timeline.process(labelled: name)?.pid { return .process(pid) }
    return name == "none" ? .nothing : .text(name)
  }

  private func result(
    _ operation: Expression.Operator, _ left: LessonValue, _ right: LessonValue
  ) -> LessonValue {
    if operation == .equal { return .yes(left == right) }
    if operation == .different { return .yes(left != right) }
    if operation == .and { return .yes(left == .yes(true) && right == .yes(true)) }
    guard case .number(let one) = left, case .number(let other) = right else { return .nothing }
    return switch operation {
    case .less: .yes(one < other)
    case .greater: .yes(one > other)
    case .plus: .number(one + other)
    case .minus: .number(one - other)
    case .and, .equal, .different: .nothing
    }
  }

  private func element(_ index: LessonValue, of whole: LessonValue) -> LessonValue {
    guard case .number(let number) = index else { return .nothing }
    switch whole {
    case .list(let values): return values.indices.contains(number) ? values[number] : .nothing
    case .process(let pid):
      let table = timeline.tables(at: now)[pid]
      return table?[Int32(clamping: number)].map(LessonValue.row) ?? .nothing
    default: return .nothing
    }
  }

  private func property(_ name: Property, of whole: LessonValue) -> LessonValue {
    switch whole {
    case .event(let sequence):
      return timeline[sequence].map { property(name, of: $0) } ?? .nothing
    case .process(let pid): return property(name, ofProcess: pid)
    case .row(let row): return property(name, of: row)
    case .list(let values) where name == .count: return .number(values.count)
    default: return .nothing
    }
  }

  private func property(_ name: Property, ofProcess pid: Int32) -> LessonValue {
    switch name {
    case .pid: return .number(Int(pid))
    case .open:
      return .number(timeline.tables(at: now)[pid]?.rows.count ?? 0)
    case .alive: return .yes(timeline.process(pid)?.end == nil)
    case .queued:
      return .number(timeline.tables(at: now)[pid]?.queued ?? 0)
    default: return .nothing
    }
  }

  private func property(_ name: Property, of row: DescriptorFacts) -> LessonValue {
    switch name {
    case .fd: .number(Int(row.fd))
    case .target: .text(row.target)
    case .position: row.position.map { .number(Int($0)) } ?? .nothing
    case .flags: .text(row.flags.names.joined(separator: " "))
    case .nonblocking: .yes(row.flags.names.contains("O_NONBLOCK"))
    case .cloexec: .yes(row.closeOnExec)
    case .queued: .number(row.queued ?? 0)
    case .file: row.description.map { .number($0) } ?? .nothing
    default: .nothing
    }
  }

  private func property(_ name: Property, of event: TraceEvent) -> LessonValue {
    switch event.body {
    case .send(let message), .receive(let message):
      property(name, of: message, event: event)
    case .call(let call): property(name, of: call)
    case .process(let record): property(name, of: record)
    default: .nothing
    }
  }

  private func property(_ name: Property, of record: ProcessRecord) -> LessonValue {
    switch (name, record.event) {
    case (.status, .exited(let status)): .number(Int(status))
    case (.signal, .killed(let signal)): .number(Int(signal))
    default: .nothing
    }
  }

  private func property(_ name: Property, of call: CallRecord) -> LessonValue {
    switch name {
    case .call: .text(call.name)
    case .result: call.result.map { .number(Int($0)) } ?? .nothing
    case .error: call.error.map { .text($0) } ?? .nothing
    case .fd: call.fd.map { .number(Int($0)) } ?? .nothing
    case .made: .list(call.created.map { .number(Int($0)) })
    case .data: call.data.map { .text(String(decoding: $0.bytes, as: UTF8.self)) } ?? .nothing
    case .bytes: call.data.map { .number($0.length) } ?? .nothing
    default: .nothing
    }
  }
}

extension Timeline {
  /// The latest process with this label.
  func process(labelled label: String) -> ProcessSummary? {
    processes.last { $0.label == label }
  }
}
