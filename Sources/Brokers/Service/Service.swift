import FDPassing
import SystemPackage

/// Serves a role to many clients: one thread, one epoll(7), and a bound on everything a client may
/// use. A client that breaks the framing, or stays silent for too long, is sent away with a
/// sentence; the others are served on.
public final class Service {
  private enum Own: UInt32 {
    case listener, signals, stopper
  }

  let listener: ServerSocket
  let role: any BrokerRole
  let poller: Poller
  let limits: ServiceLimits
  let log: (String) -> Void
  var peers: [UInt32: ConnectedPeer] = [:]
  var lastNumber: UInt32 = 0
  private let signals: SignalDescriptor?
  private let stopper: Stopper?
  private var isStopping = false
  /// Accepting failed for want of something: when to try again.
  var acceptsAgainAt: ContinuousClock.Instant?

  /// Prepares to serve.
  ///
  /// - Parameters:
  ///   - role: What is served.
  ///   - listener: Where clients come: a socket of seqpacket kind.
  ///   - poller: The same that the role adds its own descriptors to.
  ///   - limits: What clients may use.
  ///   - signals: Those that end the service, or make the role reload.
  ///   - stopper: Another way to end it.
  ///   - log: Takes a line for each decision and each client that had to go.
  /// - Throws: `BrokerError` when there is no room for the descriptors it takes.
  public init(
    _ role: any BrokerRole, on listener: consuming ServerSocket, poller: Poller,
    limits: ServiceLimits = ServiceLimits(), signals: SignalDescriptor? = nil,
    stopper: Stopper? = nil,
    log: @escaping (String) -> Void
  ) throws(BrokerError) {
    (self.role, self.poller, self.limits, self.log) = (role, poller, limits, log)
    self.listener = listener
    self.stopper = stopper
    self.signals = signals
    let socket = self.listener.socket.fileDescriptor
    setBlocking(socket, false)
    if role.maximumDescriptors == 0 { refuseDescriptors(socket) }
    try watch(socket, as: .listener)
    if let stopper { try watch(stopper.descriptor.fileDescriptor, as: .stopper) }
    if let number = self.signals?.descriptor.fileDescriptor { try watch(number, as: .signals) }
  }

  private func watch(_ descriptor: FileDescriptor, as own: Own) throws(BrokerError) {
    try poller.watch(
      descriptor, for: .readable, as: Poller.Key(owner: .service, number: own.rawValue))
  }

  /// Serves until a signal or the stopper ends it, or something fails that is not about a client.
  public func run() throws(BrokerError) {
    while !isStopping {
      let count = try poller.wait(until: nextDeadline)
      for index in 0..<count {
        if let (key, events) = poller.event(index) { try handle(key, events) }
      }
      try passDeadlines()
    }
    for peer in Array(peers.values) { remove(peer) }
  }

  private func handle(_ key: Poller.Key, _ events: PollEvents) throws(BrokerError) {
    switch key.owner {
    case .role: role.ready(key.number, events)
    case .peer:
      // It may have had to go because of an event before this one.
      if let peer = peers[key.number] { handle(peer, events) }
    case .service:
      switch Own(rawValue: key.number) {
      case .listener: try acceptPeer()
      case .signals: takeSignals()
      case .stopper: isStopping = true
      case nil: break
      }
    }
  }

  private func takeSignals() {
    while let wish = signals?.next() {
      switch wish {
      case .stop: isStopping = true
      case .reload: role.reload()
      }
    }
  }

  private var nextDeadline: ContinuousClock.Instant? {
    let silence = peers.values.filter { !$0.mayStaySilent }.map { $0.lastHeard + limits.silence }
    return ([role.deadline, acceptsAgainAt].compactMap { $0 } + silence).min()
  }

  private func passDeadlines() throws(BrokerError) {
    let now = ContinuousClock.now
    if let deadline = role.deadline, deadline <= now { role.deadlinePassed() }
    if let time = acceptsAgainAt, time <= now {
      acceptsAgainAt = nil
      try watch(listener.socket.fileDescriptor, as: .listener)
    }
    for peer in Array(peers.values)
    where !peer.mayStaySilent && peer.lastHeard + limits.silence <= now {
      dismiss(peer, "You asked for nothing for \(limits.silence.components.seconds) seconds.")
    }
  }
}
