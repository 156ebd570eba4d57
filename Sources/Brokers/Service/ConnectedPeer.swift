public import FDPassing
public import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// A process that is connected to a service.
public final class ConnectedPeer {
  /// What became of a message.
  public enum Delivery: Hashable, Sendable {
    /// It is in the peer's queue.
    case sent
    /// The queue is full; `BrokerRole.peerHasRoom` tells when there is room.
    case noRoom
    /// The peer cannot be reached any more, or the message not be sent; the error says why.
    case failed(PassingError)
  }

  /// No other peer of this service ever has the same.
  public let number: UInt32
  /// Who it is, by the kernel's word at the time of its connect(2).
  public let credentials: PeerCredentials
  /// Its groups, the effective one among them.
  public let groups: Set<UInt32>
  /// For people: `pid 4395, uid 1000`.
  public let name: String
  /// Whether it may be connected and say nothing, for longer than the service's limit.
  public var mayStaySilent = false

  let socket: UnixSocket
  var lastHeard = ContinuousClock.now
  /// Whether its socket is watched for room.
  var awaitsRoom = false
  private let poller: Poller

  init(_ socket: consuming UnixSocket, number: UInt32, poller: Poller) throws(BrokerError) {
    let accepted = socket
    let descriptor = accepted.fileDescriptor
    credentials = try passing { () throws(PassingError) in try accepted.peerCredentials() }
    groups = Set(PeerGroups.supplementary(of: descriptor) + [credentials.gid])
    name = (credentials.pid.map { "pid \($0), " } ?? "") + "uid \(credentials.uid)"
    self.number = number
    self.poller = poller
    // Only now: what throws above must not find half of the fields set.
    self.socket = accepted
    setBlocking(descriptor, false)
    try poller.watch(descriptor, for: .readable, as: key)
  }

  private var key: Poller.Key { Poller.Key(owner: .peer, number: number) }

  /// Sends one message, and does not wait.
  public func send(_ message: [UInt8], descriptors: [FileDescriptor] = []) -> Delivery {
    do throws(PassingError) {
      try socket.send(message, descriptors: descriptors)
      return .sent
    } catch {
      guard error.code == .wouldBlock || error.code == .resourceTemporarilyUnavailable else {
        return .failed(error)
      }
      awaitRoom(true)
      return .noRoom
    }
  }

  /// Whether something that was sent is still in the peer's queue: unix(7), SIOCOUTQ.
  var hasUnread: Bool {
    var bytes: Int32 = 0
    let answer = unsafe ioctl(socket.fileDescriptor.rawValue, UInt(TIOCOUTQ), &bytes)
    return answer == 0 && bytes > 0
  }

  func awaitRoom(_ isAwaited: Bool) {
    if isAwaited == awaitsRoom { return }
    awaitsRoom = isAwaited
    try? poller.change(
      socket.fileDescriptor, to: isAwaited ? [.readable, .writable] : .readable, as: key)
  }

  func leave() { poller.forget(socket.fileDescriptor) }
}
