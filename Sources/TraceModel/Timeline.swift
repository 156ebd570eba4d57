/// All events of a session in order, and everything that is looked up in them.
///
/// It keeps each event as its line of JSON and decodes only what is asked for. Its lists are made
/// from sketches of the events, which a line of a recording gives without being decoded; whatever
/// is added here for an event must come from its sketch, or be worked out when it is asked for.
public struct Timeline: Sendable {
  /// The sequence numbers of the events a stepping user counts.
  public private(set) var steps: [Int] = []
  /// The sequence numbers of all sends and receives.
  public private(set) var messages: [Int] = []
  /// The sequence numbers of what was printed to terminals.
  public private(set) var outputs: [Int] = []
  /// The sequence numbers of the findings.
  public private(set) var findings: [Int] = []
  /// The processes in the order of their appearance.
  public private(set) var processes: [ProcessSummary] = []
  /// How many descriptors were in flight after each step.
  public private(set) var flights = FlightLog()

  private(set) var store = EventStore()
  private(set) var rows = RowHistory()
  /// The tables as they were when everything up to there was forgotten.
  private(set) var kept = (sequence: 0, tables: TablesAtMoment())
  private var transfersBySend = EventLinks()
  private var transfersByReceive = EventLinks()
  private var findingsByEvent = EventLinks()
  private var sockets = SocketHolders()
  /// Where the latest process with a number stands in ``processes``.
  private var indexByPid: [Int32: Int] = [:]
  private var labels: [String: Int] = [:]

  /// An empty timeline.
  public init() {}

  /// Takes the next event, numbered by ``Derivation``.
  public mutating func append(_ event: TraceEvent) {
    guard canFollow(event.sequence) else { return }
    store.append(event)
    note(EventSketch(event))
    if case .process(let record) = event.body { note(record, of: event) }
  }

  /// Takes the next line of a recording.
  mutating func append(
    _ sketch: EventSketch, process: TraceEvent?, lineAt offset: Int, count: Int,
    of bytes: any RecordingBytes
  ) {
    store.append(sequence: sketch.sequence, lineAt: offset, count: count, of: bytes)
    note(sketch)
    if let process, case .process(let record) = process.body { note(record, of: process) }
  }

  /// Whether an event with this number can come next.
  func canFollow(_ sequence: Int) -> Bool {
    sequence > lastSequence && sequence <= EventStore.lastSequence
  }

  private mutating func note(_ event: EventSketch) {
    let sequence = event.sequence
    if event.isStep { steps.append(sequence) }
    for row in event.rows {
      let before = rows.note(row, at: UInt32(sequence))
      sockets.note(
        sequence: sequence, holder: DescriptorHolder(pid: row.pid, fd: row.fd), from: before,
        to: row.isOpen ? row.socket : 0)
    }
    flights.append(event, steps: steps)
    switch event.kind {
    case .send, .receive: messages.append(sequence)
    case .output: outputs.append(sequence)
    case .finding: findings.append(sequence)
    case .session, .process, .call, .transfer: break
    }
    switch event.link {
    case .transfer(let send, let receive, _, _):
      transfersBySend.add(sequence, naming: send)
      transfersByReceive.add(sequence, naming: receive)
    case .finding(let about): findingsByEvent.add(sequence, naming: about)
    case .none: break
    }
  }

  private mutating func note(_ record: ProcessRecord, of event: TraceEvent) {
    let index = indexByPid[event.pid].flatMap { processes[$0].end == nil ? $0 : nil }
    var summary =
      index.map { processes[$0] }
      ?? ProcessSummary(pid: event.pid, comm: event.comm, began: event.sequence)
    summary.comm = event.comm
    if let role = record.role { summary.role = role }
    if !record.arguments.isEmpty { summary.arguments = record.arguments }
    switch record.event {
    case .started(let parent):
      summary.parent = parent
      summary.wasLaunched = parent == nil
    case .attached, .executed: break
    case .exited, .killed:
      summary.end = record.event
      summary.ended = event.sequence
    }
    labels[summary.label, default: 0] += 1
    if let index {
      labels[processes[index].label, default: 1] -= 1
      processes[index] = summary
    } else {
      indexByPid[event.pid] = processes.count
      processes.append(summary)
    }
  }

  /// Forgets most of what happened before an event, so that a session that nobody looks back into
  /// needs no more memory the longer it is. What holds at that moment stays known.
  public mutating func forget(before sequence: Int) {
    kept = (sequence, TablesAtMoment(unmarked: tables(at: sequence)))
    store.forget(before: sequence)
    rows.forget(before: sequence)
    sockets.forget(before: sequence)
    let forgottenSteps = steps.firstPlace(notBelow: sequence)
    steps.removeFirst(forgottenSteps)
    flights.forget(forgottenSteps)
    messages.removeFirst(messages.firstPlace(notBelow: sequence))
    outputs.removeFirst(outputs.firstPlace(notBelow: sequence))
    findings.removeFirst(findings.firstPlace(notBelow: sequence))
    transfersBySend.forget(before: sequence)
    transfersByReceive.forget(before: sequence)
    findingsByEvent.forget(before: sequence)
    forgetProcesses(endedBefore: sequence)
  }

  private mutating func forgetProcesses(endedBefore sequence: Int) {
    for process in processes where process.ended ?? .max < sequence {
      if let count = labels[process.label] { labels[process.label] = count > 1 ? count - 1 : nil }
    }
    processes.removeAll { $0.ended ?? .max < sequence }
    indexByPid = [:]
    for (index, process) in processes.enumerated() { indexByPid[process.pid] = index }
  }
}

/// Looking things up.
extension Timeline {
  var cache: EventCache { store.cache }

  /// The number of the last event; 0 before the first one.
  public var lastSequence: Int { store.sequences.last.map { Int($0) } ?? 0 }

  /// How many events there are.
  public var count: Int { store.sequences.count }

  /// The event with this sequence number.
  public subscript(sequence: Int) -> TraceEvent? { store.event(sequence) }

  /// The first event there is.
  public var first: TraceEvent? { store.sequences.first.flatMap { self[Int($0)] } }

  /// Every event in order, decoded one by one.
  public var events: some Sequence<TraceEvent> {
    store.sequences.lazy.compactMap { store.event(Int($0)) }
  }

  /// The numbers, within a range, that events have; in a whole session these are all.
  public func sequences(in range: ClosedRange<Int>) -> [Int] {
    store.sequences[places(in: range)].map { Int($0) }
  }

  /// The last events, `count` at most, before the one numbered `sequence`, in order.
  public func events(before sequence: Int, count: Int) -> [TraceEvent] {
    store.sequences[..<place(of: sequence)].suffix(count).compactMap { store.event(Int($0)) }
  }

  func events(in range: ClosedRange<Int>) -> [TraceEvent] {
    store.sequences[places(in: range)].compactMap { store.event(Int($0)) }
  }

  /// The number of the event at a place in the order of all events, the first being at 0.
  public func sequence(at place: Int) -> Int? {
    store.sequences.indices.contains(place) ? Int(store.sequences[place]) : nil
  }

  /// Where the event with this number stands, or would stand.
  public func place(of sequence: Int) -> Int {
    store.sequences.firstPlace(notBelow: UInt32(clamping: sequence))
  }

  private func places(in range: ClosedRange<Int>) -> Range<Int> {
    place(
      of: range.lowerBound)..<store.sequences.firstPlace(
        above: UInt32(clamping: range.upperBound))
  }

  /// The index of the last step that is not after the event numbered `sequence`.
  public func stepIndex(of sequence: Int) -> Int? {
    let index = steps.firstPlace(above: sequence) - 1
    return index >= 0 ? index : nil
  }

  /// The last send or receive up to the event numbered `sequence`.
  public func message(upTo sequence: Int) -> TraceEvent? {
    let index = messages.firstPlace(above: sequence) - 1
    return index >= 0 ? self[messages[index]] : nil
  }

  /// The transfers that a send or a receive has part in.
  public func transfers(of sequence: Int) -> [Transfer] {
    (transfersBySend[sequence] + transfersByReceive[sequence]).compactMap { self[$0]?.transfer }
  }

  /// What was found about an event, also when it was found later.
  public func findings(about sequence: Int) -> [Finding] {
    findingsByEvent[sequence].compactMap { self[$0]?.finding }
  }

  /// The numbers of the events that something was found about, ascending.
  public var eventsWithFindings: [Int] { findingsByEvent.named.sorted() }

  /// The process with this number; the latest when the kernel gave the number out again.
  public func process(_ pid: Int32) -> ProcessSummary? { indexByPid[pid].map { processes[$0] } }

  /// What to call a process in a sentence: its label, with its number where another process has
  /// the same label.
  public func name(of pid: Int32) -> String {
    guard let label = process(pid)?.label, !label.isEmpty else { return "process \(pid)" }
    return (labels[label] ?? 0) > 1 ? "\(label) \(pid)" : label
  }

  /// The descriptors that refer to the socket with this inode just after an event, in the order
  /// in which they came to do so.
  public func holders(ofSocket inode: UInt64, at sequence: Int) -> [DescriptorHolder] {
    sockets.holders(of: inode, at: sequence)
  }

  /// The descriptor that came last, up to an event, to refer to the socket with this inode; it
  /// may be closed by then.
  public func lastHolder(ofSocket inode: UInt64, at sequence: Int) -> DescriptorHolder? {
    sockets.lastHolder(of: inode, at: sequence)
  }
}
