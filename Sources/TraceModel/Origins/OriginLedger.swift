/// The origins of all open descriptors, as far as the events tell.
struct OriginLedger: Sendable {
  private struct Row: Sendable {
    var origin: Origin
    /// What the number refers to: one with another file behind it has another origin.
    var facts: DescriptorFacts
  }

  private var tables: [Int32: [Int32: Row]] = [:]

  subscript(pid: Int32, fd: Int32) -> Origin? { tables[pid]?[fd]?.origin }

  /// Takes in what an event changed in tables; transfers follow.
  mutating func take(_ event: TraceEvent) {
    let installed = event.changes.isEmpty ? [] : event.installed
    for change in event.changes {
      guard let now = change.now else {
        tables[change.pid]?[change.fd] = nil
        continue
      }
      if var row = tables[change.pid]?[change.fd], Self.isStill(row.facts, now),
        change.pid != event.pid || !installed.contains(change.fd)
      {
        row.facts = now
        tables[change.pid]?[change.fd] = row
      } else {
        let origin = origin(of: now, in: change.pid, event, installed)
        tables[change.pid, default: [:]][change.fd] = Row(origin: origin, facts: now)
      }
    }
    if case .process(let record) = event.body, !record.event.isBeginning {
      tables[event.pid] = nil
    }
  }

  /// Takes in the origins that a transfer gave to what was received. It may be known only when
  /// the number has been given away again.
  mutating func take(_ transfer: Transfer) {
    for pair in transfer.descriptors {
      guard let origin = pair.origin, let hop = origin.hops.last,
        tables[hop.pid]?[pair.received]?.origin.event == transfer.receive
      else { continue }
      tables[hop.pid]?[pair.received]?.origin = origin
    }
  }

  private func origin(
    of facts: DescriptorFacts, in pid: Int32, _ event: TraceEvent, _ installed: Set<Int32>
  ) -> Origin {
    let holder = DescriptorHolder(pid: pid, fd: facts.fd)
    let arrival =
      pid == event.pid
      ? Origin.Arrival(of: facts.fd, in: event, installed: installed) : .first(.opened)
    switch arrival {
    case .first(let beginning):
      // The same open file under another number of the process: a duplicate by an unseen call.
      if beginning == .opened, let twin = twin(of: facts, in: pid) { return twin }
      return Origin(holder: holder, beginning: beginning, event: event.sequence)
    case .received: return Origin(holder: holder, beginning: .received, event: event.sequence)
    case .duplicate(let source):
      return self[pid, source]
        ?? Origin(holder: holder, beginning: .opened, event: event.sequence)
    case .inherited(let parent):
      guard let table = tables[parent] else {
        return Origin(holder: holder, beginning: .held, event: event.sequence)
      }
      let row = table[facts.fd].flatMap { Self.isStill($0.facts, facts) ? $0.origin : nil }
      return Origin.inherited(
        row, of: DescriptorHolder(pid: parent, fd: facts.fd), by: pid, in: event)
    }
  }

  private func twin(of facts: DescriptorFacts, in pid: Int32) -> Origin? {
    guard let description = facts.description else { return nil }
    let twins = (tables[pid] ?? [:]).filter {
      $0.key != facts.fd && $0.value.facts.description == description
    }
    return twins.min { $0.key < $1.key }?.value.origin
  }

  private static func isStill(_ before: DescriptorFacts, _ now: DescriptorFacts) -> Bool {
    before.description == now.description && FileEvidence(before, now) > .refuted
  }
}

extension TraceEvent {
  /// Whether it gave a number another meaning, whatever was behind it before.
  func installs(_ fd: Int32, in pid: Int32) -> Bool { pid == self.pid && installed.contains(fd) }

  /// The numbers to which it gave another meaning in its process.
  var installed: Set<Int32> {
    switch body {
    case .call(let call): Set(call.created)
    case .receive(let message): Set(message.descriptorNumbers)
    default: []
    }
  }
}
