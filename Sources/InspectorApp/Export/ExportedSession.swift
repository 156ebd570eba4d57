import TextUI
import TraceModel

/// A session as reports and diagrams tell it: who took part, and step by step what each did.
/// Everything that another program chose leaves here as visible text.
struct ExportedSession {
  let timeline: Timeline
  let lanes: ExportLanes
  let filter: Filter?
  private let history: History

  static let look = Look(theme: .none, glyphs: .unicode)

  init(_ timeline: Timeline, _ filter: Filter? = nil) {
    let filter = filter.flatMap { $0.isEmpty ? nil : $0 }
    self.timeline = timeline
    self.filter = filter
    lanes = ExportLanes(timeline, filter)
    history = History(timeline: timeline)
  }

  /// The first line of the session; nil where a recording lacks it.
  var record: SessionRecord? {
    if case .session(let record) = timeline.first?.body { record } else { nil }
  }

  /// What was inspected: `demo stdout`.
  var title: String {
    guard let record, !record.command.isEmpty else { return "A session of fdpass-tui" }
    return record.command.map { visible($0) }.joined(separator: " ")
  }

  /// Every step that passes the filter, in order, made one by one.
  var steps: some Sequence<ExportedStep> {
    timeline.stepIndexes(passing: filter).lazy.compactMap { step(at: $0) }
  }

  /// Takes every event that passes the filter, in order.
  func forEachEvent(_ body: (TraceEvent) throws -> Void) rethrows {
    guard let filter else {
      for event in timeline.events { try body(event) }
      return
    }
    var lines = FilteredLines(filter)
    for event in timeline.events {
      for passed in lines.take(event, in: timeline) { try body(passed) }
    }
    for passed in lines.takeRest(in: timeline) { try body(passed) }
  }

  private func step(at index: Int) -> ExportedStep? {
    guard let event = history.step(index) else { return nil }
    return ExportedStep(
      number: index + 1, event: event, lane: lanes.lane(of: event.pid, at: event.sequence),
      text: TimelineText.text(event, look: Self.look), flow: TimelineText.flow(event),
      inFlight: (flights(after: index - 1), flights(after: index)),
      change: event.message?.experiment.map { ExperimentWords.line($0) },
      transfers: timeline.transfers(of: event.sequence).filter { $0.receive == event.sequence },
      findings: history.findings(ofStep: index))
  }

  /// How many descriptors were in flight after the step with this index.
  func flights(after index: Int) -> Int {
    let counts = timeline.flights.counts
    return counts.indices.contains(index) ? Int(counts[index]) : 0
  }

  /// What a process is called in a sentence.
  func name(_ pid: Int32) -> String { visible(timeline.name(of: pid)) }

  /// `step 12`, for an event that belongs to one.
  func stepName(of sequence: Int) -> String? {
    timeline.stepIndex(of: sequence).map { "step \($0 + 1)" }
  }

  /// `server's 1 is now also client's 4, the same open file (proven by kcmp)`.
  func sentence(_ transfer: Transfer) -> String {
    let event = TraceEvent(
      sequence: transfer.receive, pid: timeline[transfer.receive]?.pid ?? 0,
      body: .transfer(transfer))
    return EventLineWriter(scene: Scene(event: event, timeline: timeline), unicode: true).what
  }
}

/// One step with all that belongs to it.
struct ExportedStep {
  /// As the screen numbers it, from 1.
  let number: Int
  let event: TraceEvent
  /// The index of its process's lane; nil for a process without one.
  let lane: Int?
  /// What happened, in the few words of the timeline pane.
  let text: String
  let flow: TimelineText.Flow
  /// The descriptors in flight before and after it.
  let inFlight: (before: Int, after: Int)
  /// What an experiment changed in it, as a clause.
  let change: String?
  /// The transfers that end here.
  let transfers: [Transfer]
  /// What was found about it, the worst first.
  let findings: [Finding]

  /// Whether it went wrong, by its error or by what was found.
  var isFailure: Bool {
    let error: String? =
      switch event.body {
      case .call(let call): call.error
      case .send(let message), .receive(let message): message.error
      default: nil
      }
    return error != nil || findings.first.map { $0.severity > .note } ?? false
  }
}

/// The processes that a diagram has lanes for, and the kernel between them.
struct ExportLanes {
  struct Lane: Hashable {
    let pid: Int32
    /// `server 41207`.
    let name: String
    /// The sequence number of its first event; a number may be given out again.
    let began: Int
  }

  /// From left to right: servers first and clients last, as on the screen.
  let all: [Lane]
  private let indexes: [Int32: [Int]]

  /// More lanes than these nobody can follow.
  static let most = 8

  init(_ timeline: Timeline, _ filter: Filter? = nil) {
    let chosen = Self.chosen(in: timeline, filter)
    all = chosen.map { process in
      let label = visible(process.label)
      let name = label.isEmpty ? "process \(process.pid)" : "\(label) \(process.pid)"
      return Lane(pid: process.pid, name: name, began: process.began)
    }
    indexes = Dictionary(grouping: all.indices) { [all] in all[$0].pid }
  }

  /// How many of them stand left of the kernel.
  var leftCount: Int { (all.count + 1) / 2 }

  /// The lane of a process at an event.
  func lane(of pid: Int32, at sequence: Int) -> Int? {
    indexes[pid]?.last { all[$0].began <= sequence }
  }

  private static func chosen(in timeline: Timeline, _ filter: Filter?) -> [ProcessSummary] {
    var processes = timeline.processes
    if let filter {
      let actors = actors(in: timeline, filter)
      processes.removeAll { !actors.contains($0.pid) }
    }
    if processes.count > most {
      let talkers = talkers(in: timeline)
      let quiet = processes.filter { !talkers.contains($0.pid) }.prefix(
        max(0, most - talkers.count))
      let kept = talkers.union(quiet.map(\.pid))
      processes = Array(processes.filter { kept.contains($0.pid) }.prefix(most))
    }
    func rank(_ process: ProcessSummary) -> Int {
      switch process.role {
      case "server": 0
      case "client": 2
      default: 1
      }
    }
    return processes.sorted { (rank($0), $0.began) < (rank($1), $1.began) }
  }

  /// The processes of the first steps that pass.
  private static func actors(in timeline: Timeline, _ filter: Filter) -> Set<Int32> {
    var actors: Set<Int32> = []
    for index in timeline.stepIndexes(passing: filter) {
      if let event = timeline[timeline.steps[index]] { actors.insert(event.pid) }
      if actors.count == most { break }
    }
    return actors
  }

  /// The first processes that sent or received a message.
  private static func talkers(in timeline: Timeline) -> Set<Int32> {
    var talkers: Set<Int32> = []
    for sequence in timeline.messages where talkers.count < most {
      if let event = timeline[sequence] { talkers.insert(event.pid) }
    }
    return talkers
  }
}

extension Timeline {
  /// The indices of the steps that pass a filter, looked at one by one.
  fileprivate func stepIndexes(passing filter: Filter?) -> some Sequence<Int> {
    var matcher = filter.map { FilterMatcher($0, in: self) }
    var next = 0
    return AnyIterator {
      while next < steps.count {
        defer { next += 1 }
        if matcher?.matches(step: next) ?? true { return next }
      }
      return nil
    }
  }
}
