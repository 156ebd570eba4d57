public import FDPassing
public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// A listening stream socket at a path. The file goes away with it.
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

  /// Listens at a path where only this user may connect.
  ///
  /// A socket of this user's that nobody listens on any more is replaced. Nothing else ever is.
  ///
  /// - Parameters:
  ///   - path: Where; up to 107 bytes.
  ///   - removedOnSignals: Whether SIGINT, SIGTERM and SIGHUP remove the file before they end the
  ///     process, as they otherwise would at once. For one server in the process.
  /// - Returns: The server's end; its file goes away with it.
  /// - Throws: `BrokerError`; nothing is left behind then.
  public static func listen(
    at path: FilePath, removedOnSignals: Bool = false
  ) throws(BrokerError) -> ServerSocket {
    // Made first, so that it has the lowest free number, as in any description of a server.
    let socket = try passing { () throws(PassingError) in try UnixSocket(.stream) }
    let identity = try DirectoryLock.hold(for: path) { () throws(BrokerError) in
      // From the moment the file is there, a signal has to remove it.
      try TerminationSignals.holdBack { () throws(BrokerError) in
        try bind(socket, to: path)
        let identity = FileIdentity(of: path)
        try startListening(socket, at: path)
        if removedOnSignals, let identity { TerminationSignals.remove(path, identity) }
        return identity
      }
    }
    return ServerSocket(
      path: path, socket: socket, identity: identity, isRemovedOnSignals: removedOnSignals)
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
    _ socket: borrowing UnixSocket, to path: FilePath
  ) throws(BrokerError) {
    do throws(PassingError) {
      return try socket.bind(to: .path(path), permissions: [.ownerReadWrite])
    } catch {
      if error.code != .addressInUse { throw .passing(error) }
    }
    try removeStale(path)
    do throws(PassingError) {
      try socket.bind(to: .path(path), permissions: [.ownerReadWrite])
    } catch { throw .passing(error) }
  }

  /// Removes a socket of ours that nobody listens on.
  private static func removeStale(_ path: FilePath) throws(BrokerError) {
    // Not following a symbolic link: it is not ours to judge what it leads to.
    guard let status = try? path.stat(followTargetSymlink: false) else { return }
    if status.type != .socket { throw .notSocket(path) }
    if status.userID.rawValue != geteuid() { throw .foreignSocket(path) }
    do throws(PassingError) {
      let probe = try UnixSocket(.stream)
      // A server that is stopped while many clients wait would let us wait as well.
      _ = fcntl(probe.fileDescriptor.rawValue, F_SETFL, O_NONBLOCK)
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
