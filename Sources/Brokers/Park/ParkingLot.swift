import FDPassing
import SystemPackage

/// The places of the parked connections, and the order in which those wait that became active.
///
/// All of it is arrays indexed by place: a connection costs 21 bytes and its token, and no object.
final class ParkingLot {
  /// What is at a place.
  enum State: UInt8 {
    /// Nothing.
    case free
    /// A connection on which nothing happens; it is watched.
    case idle
    /// A connection with something to read, which waits for a server.
    case ready
    /// A connection that was handed to a server, which has not said yet that it took it.
    case given
    /// The token of a connection that ended; a server is to be told.
    case ended
    /// The same, of a connection that was reset.
    case reset
    /// Nothing, but the place is still among those that wait.
    case removed
  }

  private var states: [State] = []
  private var serials: [UInt32] = []
  private var descriptors: [Int32] = []
  private var tokens: [[UInt8]] = []
  /// The next in the list that the place is in: of free places, or of those that wait.
  private var next: [UInt32] = []

  private static let none = UInt32.max
  private var firstFree = none
  private var firstWaiting = none
  private var lastWaiting = none
  private(set) var lastSerial: UInt32

  /// How many connections are here, those that were handed over and not yet taken included.
  private(set) var count = 0
  /// How many of them, and of those that ended, wait for a server.
  private(set) var waitingCount = 0

  /// An empty lot. Serials begin after the one given.
  init(after serial: UInt32 = 0) { lastSerial = serial }

  deinit {
    for descriptor in descriptors where descriptor >= 0 {
      _ = OwnedDescriptor(adopting: descriptor)
    }
  }

  /// Puts a connection at a free place, idle.
  func park(_ connection: consuming OwnedDescriptor, token: [UInt8]) -> Ticket {
    lastSerial &+= 1
    let place = firstFree == Self.none ? grow() : firstFree
    firstFree = next[Int(place)]
    put(connection, token, at: place, serial: lastSerial)
    return Ticket(place: place, serial: lastSerial)
  }

  /// Puts connections at the places that they had in another lot. This one must be new.
  func restore(_ connections: consuming DescriptorBatch, _ kept: [(Ticket, token: [UInt8])]) {
    let places = (kept.map { $0.0.place + 1 }.max() ?? 0)
    for _ in 0..<places { _ = grow() }
    for (ticket, token) in kept {
      guard let connection = connections.takeFirst() else { return }
      put(connection, token, at: ticket.place, serial: ticket.serial)
    }
    for place in (0..<places).reversed() where states[Int(place)] == .free { free(place) }
  }

  private func put(
    _ connection: consuming OwnedDescriptor, _ token: [UInt8], at place: UInt32, serial: UInt32
  ) {
    states[Int(place)] = .idle
    serials[Int(place)] = serial
    tokens[Int(place)] = token
    descriptors[Int(place)] = connection.release()
    count += 1
  }

  private func grow() -> UInt32 {
    states.append(.free)
    serials.append(0)
    tokens.append([])
    descriptors.append(-1)
    next.append(Self.none)
    return UInt32(states.count - 1)
  }

  /// What is at a place.
  func state(at place: UInt32) -> State {
    Int(place) < states.count ? states[Int(place)] : .free
  }

  /// Who is at a place now.
  func ticket(at place: UInt32) -> Ticket {
    Ticket(place: place, serial: serials[Int(place)])
  }

  /// Whether the place still belongs to whom the ticket was given.
  func isValid(_ ticket: Ticket) -> Bool {
    ![.free, .removed].contains(state(at: ticket.place))
      && serials[Int(ticket.place)] == ticket.serial
  }

  /// The connection at a place, lent.
  func connection(at place: UInt32) -> FileDescriptor {
    FileDescriptor(rawValue: descriptors[Int(place)])
  }

  func token(at place: UInt32) -> [UInt8] { tokens[Int(place)] }

  /// An idle connection has something to read, and waits from now on.
  func becameReady(_ place: UInt32) {
    states[Int(place)] = .ready
    wait(place)
  }

  /// An idle connection ended: it is closed, and its token waits.
  func ended(_ place: UInt32, _ end: ConnectionEnd) {
    close(place)
    states[Int(place)] = end == .closed ? .ended : .reset
    wait(place)
  }

  /// How the connection at a place ended, if it did.
  func end(at place: UInt32) -> ConnectionEnd? {
    switch state(at: place) {
    case .ended: .closed
    case .reset: .reset
    default: nil
    }
  }

  /// Who waits for longest, if anybody does.
  var longestWaiting: UInt32? { firstWaiting == Self.none ? nil : firstWaiting }

  /// Who waited for longest was handed over or told about.
  func handedOver() {
    let place = Int(firstWaiting)
    firstWaiting = next[place]
    if firstWaiting == Self.none { lastWaiting = Self.none }
    waitingCount -= 1
    if states[place] == .ready { states[place] = .given } else { free(UInt32(place)) }
  }

  /// A connection that was handed over was not taken: it is idle again.
  func cameBack(_ place: UInt32) { states[Int(place)] = .idle }

  /// A connection is a server's now, and closed here.
  func left(_ place: UInt32) {
    close(place)
    if states[Int(place)] == .ready { states[Int(place)] = .removed } else { free(place) }
  }

  private func close(_ place: UInt32) {
    _ = OwnedDescriptor(adopting: descriptors[Int(place)])
    descriptors[Int(place)] = -1
    count -= 1
  }

  /// The places of all connections.
  var occupied: [UInt32] {
    (0..<UInt32(states.count)).filter { descriptors[Int($0)] >= 0 }
  }

  private func wait(_ place: UInt32) {
    next[Int(place)] = Self.none
    if lastWaiting == Self.none {
      firstWaiting = place
    } else {
      next[Int(lastWaiting)] = place
    }
    lastWaiting = place
    waitingCount += 1
  }

  private func free(_ place: UInt32) {
    states[Int(place)] = .free
    tokens[Int(place)] = []
    next[Int(place)] = firstFree
    firstFree = place
  }
}
