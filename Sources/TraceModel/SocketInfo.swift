/// A Unix socket as far as the kernel tells; or another one over which somebody tried to pass
/// descriptors.
public struct SocketInfo: Sendable, Hashable {
  /// The descriptor it was reached by.
  public var fd: Int32
  /// Stream, datagram or sequential packets.
  public var type: SocketType
  /// The socket's inode; 0 when it could not be read.
  public var inode: UInt64
  /// The inode of the socket at the other end; nil when unconnected, not yet accepted or unknown.
  /// In a send that names an address, the socket that is bound to it.
  public var peer: UInt64?
  /// The inode of the listening socket in whose queue its connection waits to be accepted; nil
  /// where none does, or that was not seen.
  public var listener: UInt64?
  /// The name it is bound to: a path, `@name` for an abstract one; nil when it has none.
  public var path: String?
  /// Whether it listens for connections.
  public var isListening: Bool
  /// The kernel's name of the protocol (`UDP`) where it is no Unix socket.
  public var foreignProtocol: String?

  /// Makes the description of a socket.
  public init(
    fd: Int32, type: SocketType = .unknown, inode: UInt64 = 0, peer: UInt64? = nil,
    listener: UInt64? = nil, path: String? = nil, isListening: Bool = false,
    foreignProtocol: String? = nil
  ) {
    self.fd = fd
    self.type = type
    self.inode = inode
    self.peer = peer
    self.listener = listener
    self.path = path
    self.isListening = isListening
    self.foreignProtocol = foreignProtocol
  }
}

/// The type of a Unix socket (unix(7)), by the names of the JSON `type`.
public enum SocketType: String, Sendable, Hashable, CaseIterable {
  case stream
  case datagram
  case seqpacket
  case unknown
}
