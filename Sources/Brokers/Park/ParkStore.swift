import CBrokers
public import FDPassing
import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Keeps a park's connections over its own restart, in the descriptor store of the service manager.
///
/// All connections are stored under one name, and a file in memory beside them that says which is
/// which, by the cookie of its socket: `fdpass/1 kept id=… cookie=… token=…`, a line each. What was
/// handed over and not taken is kept as well: a server that took it says so again to the next park.
public enum ParkStore {
  /// The name of the stored connections.
  static let connections = "parked"
  /// The name of the file that tells what they are.
  static let register = "park-register"

  /// Has everything kept. The park must not go on after it.
  ///
  /// - Returns: How many connections.
  /// - Throws: `BrokerError`; then they end with this process.
  public static func keep(
    _ park: ParkRole, by manager: ServiceManager
  ) throws(BrokerError) -> Int {
    let places = park.lot.occupied
    let text = try memoryFile(lines(of: park.lot, places))
    // The register first: connections without it would be of no use.
    try manager.store([text.fileDescriptor], as: register)
    try manager.store(places.map { park.lot.connection(at: $0) }, as: connections)
    if try !manager.waitUntilHeard() {
      throw .file("have the connections kept by the service manager", .timedOut)
    }
    return places.count
  }

  /// Has the manager forget what it kept. Whoever inherited it has it now, and a connection that
  /// the manager held as well would never end.
  ///
  /// - Throws: `BrokerError`.
  public static func forget(by manager: ServiceManager) throws(BrokerError) {
    for name in [register, connections] { try manager.removeStored(name) }
  }

  private static func lines(of lot: ParkingLot, _ places: [UInt32]) -> [UInt8] {
    var bytes = Request("register", ["serial": "\(lot.lastSerial)"]).bytes
    for place in places {
      guard let cookie = ParkedConnection.cookie(of: lot.connection(at: place)) else { continue }
      var fields: Fields = ["id": "\(lot.ticket(at: place))", "cookie": "\(cookie)"]
      fields.set("token", to: lot.token(at: place))
      bytes += Request("kept", fields).bytes
    }
    return bytes
  }

  private static func memoryFile(_ bytes: [UInt8]) throws(BrokerError) -> OwnedDescriptor {
    let number = unsafe cbrokers_memory_file(register)
    if number == -1 { throw .file("make a file in memory", Errno(rawValue: errno)) }
    let descriptor = OwnedDescriptor(adopting: number)
    let file = descriptor.fileDescriptor
    _ = try Brokers.file("write the register") { try file.writeAll(bytes) }
    return descriptor
  }
}

/// What an earlier park kept, until it is put in a lot.
public struct KeptConnections: ~Copyable {
  private struct Entry {
    let ticket: Ticket
    let token: [UInt8]
  }

  /// More places than any table has descriptors.
  private static let maximumPlace: UInt32 = 1 << 24

  private var entries: [UInt64: Entry] = [:]
  private var connections: [Int32] = []
  private(set) var lastSerial: UInt32 = 0
  /// How many connections came back.
  public var count: Int { connections.count }

  /// Nothing yet.
  public init() {}

  deinit { for number in connections { _ = OwnedDescriptor(adopting: number) } }

  /// Gives all away, for a park to take up.
  public mutating func take() -> KeptConnections {
    let all = self
    self = KeptConnections()
    return all
  }

  /// Takes one inherited descriptor if it is a park's.
  ///
  /// - Returns: The descriptor again if it is not.
  /// - Throws: `BrokerError` when it cannot be read.
  public mutating func add(
    _ inherited: consuming InheritedDescriptors.Inherited
  ) throws(BrokerError) -> OwnedDescriptor? {
    switch inherited.name {
    case ParkStore.connections: connections.append(inherited.descriptor.release())
    case ParkStore.register: try read(inherited.descriptor.fileDescriptor)
    default: return inherited.descriptor
    }
    return nil
  }

  private mutating func read(_ register: FileDescriptor) throws(BrokerError) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let offset = Int64(bytes.count)
      let count = try file("read the register of the earlier park") {
        try unsafe buffer.withUnsafeMutableBytes {
          try unsafe register.read(fromAbsoluteOffset: offset, into: $0)
        }
      }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    for line in bytes.split(separator: WireText.newline) {
      if let request = try? Request(parsing: Array(line) + [WireText.newline]) { note(request) }
    }
  }

  private mutating func note(_ line: Request) {
    if line.verb == "register" { lastSerial = line.fields["serial"].flatMap { UInt32($0) } ?? 0 }
    guard let ticket = line.fields["id"].flatMap(Ticket.init), ticket.place < Self.maximumPlace,
      let cookie = line.fields["cookie"].flatMap({ UInt64($0) })
    else { return }
    entries[cookie] = Entry(ticket: ticket, token: line.fields.bytes("token") ?? [])
  }

  /// Puts every connection that the register knows at its old place; others are closed.
  consuming func put(in lot: ParkingLot) {
    var known: [Int32] = []
    var kept: [(Ticket, token: [UInt8])] = []
    for number in connections {
      let cookie = ParkedConnection.cookie(of: FileDescriptor(rawValue: number))
      guard let entry = cookie.flatMap({ entries.removeValue(forKey: $0) }) else {
        _ = OwnedDescriptor(adopting: number)
        continue
      }
      known.append(number)
      kept.append((entry.ticket, entry.token))
    }
    connections = []
    lot.restore(DescriptorBatch(adopting: known), kept)
  }
}
