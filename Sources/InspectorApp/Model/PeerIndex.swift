import TraceModel

/// Who holds which socket, and which numbers share an open file description, at one moment.
struct PeerIndex: Sendable {
  /// A number in the table of a process.
  struct Place: Sendable, Hashable {
    var pid: Int32
    var fd: Int32
  }

  private var sockets: [UInt64: Place] = [:]
  private var descriptions: [Int: [Place]] = [:]
  /// Of files that could not be compared, by device and inode.
  private var files: [File: [Place]] = [:]

  private struct File: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  init() {}

  init(_ tables: [Int32: DescriptorTable]) {
    for pid in tables.keys.sorted() {
      for row in tables[pid]?.rows ?? [] {
        let place = Place(pid: pid, fd: row.fd)
        if let socket = row.socket, sockets[socket.inode] == nil { sockets[socket.inode] = place }
        if let description = row.description {
          descriptions[description, default: []].append(place)
        } else if row.inode != 0 {
          files[File(device: row.device, inode: row.inode), default: []].append(place)
        }
      }
    }
  }

  /// Who is at the other end of a socket.
  func peer(of socket: SocketInfo) -> Place? { socket.peer.flatMap { holder(ofSocket: $0) } }

  /// Who holds the socket with this inode.
  func holder(ofSocket inode: UInt64) -> Place? { sockets[inode] }

  /// Every number that refers to the open file of `row`, itself included; only to the same file
  /// where kcmp could not be asked.
  func holders(of row: DescriptorFacts) -> [DescriptorHolder] {
    let places =
      row.description.map { descriptions[$0] ?? [] }
      ?? files[File(device: row.device, inode: row.inode)] ?? []
    return places.map { DescriptorHolder(pid: $0.pid, fd: $0.fd) }
  }

  /// The numbers of `pid` that kcmp found to be the same open file description as `row`.
  func same(as row: DescriptorFacts, in pid: Int32) -> [Int32] {
    guard let description = row.description else { return [] }
    return (descriptions[description] ?? []).filter { $0.pid == pid }.map(\.fd)
  }
}
