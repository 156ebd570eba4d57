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
  private var waiting: [Kept] = []

  var isEmpty: Bool { waiting.isEmpty }

  /// The threads that the first of the reports waits for.
  var awaited: Set<Int32> { waiting.first?.awaited ?? [] }

  mutating func sendBegins(of tid: Int32, on socket: SocketInfo) {
    guard let queue = socket.type == .datagram ? socket.peer : socket.inode, queue != 0 else {
      return
    }
    senders[queue, default: []].insert(tid)
  }

  /// A send has returned and is reported, or nobody waits for it any more.
  mutating func sendReturned(of tid: Int32) {
    for queue in senders.keys where senders[queue]?.remove(tid) != nil {
      if senders[queue]?.isEmpty == true { senders[queue] = nil }
    }
    for index in waiting.indices { waiting[index].awaited.remove(tid) }
  }

  /// Whether `events` of a thread are kept back: a receive whose sender is still in its send, or
  /// what follows such a receive in its process or in a child that was made since.
  mutating func keeps(_ events: [TraceEvent], of tid: Int32) -> Bool {
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

  /// Takes everything that was kept back, in order.
  mutating func takeAll() -> [TraceEvent] {
    defer { waiting.removeAll(keepingCapacity: true) }
    return waiting.map(\.event)
  }

  private func awaited(by event: TraceEvent) -> Set<Int32> {
    guard case .receive(let message) = event.body,
      message.result ?? 0 > 0 || !message.descriptors.isEmpty,
      let queue = message.socket.type == .datagram ? message.socket.inode : message.socket.peer
    else { return [] }
    return senders[queue] ?? []
  }

  private func comesAfterKept(_ event: TraceEvent) -> Bool {
    waiting.contains { $0.event.pid == event.pid || $0.event.pid == event.parent }
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

extension TraceEvent {
  /// The creator of a process that the event reports the start of.
  fileprivate var parent: Int32? {
    if case .process(let record) = body, case .started(let parent) = record.event {
      parent
    } else {
      nil
    }
  }
}
