import TraceModel

/// Receives of descriptors that are reported only after the send they took from: the kernel wakes
/// a receiver before its sender has returned, and the receiver may be the first to stop.
struct HeldBackReports {
  /// Threads in a send, by what names the queue they send through: the socket itself, or for
  /// datagrams the one they send to.
  private var senders: [UInt64: Set<Int32>] = [:]
  private var waiting: [TraceEvent] = []

  var isEmpty: Bool { waiting.isEmpty }

  mutating func sendBegins(of tid: Int32, on socket: SocketInfo) {
    guard let queue = socket.type == .datagram ? socket.peer : socket.inode, queue != 0 else {
      return
    }
    senders[queue, default: []].insert(tid)
  }

  mutating func sendReturned(of tid: Int32) {
    for queue in senders.keys where senders[queue]?.remove(tid) != nil {
      if senders[queue]?.isEmpty == true { senders[queue] = nil }
    }
  }

  /// Whether `events` are kept back: a receive whose sender is still in its send, or what follows
  /// such a receive in its process or in a child that was made since.
  mutating func keeps(_ events: [TraceEvent]) -> Bool {
    let isLate = events.contains { comesAfterKept($0) || precedesItsSend($0) }
    guard isLate else { return false }
    waiting += events
    return true
  }

  private func comesAfterKept(_ event: TraceEvent) -> Bool {
    var processes = [event.pid]
    if case .process(let record) = event.body, case .started(let parent?) = record.event {
      processes.append(parent)
    }
    return waiting.contains { processes.contains($0.pid) }
  }

  /// Takes everything that was kept back, in order.
  mutating func takeAll() -> [TraceEvent] {
    defer { waiting.removeAll(keepingCapacity: true) }
    return waiting
  }

  private func precedesItsSend(_ event: TraceEvent) -> Bool {
    guard case .receive(let message) = event.body, !message.descriptors.isEmpty,
      let queue = message.socket.type == .datagram ? message.socket.inode : message.socket.peer
    else { return false }
    return senders[queue] != nil
  }
}
