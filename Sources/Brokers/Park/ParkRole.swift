public import FDPassing
import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Holds idle connections for servers that spend a lot on each connection.
///
/// A server passes a connection with a token of its own and forgets it. The park watches it and
/// reads nothing. When there is something to read, it goes to the server that came last, with
/// its token; while there is no server, everything stays. Requests:
///
/// | request | answer | meaning |
/// | --- | --- | --- |
/// | `park token=…` + descriptor | `ok id=…` | the park has it now: the server may close its own |
/// | `serve` | `ok parked=… waiting=…` | active connections may come from now on |
/// | `taken id=…` | none | the server has what was handed to it: the park closes its own |
/// | `status` | `ok parked=… waiting=…` | how many there are |
///
/// To a server that serves come `back id=… token=…` with the descriptor, and `gone id=… token=…
/// why=…` when a connection ended without another byte. A connection that was handed over and not
/// said to be taken before the server went away is handed over again: whoever reads a byte must
/// have said `taken` before.
public final class ParkRole: BrokerRole {
  /// The most bytes of a token.
  public static let maximumToken = 1024
  let lot: ParkingLot
  private let poller: Poller
  private let owner: UInt32
  private let capacity: Int
  private let log: (String) -> Void
  /// Whoever parks or serves; the last of those that serve gets what becomes active.
  private var servers: [ParkingServer] = []
  /// When to try again what the kernel had no room for.
  public private(set) var deadline: ContinuousClock.Instant?

  /// An empty park, or one with what an earlier one kept.
  ///
  /// - Parameters:
  ///   - kept: What an earlier park stored; see `ParkStore`.
  ///   - poller: The same that the service has.
  ///   - capacity: The most connections.
  ///   - log: Takes a line for each event.
  /// - Throws: `BrokerError` when a kept connection cannot be watched.
  public convenience init(
    kept: consuming KeptConnections = KeptConnections(), poller: Poller, capacity: Int,
    log: @escaping (String) -> Void
  ) throws(BrokerError) {
    let lot = ParkingLot(after: kept.lastSerial)
    kept.put(in: lot)
    try self.init(lot, poller: poller, capacity: capacity, log: log)
  }

  private init(
    _ lot: ParkingLot, poller: Poller, capacity: Int, log: @escaping (String) -> Void
  ) throws(BrokerError) {
    (self.lot, self.poller, self.capacity, self.log) = (lot, poller, capacity, log)
    owner = geteuid()
    for place in lot.occupied { try watch(place) }
  }

  /// A connection.
  public var maximumDescriptors: Int { 1 }

  /// Does what a server asks; see the type.
  public func answer(
    _ request: Request, descriptors: inout DescriptorBatch, from peer: ConnectedPeer
  ) throws(Refusal) -> Answer? {
    if peer.credentials.uid != owner && peer.credentials.uid != 0 {
      throw Refusal("This park holds connections for user \(owner) only.")
    }
    peer.mayStaySilent = true
    switch request.verb {
    case "park":
      let ticket = try park(request, descriptors.takeFirst(), from: peer)
      return server(peer).reply(.ok(["id": "\(ticket)"]))
    case "taken":
      taken(request, by: peer)
      return nil
    case "serve": return serve(server(peer))
    case "status": return server(peer).reply(.ok(status))
    default: throw Refusal("A park knows park, serve, taken and status; not \(request.verb).")
    }
  }

  private func server(_ peer: ConnectedPeer) -> ParkingServer {
    if let known = servers.first(where: { $0.peer === peer }) { return known }
    let new = ParkingServer(peer)
    servers.append(new)
    return new
  }

  private var status: Fields {
    ["parked": "\(lot.count)", "waiting": "\(lot.waitingCount)"]
  }

  private func park(
    _ request: Request, _ descriptor: consuming OwnedDescriptor?, from peer: ConnectedPeer
  ) throws(Refusal) -> Ticket {
    guard let connection = descriptor else {
      throw Refusal("No descriptor came with the request.")
    }
    let token = request.fields.bytes("token") ?? []
    if token.count > Self.maximumToken {
      throw Refusal("The token has \(token.count) bytes; at most \(Self.maximumToken) are kept.")
    }
    if lot.count >= capacity {
      throw Refusal("The park is full: it holds \(lot.count) connections. Raise `ulimit -n`.")
    }
    try ParkedConnection.check(connection.fileDescriptor)
    let ticket = lot.park(connection, token: token)
    do throws(BrokerError) { try watch(ticket.place) } catch {
      lot.left(ticket.place)
      throw Refusal("\(error)")
    }
    log("Parked \(ticket) for \(peer.name)")
    return ticket
  }

  /// The one that said so last is the last of the list.
  private func serve(_ server: ParkingServer) -> Answer? {
    servers.removeAll { $0 === server }
    servers.append(server)
    server.isServing = true
    log("Serving \(server.peer.name)")
    let answer = server.reply(.ok(status))
    handOver()
    return answer
  }

  /// Has no answer, not even against it: answers belong to requests in their order.
  private func taken(_ request: Request, by peer: ConnectedPeer) {
    // What is not here any more, or was told twice, is nothing to be done about.
    guard let ticket = request.fields["id"].flatMap(Ticket.init), lot.isValid(ticket) else {
      return log("\(peer.name): took what is not parked here: \(request.fields["id"] ?? "nothing")")
    }
    for server in servers { server.given.remove(ticket.place) }
    // One that an earlier park handed over is idle here, or even waits.
    if lot.end(at: ticket.place) == nil {
      poller.forget(lot.connection(at: ticket.place))
      lot.left(ticket.place)
    }
    log("Taken \(ticket) by \(peer.name)")
    handOver()
  }
}

extension ParkRole {
  private func watch(_ place: UInt32) throws(BrokerError) {
    try poller.watch(lot.connection(at: place), for: Self.activity, as: .role(place))
  }

  /// Once: a connection that waits for a server must not wake the park again and again.
  private static let activity: PollEvents = [.readable, .peerClosed, .once]

  /// Something happened on a parked connection.
  public func ready(_ key: UInt32, _ events: PollEvents) {
    guard lot.state(at: key) == .idle else { return }
    switch ParkedConnection.look(at: lot.connection(at: key)) {
    case .nothing: rearm(key)
    case .data: lot.becameReady(key)
    case .end(let why):
      poller.forget(lot.connection(at: key))
      log("Ended \(lot.ticket(at: key)): \(why.rawValue)")
      lot.ended(key, why)
    }
    handOver()
  }

  private func rearm(_ place: UInt32) {
    do throws(BrokerError) {
      try poller.change(lot.connection(at: place), to: Self.activity, as: .role(place))
    } catch { log("\(lot.ticket(at: place)): \(error)") }
  }

  /// What a server was handed and did not take is here still.
  public func peerLeft(_ peer: ConnectedPeer) {
    guard let index = servers.firstIndex(where: { $0.peer === peer }) else { return }
    let server = servers.remove(at: index)
    log("Server gone: \(peer.name); not taken: \(server.given.count), parked: \(lot.count)")
    for place in server.given {
      lot.cameBack(place)
      // It is reported at once if there is still something to read.
      rearm(place)
    }
    handOver()
  }

  /// Goes on with what found no room.
  public func peerHasRoom(_ peer: ConnectedPeer) {
    if server(peer).sendReplies() { handOver() }
  }

  /// Tries again what the kernel had no room for.
  public func deadlinePassed() {
    deadline = nil
    handOver()
  }

  /// Hands what waits to the server that came last, as long as it takes them.
  private func handOver() {
    while let place = lot.longestWaiting {
      guard let server = servers.last(where: \.isServing), server.hasRoom else { return }
      if lot.state(at: place) != .removed {
        switch deliver(place, to: server.peer) {
        case .sent: break
        case .noRoom: return
        case .failed(let error):
          // Too many descriptors may be in flight. A server that is gone is reported by itself.
          log("\(server.peer.name): \(error)")
          deadline = .now + .milliseconds(20)
          return
        }
        if lot.state(at: place) == .ready { server.given.insert(place) }
      }
      lot.handedOver()
    }
  }

  private func deliver(_ place: UInt32, to peer: ConnectedPeer) -> ConnectedPeer.Delivery {
    let ticket = lot.ticket(at: place)
    if let end = lot.end(at: place) {
      return peer.send(ParkNotice.gone(ticket, token: lot.token(at: place), end).request.bytes)
    }
    log("Back \(ticket) to \(peer.name)")
    return peer.send(
      ParkNotice.back(ticket, token: lot.token(at: place)).request.bytes,
      descriptors: [lot.connection(at: place)])
  }
}
