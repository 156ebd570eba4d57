public import FDPassing
public import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// An echo server that spends a lot on each connection, and so has a park hold those that are idle.
///
/// It is what a server has to add to use a park: `leave`, `comeBack` and `settle` below. Without a
/// park it keeps all connections itself.
public final class EchoServer {
  /// What can be chosen.
  public struct Options: Sendable {
    /// Where the park is; nil for none.
    public var park: FilePath?
    /// The bytes that each connection costs.
    public var weight = 64 << 10
    /// How long a connection is idle before it is parked.
    public var idle = Duration.seconds(1)

    /// The usual ones, without a park.
    public init() {}
  }

  /// What waits for an answer of the park.
  enum Asked: Equatable {
    case serve
    case park(UInt32)
  }

  private static let listenerKey: UInt32 = 0
  static let parkKey: UInt32 = 1
  private static let stopKey: UInt32 = 2

  let options: Options
  let log: (String) -> Void
  let poller: Poller
  var conversations: [UInt32: Conversation] = [:]
  /// The tickets of those that came back: a park that started anew must be told that they are here.
  var tickets: [UInt32: Ticket] = [:]
  var park: ParkConnection?
  /// When to look for the park.
  var triesParkAt: ContinuousClock.Instant?
  /// What the park was asked, in the order of its answers.
  var asked: [Asked] = []
  private var lastNumber: UInt32 = 0
  private let listener: OwnedDescriptor
  private let stopper: Stopper?
  private let signals: SignalDescriptor?
  private var isStopping = false

  /// Listens at `127.0.0.1:7000` or `[::1]:7000`.
  ///
  /// - Throws: `BrokerError` when it is no such address, or taken.
  public static func listen(at address: String) throws(BrokerError) -> OwnedDescriptor {
    guard let endpoint = Endpoint(.tcp, address) else { throw .badAddress(address) }
    do throws(Errno) { return try PortSocket.open(endpoint) } catch {
      throw .file("listen at \(address)", error)
    }
  }

  /// Prepares to serve.
  ///
  /// - Parameters:
  ///   - listener: A listening stream socket.
  ///   - options: What can be chosen.
  ///   - signals: Whether SIGTERM and SIGINT end it, with all that is idle parked before.
  ///   - stopper: Another way to end it.
  ///   - log: Takes a line for each event.
  /// - Throws: `BrokerError`.
  public init(
    on listener: consuming OwnedDescriptor, _ options: Options, signals: Bool = false,
    stopper: Stopper? = nil, log: @escaping (String) -> Void
  ) throws(BrokerError) {
    self.listener = listener
    (self.options, self.log, self.stopper) = (options, log, stopper)
    self.signals = signals ? try SignalDescriptor() : nil
    poller = try Poller()
    setBlocking(self.listener.fileDescriptor, false)
    try poller.watch(self.listener.fileDescriptor, for: .readable, as: .role(Self.listenerKey))
    let ends = [self.signals?.descriptor.fileDescriptor, stopper?.descriptor.fileDescriptor]
    for end in ends.compactMap({ $0 }) {
      try poller.watch(end, for: .readable, as: .role(Self.stopKey))
    }
    if options.park != nil { triesParkAt = .now }
  }

  /// The port of TCP that it listens at; 0 if it is none.
  public var port: UInt16 { PortSocket.boundPort(of: listener) ?? 0 }

  /// Serves until it is told to end.
  public func run() throws(BrokerError) {
    while !isStopping { try turn(until: nextDeadline) }
    poller.forget(listener.fileDescriptor)
    // What can live on does, with the next server.
    parkAll { _ in true }
    let end = ContinuousClock.now + .seconds(2)
    while asked.contains(where: { $0 != .serve }) && .now < end { try turn(until: end) }
  }

  private func turn(until deadline: ContinuousClock.Instant?) throws(BrokerError) {
    let count = try poller.wait(until: deadline)
    for index in 0..<count {
      guard let key = poller.event(index)?.key else { continue }
      switch (key.owner, key.number) {
      case (.peer, let number): proceed(number)
      case (_, Self.listenerKey): accept()
      case (_, Self.parkKey): hearPark()
      default: isStopping = true
      }
    }
    if let time = triesParkAt, time <= .now { findPark() }
    let now = ContinuousClock.now
    if !isStopping { parkAll { $0.lastActive + options.idle <= now } }
  }

  private var nextDeadline: ContinuousClock.Instant? {
    let idle =
      park == nil
      ? [] : conversations.values.filter(\.isIdle).map { $0.lastActive + options.idle }
    return ([triesParkAt].compactMap { $0 } + idle).min()
  }

  private func accept() {
    let number = systemAccept(listener.rawValue)
    if number == -1 { return }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    begin(Conversation(OwnedDescriptor(adopting: number), weight: options.weight))
  }

  /// Takes up a conversation, and returns its number here.
  @discardableResult
  func begin(_ conversation: Conversation) -> UInt32 {
    lastNumber &+= 1
    conversations[lastNumber] = conversation
    listen(to: lastNumber)
    return lastNumber
  }

  /// Waits for a client's next bytes.
  func listen(to number: UInt32) {
    guard let conversation = conversations[number] else { return }
    let descriptor = conversation.connection.fileDescriptor
    do throws(BrokerError) {
      try poller.watch(
        descriptor, for: .readable, as: Poller.Key(owner: .peer, number: number))
    } catch {
      log("\(error)")
      end(number)
    }
  }

  func proceed(_ number: UInt32) {
    guard let conversation = conversations[number], !conversation.isLeaving else { return }
    let waited = conversation.wantsRoom
    switch conversation.echo() {
    case .isOver: end(number)
    case .goesOn:
      if conversation.wantsRoom != waited {
        try? poller.change(
          conversation.connection.fileDescriptor,
          to: waited ? .readable : .writable, as: Poller.Key(owner: .peer, number: number))
      }
    }
  }

  private func end(_ number: UInt32) {
    guard let conversation = conversations.removeValue(forKey: number) else { return }
    tickets[number] = nil
    poller.forget(conversation.connection.fileDescriptor)
    log("A client left after \(conversation.lines) lines")
  }
}

// Within the type, `accept` means the method.
private func systemAccept(_ listener: Int32) -> Int32 { accept(listener, nil, nil) }
