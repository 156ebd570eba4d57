import TraceModel

/// Receives of descriptors that are reported only after the send they took from: the kernel wakes
/// a receiver before its sender has returned, and the receiver may be the first to stop.
struct HeldBackReports {
  /// Threads in a send, by what names the queue they send through: the socket itself, or for
  /// datagrams the one they send to.
  private var senders: [UInt64: Set<Int32>] = [:]
  private var waiting: [(tid: Int32, event: TraceEvent)] = []

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
  /// such a receive in its thread.
  mutating func keeps(_ events: [TraceEvent], of tid: Int32) -> Bool {
    let follows = waiting.contains { $0.tid == tid }
    guard follows || events.contains(where: { precedesItsSend($0) }) else { return false }
    for event in events { waiting.append((tid, event)) }
    return true
  }

  /// Takes everything that was kept back, in order.
  mutating func takeAll() -> [TraceEvent] {
    defer { waiting.removeAll(keepingCapacity: true) }
    return waiting.map(\.event)
  }

  private func precedesItsSend(_ event: TraceEvent) -> Bool {
    guard case .receive(let message) = event.body, !message.descriptors.isEmpty,
      let queue = message.socket.type == .datagram ? message.socket.inode : message.socket.peer
    else { return false }
    return senders[queue] != nil
  }
}
