/// Numbers the events of a session and adds what follows from them: transfers and findings.
///
/// It is the only thing that derives, and it sees events alone, so a live session, a replay and a
/// test cannot come to different results. It stands before the recorder, so that what is on disk
/// is what was shown.
public struct Derivation: Sendable {
  private var sequence = 0
  private var queues: [Direction: MessageQueue] = [:]
  private var origins = OriginLedger()
  private var detectors = Detectors()

  /// A derivation at the beginning of a session.
  public init() {}

  /// Numbers `event` and returns it, followed by what it made known.
  public mutating func add(_ event: TraceEvent) -> [TraceEvent] {
    let event = numbered(event)
    origins.take(event)
    let transfers = transfers(madeKnownBy: event)
    for transfer in transfers { origins.take(transfer) }
    let findings = detectors.examine(event, transfers)
    var events = [event]
    for transfer in transfers { events.append(derived(.transfer(transfer), from: event)) }
    for finding in findings { events.append(derived(.finding(finding), from: event)) }
    return events
  }

  private mutating func numbered(_ event: TraceEvent) -> TraceEvent {
    sequence += 1
    var event = event
    event.sequence = sequence
    return event
  }

  private mutating func derived(_ body: TraceEvent.Body, from event: TraceEvent) -> TraceEvent {
    numbered(
      TraceEvent(time: event.time, pid: event.pid, tid: event.tid, comm: event.comm, body: body))
  }

  private mutating func transfers(madeKnownBy event: TraceEvent) -> [Transfer] {
    guard var part = MessageQueue.Part(event) else { return [] }
    switch event.body {
    case .send(let message):
      guard let direction = Direction(ofSendOn: message.socket) else { return [] }
      part.origins = part.descriptors.map { origins[event.pid, $0.fd] }
      return queues[direction, default: MessageQueue()].send(part)
    case .receive(let message):
      guard let direction = Direction(ofReceiveOn: message.socket) else { return [] }
      return queues[direction, default: MessageQueue()].receive(part)
    case .call(let call):
      guard let socket = call.socket else { return [] }
      if call.isPlainSend {
        guard let direction = Direction(ofSendOn: socket) else { return [] }
        return queues[direction, default: MessageQueue()].send(part)
      }
      guard let direction = Direction(ofReceiveOn: socket) else { return [] }
      return queues[direction, default: MessageQueue()].receive(part)
    default: return []
    }
  }

  /// What names the queue that a message goes through.
  private enum Direction: Hashable, Sendable {
    /// One direction of one connection, by the socket that sends. The sender knows itself even
    /// while its peer has not been accepted, and the receiver knows its peer.
    case from(UInt64)
    /// The queue of a datagram socket: many may send to it, and it has no peer.
    case to(UInt64)

    init?(ofSendOn socket: SocketInfo) {
      if socket.type == .datagram {
        guard let peer = socket.peer else { return nil }
        self = .to(peer)
      } else {
        guard socket.inode != 0 else { return nil }
        self = .from(socket.inode)
      }
    }

    init?(ofReceiveOn socket: SocketInfo) {
      if socket.type == .datagram {
        guard socket.inode != 0 else { return nil }
        self = .to(socket.inode)
      } else {
        guard let peer = socket.peer else { return nil }
        self = .from(peer)
      }
    }
  }
}
