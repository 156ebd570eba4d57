public import FDPassing
public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// A listening socket at a path. The file goes away with it.
public struct ServerSocket: ~Copyable {
  /// Where the socket can be found.
  public let path: FilePath
  /// The socket, listening.
  public let socket: UnixSocket
  private let identity: FileIdentity?
  private let isRemovedOnSignals: Bool

  deinit {
    if let identity, FileIdentity(of: path) == identity { try? path.unlink() }
    if isRemovedOnSignals { TerminationSignals.forget() }
  }

  /// Listens at a path.
  ///
  /// A socket of this user's that nobody listens on any more is replaced. Nothing else ever is.
  ///
  /// - Parameters:
  ///   - path: Where; up to 107 bytes.
  ///   - kind: The kind of the socket and of those accepted from it.
  ///   - permissions: Who may connect; by default only this user. For wider ones the process's
  ///     umask is changed for a moment, so no other thread should make files meanwhile.
  ///   - removedOnSignals: Whether SIGINT, SIGTERM and SIGHUP remove the file before they end the
  ///     process, as they otherwise would at once. For one server in the process.
  /// - Returns: The server's end; its file goes away with it.
  /// - Throws: `BrokerError`; nothing is left behind then.
  public static func listen(
    at path: FilePath, kind: UnixSocket.Kind = .stream,
    permissions: FilePermissions = .ownerReadWrite, removedOnSignals: Bool = false
  ) throws(BrokerError) -> ServerSocket {
    // Made first, so that it has the lowest free number, as in any description of a server.
    let socket = try passing { () throws(PassingError) in try UnixSocket(kind) }
    let identity = try DirectoryLock.hold(for: path) { () throws(BrokerError) in
      // From the moment the file is there, a signal has to remove it.
      try TerminationSignals.holdBack { () throws(BrokerError) in
        try bind(socket, to: path, permissions)
        let identity = FileIdentity(of: path)
        try startListening(socket, at: path)
        if removedOnSignals, let identity { TerminationSignals.remove(path, identity) }
        return identity
      }
    }
    return ServerSocket(
      path: path, socket: socket, identity: identity, isRemovedOnSignals: removedOnSignals)
  }

  /// Becomes the owner of a socket that listens already, as one from a service manager. Its file is
  /// not this server's, and stays.
  ///
  /// - Throws: `unexpectedInheritance` when it is something else, or of another kind.
  public static func adopt(
    _ descriptor: consuming OwnedDescriptor, kind: UnixSocket.Kind
  ) throws(BrokerError) -> ServerSocket {
    var isListening: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    _ = unsafe getsockopt(
      descriptor.rawValue, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length)
    guard isListening != 0, let socket = try? UnixSocket(adopting: descriptor) else {
      throw .unexpectedInheritance("what is no listening Unix socket")
    }
    if socket.kind != kind {
      throw .unexpectedInheritance("a socket of type \(socket.kind), where \(kind) is needed")
    }
    let address = try passing { () throws(PassingError) in try socket.localAddress() }
    return ServerSocket(
      path: FilePath("\(address)"), socket: socket, identity: nil, isRemovedOnSignals: false)
  }

  private static func startListening(
    _ socket: borrowing UnixSocket, at path: FilePath
  ) throws(BrokerError) {
    do throws(PassingError) { try socket.listen() } catch {
      try? path.unlink()
      throw .passing(error)
    }
  }

  private static func bind(
    _ socket: borrowing UnixSocket, to path: FilePath, _ permissions: FilePermissions
  ) throws(BrokerError) {
    // The umask would take away what others are to have.
    let mask = permissions.isSubset(of: .ownerReadWrite) ? nil : umask(0)
    defer { if let mask { umask(mask) } }
    do throws(PassingError) {
      return try socket.bind(to: .path(path), permissions: permissions)
    } catch {
      if error.code != .addressInUse { throw .passing(error) }
    }
    try removeStale(path, socket.kind)
    do throws(PassingError) {
      try socket.bind(to: .path(path), permissions: permissions)
    } catch { throw .passing(error) }
  }

  /// Removes a socket of ours that nobody listens on.
  private static func removeStale(
    _ path: FilePath, _ kind: UnixSocket.Kind
  ) throws(BrokerError) {
    // Not following a symbolic link: it is not ours to judge what it leads to.
    guard let status = try? path.stat(followTargetSymlink: false) else { return }
    if status.type != .socket { throw .notSocket(path) }
    if status.userID.rawValue != geteuid() { throw .foreignSocket(path) }
    do throws(PassingError) {
      let probe = try UnixSocket(kind)
      // A server that is stopped while many clients wait would let us wait as well.
      setBlocking(probe.fileDescriptor, false)
      try probe.connect(to: .path(path))
    } catch {
      switch error.code {
      case .noSuchFileOrDirectory: return
      case .connectionRefused:
        return try file("remove the stale socket \(path)") { try path.unlink() }
      default: break
      }
    }
    throw .occupied(path)
  }
}
