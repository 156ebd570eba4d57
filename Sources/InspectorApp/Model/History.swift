import TraceModel

/// The timeline with what the views look up in it.
struct History: Sendable {
  var timeline = Timeline()

  var steps: [Int] { timeline.steps }

  mutating func append(_ event: TraceEvent) {
    timeline.append(event)
  }

  /// The event of the step with this index.
  func step(_ index: Int) -> TraceEvent? {
    steps.indices.contains(index) ? timeline[steps[index]] : nil
  }

  /// The last event that belongs to the step with this index: what it wrote, and what followed
  /// from it.
  func lastEvent(ofStep index: Int) -> Int {
    steps.indices.contains(index + 1) ? steps[index + 1] - 1 : timeline.lastSequence
  }

  /// The last send or receive up to the event numbered `sequence`.
  func message(upTo sequence: Int) -> TraceEvent? {
    timeline.message(upTo: sequence)
  }

  /// What was found about the step with this index or what followed from it, the worst first.
  func findings(ofStep index: Int) -> [Finding] {
    guard steps.indices.contains(index), !timeline.findings.isEmpty else { return [] }
    let found = timeline.sequences(in: steps[index]...max(steps[index], lastEvent(ofStep: index)))
      .flatMap { timeline.findings(about: $0) }
    return found.sorted { $0.severity > $1.severity }
  }

  /// The other end of a send or a receive, and how we know.
  func counterpart(of event: TraceEvent) -> (event: TraceEvent, transfer: Transfer)? {
    guard let transfer = timeline.transfers(of: event.sequence).last else { return nil }
    let other = transfer.send == event.sequence ? transfer.receive : transfer.send
    guard let otherEvent = timeline[other] else { return nil }
    return (otherEvent, transfer)
  }

  /// What a process is called on the screen.
  func label(_ pid: Int32) -> String {
    timeline.name(of: pid)
  }
}
