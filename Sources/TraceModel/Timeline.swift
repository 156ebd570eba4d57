/// All events of a session in order, and every table as it was at each of them.
public struct Timeline: Sendable {
  /// Every event; the one with sequence number n stands at index n - 1.
  public private(set) var events: [TraceEvent] = []
  /// The sequence numbers of the events a stepping user counts.
  public private(set) var steps: [Int] = []
  /// The sequence numbers of the findings.
  public private(set) var findings: [Int] = []
  /// The processes in the order of their appearance.
  public private(set) var processes: [ProcessSummary] = []

  private var current: [Int32: DescriptorTable] = [:]
  private var checkpoints: [[Int32: DescriptorTable]] = []
  private var transfersBySend: [Int: [Int]] = [:]
  private var transfersByReceive: [Int: [Int]] = [:]
  private var findingsByEvent: [Int: [Int]] = [:]
  private var sockets = SocketHolders()
  /// Where the latest process with a number stands in ``processes``.
  private var indexByPid: [Int32: Int] = [:]
  private var labels: [String: Int] = [:]

  /// A table at any moment is at most this many events away from a kept one.
  private static let checkpointDistance = 64

  /// An empty timeline.
  public init() {}

  /// Takes the next event, numbered by ``Derivation``.
  public mutating func append(_ event: TraceEvent) {
    if events.count % Self.checkpointDistance == 0 { checkpoints.append(current) }
    events.append(event)
    if event.isStep { steps.append(event.sequence) }
    for change in event.changes {
      sockets.note(
        sequence: event.sequence, pid: change.pid, fd: change.fd,
        from: current[change.pid]?[change.fd], to: change.now)
    }
    Self.apply(event, to: &current)
    note(event)
  }

  /// The event with this sequence number.
  public subscript(sequence: Int) -> TraceEvent? {
    events.indices.contains(sequence - 1) ? events[sequence - 1] : nil
  }

  /// Every process's descriptors just after the event with this sequence number.
  public func tables(at sequence: Int) -> [Int32: DescriptorTable] {
    if sequence >= events.count { return current }
    guard sequence > 0 else { return [:] }
    let checkpoint = (sequence - 1) / Self.checkpointDistance
    var tables = checkpoints[checkpoint]
    for event in events[(checkpoint * Self.checkpointDistance)..<sequence] {
      Self.apply(event, to: &tables)
    }
    return tables
  }

  /// The transfers that a send or a receive has part in.
  public func transfers(of sequence: Int) -> [Transfer] {
    let found = (transfersBySend[sequence] ?? []) + (transfersByReceive[sequence] ?? [])
    return found.compactMap { self[$0]?.transfer }
  }

  /// What was found about an event, also when it was found later.
  public func findings(about sequence: Int) -> [Finding] {
    (findingsByEvent[sequence] ?? []).compactMap { self[$0]?.finding }
  }

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

  private static func apply(_ event: TraceEvent, to tables: inout [Int32: DescriptorTable]) {
    if event.isStep {
      for pid in Array(tables.keys) { tables[pid]?.forgetMarks() }
    }
    for change in event.changes {
      tables[change.pid, default: DescriptorTable(pid: change.pid)].apply(change)
    }
    // What a program starts with is not news.
    if case .process(let record) = event.body, record.event.isBeginning {
      tables[event.pid]?.forgetMarks()
    }
  }

  private mutating func note(_ event: TraceEvent) {
    switch event.body {
    case .process(let record): note(record, of: event)
    case .transfer(let transfer):
      transfersBySend[transfer.send, default: []].append(event.sequence)
      transfersByReceive[transfer.receive, default: []].append(event.sequence)
    case .finding(let finding):
      findings.append(event.sequence)
      findingsByEvent[finding.about, default: []].append(event.sequence)
    default: break
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
    case .started(let parent): summary.parent = parent
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
}

extension ProcessRecord.Event {
  /// Whether the process is there from this event on, or has a new program.
  public var isBeginning: Bool {
    switch self {
    case .started, .attached, .executed: true
    case .exited, .killed: false
    }
  }
}

/// A process of the session and what is known about it as a whole.
public struct ProcessSummary: Sendable, Hashable {
  /// The process.
  public let pid: Int32
  /// Its name as the kernel has it.
  public var comm: String
  /// The part it plays where we know one.
  public var role: String?
  /// Its arguments.
  public var arguments: [String] = []
  /// Its creator, where known.
  public var parent: Int32?
  /// The sequence number of its first event.
  public let began: Int
  /// The sequence number of its end.
  public var ended: Int?
  /// How it ended.
  public var end: ProcessRecord.Event?

  /// What the process is called on screen: its role, else its name.
  public var label: String { role ?? comm }
}
