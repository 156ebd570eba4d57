/// Numbers the events of a session and adds what follows from them: transfers.
///
/// It is the only thing that derives, and it sees events alone, so a live session, a replay and a
/// test cannot come to different results. It stands before the recorder, so that what is on disk
/// is what was shown.
public struct Derivation: Sendable {
  private var sequence = 0
  private var queues: [Direction: MessageQueue] = [:]

  /// A derivation at the beginning of a session.
  public init() {}

  /// Numbers `event` and returns it, followed by what it made known.
  public mutating func add(_ event: TraceEvent) -> [TraceEvent] {
    let event = numbered(event)
    return [event] + transfers(madeKnownBy: event).map { numbered(Self.derived($0, from: event)) }
  }

  private mutating func numbered(_ event: TraceEvent) -> TraceEvent {
    sequence += 1
    var event = event
    event.sequence = sequence
    return event
  }

  private static func derived(_ transfer: Transfer, from event: TraceEvent) -> TraceEvent {
    TraceEvent(
      time: event.time, pid: event.pid, tid: event.tid, comm: event.comm, body: .transfer(transfer))
  }

  private mutating func transfers(madeKnownBy event: TraceEvent) -> [Transfer] {
    switch event.body {
    case .send(let message):
      guard let moved = message.queueUnits, message.socket.inode != 0 else { return [] }
      let part = MessageQueue.Part(
        sequence: event.sequence, length: moved, descriptors: message.descriptors)
      return queues[.from(message.socket.inode), default: MessageQueue()].send(part)
    case .receive(let message):
      guard let moved = message.queueUnits, let peer = message.socket.peer,
        !message.flags.contains(.peek)
      else { return [] }
      let part = MessageQueue.Part(
        sequence: event.sequence, length: moved, descriptors: message.descriptors)
      return queues[.from(peer), default: MessageQueue()].receive(part)
    default: return []
    }
  }

  /// One direction of one connection, named by the socket that sends. The sender knows itself
  /// even while its peer has not been accepted, and the receiver knows its peer.
  private enum Direction: Hashable, Sendable {
    case from(UInt64)
  }
}

extension MessageRecord {
  /// How far the message moves its queue: bytes on a stream, one message otherwise; nil when
  /// the call failed.
  fileprivate var queueUnits: Int? {
    guard let result else { return nil }
    return socket.type == .stream ? result : 1
  }
}

/// What travels in one direction of one connection. Sends and receives are not one to one
/// (streams merge and split), so both are laid out along the same offsets and matched there.
struct MessageQueue: Sendable {
  /// One send or one receive.
  struct Part: Sendable {
    var sequence: Int
    var length: Int
    var descriptors: [DescriptorFacts]
    var start = 0

    init(sequence: Int, length: Int, descriptors: [DescriptorFacts]) {
      self.sequence = sequence
      self.length = length
      self.descriptors = descriptors
    }
  }

  private var sentUpTo = 0
  private var receivedUpTo = 0
  /// Sends with descriptors that no receive has reached.
  private var sends: [Part] = []
  /// Receives with descriptors whose send has not been reported: the receiver can be seen to
  /// return before the sender is.
  private var receives: [Part] = []

  mutating func send(_ part: Part) -> [Transfer] {
    var part = part
    part.start = sentUpTo
    sentUpTo &+= part.length
    guard !part.descriptors.isEmpty else { return [] }
    guard part.start >= receivedUpTo else { return receivedAlready(part) }
    sends.append(part)
    return []
  }

  mutating func receive(_ part: Part) -> [Transfer] {
    var part = part
    part.start = receivedUpTo
    receivedUpTo &+= part.length
    // Descriptors come with the first byte of their send.
    let reached = sends.prefix { $0.start < receivedUpTo }
    sends.removeFirst(reached.count)
    if reached.isEmpty, !part.descriptors.isEmpty { receives.append(part) }
    // The kernel never lets one receive take descriptors of two sends, so the last one reached
    // is the one whose descriptors came.
    return reached.enumerated().map { index, send in
      let isLast = index == reached.count - 1
      return Self.transfer(of: send, by: part, taking: isLast ? part.descriptors : [])
    }
  }

  private mutating func receivedAlready(_ send: Part) -> [Transfer] {
    let index = receives.firstIndex {
      $0.start <= send.start && send.start < $0.start &+ max($0.length, 1)
    }
    guard let index else { return [] }
    let receive = receives.remove(at: index)
    return [Self.transfer(of: send, by: receive, taking: receive.descriptors)]
  }

  private static func transfer(
    of send: Part, by receive: Part, taking received: [DescriptorFacts]
  ) -> Transfer {
    let pairs = zip(send.descriptors, received).map { sent, received in
      Transfer.Pair(sent: sent.fd, received: received.fd, proof: proof(sent, received))
    }
    return Transfer(
      send: send.sequence, receive: receive.sequence, descriptors: pairs,
      lost: max(0, send.descriptors.count - received.count))
  }

  private static func proof(_ sent: DescriptorFacts, _ received: DescriptorFacts) -> Transfer.Proof
  {
    if let description = sent.description, description == received.description { return .kcmp }
    return sent.isSameFile(as: received) ? .inferred : .none
  }
}
