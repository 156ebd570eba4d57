import SystemPackage
import TraceModel

/// What the kernel tells of Unix sockets by their inode.
///
/// A socket's peer is known only while both ends are there and accepted, so pairs are remembered
/// from when they were seen: a message can be received long after its sender closed its end.
final class SocketDirectory {
  private var networks: [Network] = []
  /// The network namespaces that were looked into, by their names in `/proc/PID/ns/net`.
  private var visited: Set<String> = []
  private var peers: [UInt64: UInt64] = [:]
  /// Sockets that only a list in /proc has told of.
  private var listed: [UInt64: DiagnosedSocket] = [:]
  private var names = NamedSockets()
  /// Sockets that connected to a listening one, by that one, in order, until they are accepted.
  private var connected: [UInt64: [UInt64]] = [:]
  /// More than these wait for nobody we see.
  private static let connectedLimit = 256

  /// Why not all sockets can be looked up, as a sentence; nil when they can.
  private(set) var limitation: String?

  /// The sockets of one network namespace.
  private final class Network {
    let diagnostics: SocketDiagnostics
    init(_ diagnostics: consuming SocketDiagnostics) { self.diagnostics = diagnostics }
  }

  init() {
    do throws(Errno) {
      networks.append(Network(try SocketDiagnostics()))
      if let ours = ProcessFiles.linkTarget("/proc/self/ns/net") { visited.insert(ours) }
    } catch {
      limitation = Self.sentence(error)
    }
  }

  static func sentence(_ error: Errno) -> String {
    "Peers of sockets are unknown: sock_diag is not available "
      + "(\(ErrorNames.name(error.rawValue)))."
  }

  /// The socket with this inode, which a process holds; nil when it is no Unix socket.
  func socket(inode: UInt64, fd: Int32, of pid: Int32) -> SocketInfo? {
    guard let number = UInt32(exactly: inode) else { return nil }
    guard let found = diagnosed(number) ?? (visit(networkOf: pid) ? diagnosed(number) : nil)
    else { return limitation == nil ? nil : onList(inode: inode, fd: fd, of: pid) }
    if let peer = found.peer {
      peers[inode] = peer
      // Many datagram sockets may be connected to one, which is connected to none of them.
      if found.type != .datagram { peers[peer] = inode }
    }
    return info(found, fd)
  }

  private func diagnosed(_ inode: UInt32) -> DiagnosedSocket? {
    networks.firstAnswer { $0.diagnostics.socket(inode: inode) }
  }

  private func info(_ socket: DiagnosedSocket, _ fd: Int32) -> SocketInfo {
    let peer = socket.peer ?? peers[socket.inode]
    return SocketInfo(
      fd: fd, type: socket.type, inode: socket.inode, peer: peer,
      listener: peer == nil ? connected.first { $0.value.contains(socket.inode) }?.key : nil,
      path: socket.path, isListening: socket.isListening)
  }

  /// What /proc lists; where it lists nothing either, any socket may be a Unix socket.
  private func onList(inode: UInt64, fd: Int32, of pid: Int32) -> SocketInfo? {
    if let found = ListedSockets.socket(inode: inode, of: pid) {
      listed[inode] = found
      return info(found, fd)
    }
    // Whoever has received it may be in another network than those who list it.
    if let found = listed[inode] { return info(found, fd) }
    if ListedSockets.isReadable(for: pid) { return nil }
    return SocketInfo(fd: fd, inode: inode, peer: peers[inode])
  }

  /// Looks into a network namespace for the first time; false when that brings nothing new.
  private func visit(networkOf pid: Int32) -> Bool {
    guard !networks.isEmpty, let name = ProcessFiles.linkTarget("/proc/\(pid)/ns/net"),
      visited.insert(name).inserted
    else { return false }
    do throws(Errno) {
      networks.append(Network(try SocketDiagnostics(networkOf: pid)))
      return true
    } catch {
      limitation =
        "Peers of sockets are unknown in the network namespace of \(ProcessFiles.comm(pid)): "
        + "sock_diag cannot be reached there (\(ErrorNames.name(error.rawValue)))."
      return false
    }
  }

  /// Notes that two sockets are each other's peers.
  func remember(_ one: UInt64, _ other: UInt64) {
    peers[one] = other
    peers[other] = one
  }

  /// The socket with this inode has no peer any more, or another one.
  func noteDisconnected(_ inode: UInt64) { peers[inode] = nil }
}

/// Sockets by name, and connections before they are accepted.
extension SocketDirectory {
  /// The datagram socket that a process means by an address; nil where none, or more than one, is
  /// known by that name.
  func destination(_ address: String, of pid: Int32) -> UInt64? {
    socket(named: address, of: pid, isListening: false)
  }

  private func socket(named address: String, of pid: Int32, isListening: Bool) -> UInt64? {
    guard let name = SocketName(address, of: pid, isListening: isListening) else { return nil }
    return names.socket(
      name, known: { UInt32(exactly: $0).flatMap(diagnosed) },
      all: { networks.flatMap { $0.diagnostics.allSockets() } })
  }

  /// A socket was bound: names that were nobody's may be its.
  func nameAppeared() { names.forgetNobodys() }

  /// A process connected the socket with this inode to an address.
  func noteConnection(of inode: UInt64, to address: String, by pid: Int32) {
    guard peers[inode] == nil,
      let listener = socket(named: address, of: pid, isListening: true)
    else { return }
    connected[listener, default: []].append(inode)
    if connected[listener, default: []].count > Self.connectedLimit {
      connected[listener]?.removeFirst()
    }
  }

  /// Whether a socket is gone without anybody having been seen to accept it.
  private func isGoneUnaccepted(_ inode: UInt64) -> Bool {
    peers[inode] == nil && UInt32(exactly: inode).flatMap(diagnosed) == nil
  }

  /// A connection of a listening socket was accepted. When the other end was closed before that,
  /// nothing but the order of the connections tells which it was.
  func noteAccepted(_ inode: UInt64, from listener: UInt64) {
    guard let waiting = connected[listener] else { return }
    if let peer = peers[inode] {
      connected[listener] = waiting.filter { $0 != peer }
    } else if let closed = waiting.first(where: isGoneUnaccepted) {
      remember(inode, closed)
      connected[listener] = waiting.filter { $0 != closed }
    }
    if connected[listener]?.isEmpty == true { connected[listener] = nil }
  }
}
