import TraceModel

/// Reports that wait for another thread's: a receive is reported only after the send it took from.
/// The kernel wakes a receiver before its sender has returned, and the receiver may be the first
/// to stop.
struct HeldBackReports {
  private struct Kept {
    let event: TraceEvent
    /// Threads whose sends must be reported first.
    var awaited: Set<Int32> = []
  }

  /// Threads in a send, by what names the queue they send through: the socket itself, or for
  /// datagrams the one they send to.
  private var senders: [UInt64: Set<Int32>] = [:]
  /// The keys of ``senders`` by their threads.
  private var queues: [Int32: Set<UInt64>] = [:]
  private var waiting: [Kept] = []

  var isEmpty: Bool { waiting.isEmpty }

  /// The threads that the first of the reports waits for.
  var awaited: Set<Int32> { waiting.first?.awaited ?? [] }

  mutating func sendBegins(of tid: Int32, on socket: SocketInfo) {
    guard let queue = socket.sendsTo else { return }
    senders[queue, default: []].insert(tid)
    queues[tid, default: []].insert(queue)
  }

  /// A send has returned and is reported, or nobody waits for it any more.
  mutating func sendReturned(of tid: Int32) {
    if senders.isEmpty { return }
    for queue in queues.removeValue(forKey: tid) ?? [] {
      senders[queue]?.remove(tid)
      if senders[queue]?.isEmpty == true { senders[queue] = nil }
    }
    for index in waiting.indices { waiting[index].awaited.remove(tid) }
  }

  /// Whether `events` of a thread are kept back: a receive whose sender is still in its send, or
  /// what follows such a receive in its process or in a child that was made since.
  mutating func keeps(_ events: [TraceEvent], of tid: Int32) -> Bool {
    if senders.isEmpty, waiting.isEmpty { return false }
    if waiting.isEmpty, events.allSatisfy({ awaited(by: $0).isEmpty }) { return false }
    let kept = events.map { Kept(event: $0, awaited: awaited(by: $0)) }
    guard kept.contains(where: { !$0.awaited.isEmpty || comesAfterKept($0.event) }) else {
      return false
    }
    let later = processes(awaiting: tid).subtracting(events.map(\.pid))
    waiting =
      waiting.filter { !later.contains($0.event.pid) } + kept
      + waiting.filter { later.contains($0.event.pid) }
    return true
  }

  /// Takes the reports that wait for nobody, up to the first that does.
  mutating func takeReady() -> [TraceEvent] {
    let ready = waiting.prefix { $0.awaited.isEmpty }.map(\.event)
    waiting.removeFirst(ready.count)
    return ready
  }

  private func awaited(by event: TraceEvent) -> Set<Int32> {
    event.takesFrom.flatMap { senders[$0] } ?? []
  }

  private func comesAfterKept(_ event: TraceEvent) -> Bool {
    let queue = event.takesFrom
    return waiting.contains { kept in
      kept.event.pid == event.pid || kept.event.pid == event.parent
        || queue != nil && kept.event.sendsTo == queue
    }
  }

  /// The processes with a report that waits for a thread, and the children they made since.
  private func processes(awaiting tid: Int32) -> Set<Int32> {
    waiting.reduce(into: []) { found, kept in
      if kept.awaited.contains(tid) || kept.event.parent.map(found.contains) == true {
        found.insert(kept.event.pid)
      }
    }
  }
}

extension SocketInfo {
  /// What names the queue that a send goes to; nil when unknown.
  fileprivate var sendsTo: UInt64? {
    let queue = type == .datagram ? peer : inode
    return queue == 0 ? nil : queue
  }
}

extension TraceEvent {
  /// The queue that a send goes to.
  fileprivate var sendsTo: UInt64? {
    if case .send(let message) = body { message.socket.sendsTo } else { nil }
  }

  /// The queue that a receive took something from.
  fileprivate var takesFrom: UInt64? {
    guard case .receive(let message) = body,
      message.result ?? 0 > 0 || !message.descriptors.isEmpty
    else { return nil }
    return message.socket.type == .datagram ? message.socket.inode : message.socket.peer
  }

  /// The creator of a process that the event reports the start of.
  fileprivate var parent: Int32? {
    if case .process(let record) = body, case .started(let parent) = record.event {
      parent
    } else {
      nil
    }
  }
}
