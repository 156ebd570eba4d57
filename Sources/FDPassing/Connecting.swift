public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

extension UnixSocket {
  /// Gives the socket its address. A path must not exist; it becomes a file of type socket, which
  /// stays until somebody removes it.
  ///
  /// - Parameters:
  ///   - address: Where the socket can be found. On Linux `.unnamed` asks for an abstract name
  ///     that the kernel chooses.
  ///   - permissions: Who may connect, for a path. The process's umask takes more away. Without
  ///     it, the umask alone decides.
  /// - Throws: `PassingError`; `EADDRINUSE` when the path exists or the name is taken.
  ///
  /// Source: bind(2), unix(7).
  public borrowing func bind(
    to address: SocketAddress, permissions: FilePermissions? = nil
  ) throws(PassingError) {
    let number = descriptor.rawValue
    let operation = PassingError.Operation.bind(address)
    if let permissions {
      #if os(Linux)
        // The file gets the mode of the socket: it is never there with a wider one.
        try systemCall(operation) { fchmod(number, permissions.rawValue) }
      #else
        // The mask belongs to the process: a file another thread makes right now gets it too.
        let mask = umask(~permissions.rawValue & 0o777)
        defer { umask(mask) }
        try unsafe address.withSystemAddress(for: operation) { unsafe systemBind(number, $0, $1) }
        return
      #endif
    }
    try unsafe address.withSystemAddress(for: operation) { unsafe systemBind(number, $0, $1) }
  }

  /// Lets clients connect, and so many wait until they are accepted.
  ///
  /// - Parameter backlog: How many may wait; the system may allow fewer.
  /// - Throws: `PassingError`, as for a socket of datagram kind.
  ///
  /// Source: listen(2).
  public borrowing func listen(backlog: Int32 = 128) throws(PassingError) {
    let number = descriptor.rawValue
    try systemCall(.listen) { systemListen(number, backlog) }
  }

  /// Waits for the next client, and owns the connection with it. Source: accept(2).
  public borrowing func accept() throws(PassingError) -> UnixSocket {
    var client = UnixSocket(try Platform.accept(descriptor.rawValue), kind)
    client.reports = reports
    return client
  }

  /// Connects to a server, or sets where a datagram socket sends. Source: connect(2).
  public borrowing func connect(to address: SocketAddress) throws(PassingError) {
    let number = descriptor.rawValue
    try unsafe address.withSystemAddress(for: .connect(address)) {
      unsafe systemConnect(number, $0, $1)
    }
  }

  /// The address the socket was bound to.
  public borrowing func localAddress() throws(PassingError) -> SocketAddress {
    let number = descriptor.rawValue
    return try unsafe SocketAddress { unsafe getsockname(number, $0, &$1) }
  }

  /// The address the other end was bound to.
  public borrowing func peerAddress() throws(PassingError) -> SocketAddress {
    let number = descriptor.rawValue
    return try unsafe SocketAddress { unsafe getpeername(number, $0, &$1) }
  }

  /// Ends sending: the other end reads what is queued, and then end of file. Source: shutdown(2).
  public borrowing func shutdownSending() throws(PassingError) {
    let number = descriptor.rawValue
    try systemCall(.shutdown) { shutdown(number, Int32(SHUT_WR)) }
  }
}

// Within the type, these names mean its own methods.
private func systemBind(
  _ number: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t
) -> Int32 { unsafe bind(number, address, length) }

private func systemListen(_ number: Int32, _ backlog: Int32) -> Int32 { listen(number, backlog) }

private func systemConnect(
  _ number: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t
) -> Int32 { unsafe connect(number, address, length) }
