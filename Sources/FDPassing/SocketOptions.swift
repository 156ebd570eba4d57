#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Who is at the other end of a connection, as of its `connect` or `socketpair`.
public struct PeerCredentials: Hashable, Sendable {
  /// Process identifier, or nil where the system does not tell. The process may have ended since,
  /// and the number may be another's: do not decide by it.
  public let pid: Int32?
  /// Effective user identifier.
  public let uid: UInt32
  /// Effective group identifier.
  public let gid: UInt32
}

extension UnixSocket {
  /// Asks the kernel who connected, or who listened.
  ///
  /// On an unconnected socket Linux answers with pid 0 and identifiers that belong to nobody.
  ///
  /// Source: unix(7) `SO_PEERCRED`; getpeereid(3) elsewhere.
  public borrowing func peerCredentials() throws(PassingError) -> PeerCredentials {
    #if os(Linux)
      // Glibc shows `struct ucred` to C only: pid, uid, gid, 32 bits each.
      let (pid, uid, gid) = try Platform.option(
        SO_PEERCRED, of: descriptor.rawValue, initial: (Int32(0), UInt32(0), UInt32(0)))
      return PeerCredentials(pid: pid, uid: uid, gid: gid)
    #else
      let number = descriptor.rawValue
      var uid = uid_t()
      var gid = gid_t()
      try systemCall(.configure) { unsafe getpeereid(number, &uid, &gid) }
      return PeerCredentials(pid: nil, uid: uid, gid: gid)
    #endif
  }

  /// Makes the kernel add the sender's credentials to each message received from now on.
  ///
  /// Accepted sockets inherit it. Linux only. Source: unix(7) `SO_PASSCRED`.
  public mutating func setReceivesCredentials(_ on: Bool) throws(PassingError) {
    try setReports(.credentials, on)
  }

  /// Makes the kernel add a descriptor of the sending process to each message received from now
  /// on: a new, owned pidfd each time.
  ///
  /// Accepted sockets inherit it. Linux 6.5 and later. Source: unix(7) `SO_PASSPIDFD`.
  public mutating func setReceivesPidDescriptor(_ on: Bool) throws(PassingError) {
    try setReports(.pidDescriptor, on)
  }

  private mutating func setReports(_ report: SenderReports, _ on: Bool) throws(PassingError) {
    #if os(Linux)
      try Platform.setOption(Platform.number(of: report), to: on ? 1 : 0, of: descriptor.rawValue)
      if on { reports.insert(report) } else { reports.remove(report) }
    #else
      throw PassingError(.configure, .unsupported)
    #endif
  }
}

extension Platform {
  #if os(Linux)
    /// `SO_PASSPIDFD`, which older C headers lack. Source: `asm-generic/socket.h`.
    private static let passPidDescriptor: Int32 = 76

    static func number(of report: UnixSocket.SenderReports) -> Int32 {
      report == .credentials ? SO_PASSCRED : passPidDescriptor
    }
  #endif

  /// What the socket was told, perhaps by another process, to add to each message.
  static func senderReports(of socket: Int32) throws(PassingError) -> UnixSocket.SenderReports {
    var reports: UnixSocket.SenderReports = []
    #if os(Linux)
      if try option(SO_PASSCRED, of: socket, initial: Int32(0)) != 0 {
        reports.insert(.credentials)
      }
      // An older kernel does not know the option, and so does not do it.
      if let on = try? option(passPidDescriptor, of: socket, initial: Int32(0)), on != 0 {
        reports.insert(.pidDescriptor)
      }
    #endif
    return reports
  }

  /// The kind of a Unix socket.
  static func unixKind(of socket: Int32) throws(PassingError) -> UnixSocket.Kind {
    var address = sockaddr()
    var length = socklen_t(MemoryLayout<sockaddr>.size)
    try systemCall(.adopt(socket)) { unsafe getsockname(socket, &address, &length) }
    let type = try option(SO_TYPE, of: socket, initial: Int32(0))
    let kind = UnixSocket.Kind.allCases.first { number(of: $0) == type }
    guard Int32(address.sa_family) == unixFamily, let kind else {
      throw PassingError(.adopt(socket), .notUnixSocket)
    }
    return kind
  }

  static func option<Value: BitwiseCopyable>(
    _ name: Int32, of socket: Int32, initial: Value
  ) throws(PassingError) -> Value {
    var value = initial
    var length = socklen_t(MemoryLayout<Value>.size)
    try systemCall(.configure) { unsafe getsockopt(socket, SOL_SOCKET, name, &value, &length) }
    return value
  }

  static func setOption(
    _ name: Int32, to value: Int32, of socket: Int32
  ) throws(PassingError) {
    var value = value
    try systemCall(.configure) {
      unsafe setsockopt(socket, SOL_SOCKET, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }
}
