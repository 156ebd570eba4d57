/// Sends with descriptors that no receive was seen for, by the socket in whose queue they wait.
struct WaitingSends: Sendable {
  /// The sequence numbers of the sends, by the inode of the receiving socket.
  private var sends: [UInt64: Set<Int>] = [:]
  /// Sockets that the event under way left with one number less.
  private var released: Set<UInt64> = []
  /// Sockets that something came out of whose send is not known: any of the sends may be it.
  private var doubted: Set<UInt64> = []

  /// More sockets than this that are in doubt are not told apart any more.
  private static let doubtLimit = 1024

  /// The next event is being taken.
  mutating func begin() { if !released.isEmpty { released = [] } }

  mutating func add(_ message: PassingLedger.Message) {
    if let queue = message.queue { sends[queue, default: []].insert(message.sequence) }
  }

  mutating func remove(_ message: PassingLedger.Message) {
    guard let queue = message.queue, sends[queue]?.remove(message.sequence) != nil else { return }
    if sends[queue]?.isEmpty == true { sends[queue] = nil }
  }

  /// A number that referred to the socket does so no longer.
  mutating func released(_ socket: UInt64) { released.insert(socket) }

  mutating func doubt(_ socket: UInt64) {
    if doubted.count < Self.doubtLimit { doubted.insert(socket) }
  }

  /// The sends that wait in the queue of a socket, in order.
  func sends(to socket: UInt64) -> [Int] { sends[socket]?.sorted() ?? [] }

  /// The sockets with sends among `sockets`, or among those that were just released.
  func candidates(among sockets: Set<UInt64>?) -> [UInt64] {
    if sends.isEmpty { return [] }
    return (sockets ?? released).filter { sends[$0] != nil }.sorted()
  }

  /// Takes the sends that can be told to have been lost with a socket.
  mutating func takeAll(from socket: UInt64) -> Set<Int> {
    let all = sends.removeValue(forKey: socket) ?? []
    let isSure = doubted.count < Self.doubtLimit && doubted.remove(socket) == nil
    return isSure ? all : []
  }
}
