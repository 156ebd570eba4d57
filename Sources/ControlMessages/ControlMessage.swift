/// Who is at the other end, as the kernel vouches for it: `struct ucred`.
///
/// The identifiers are translated into the reader's namespaces. Source: unix(7).
public struct SocketCredentials: Sendable, Hashable {
  /// Process identifier; 0 if the process is not visible from the reader's namespace.
  public var pid: Int32
  /// User identifier.
  public var uid: UInt32
  /// Group identifier.
  public var gid: UInt32

  /// Makes credentials of the three numbers.
  public init(pid: Int32, uid: UInt32, gid: UInt32) {
    self.pid = pid
    self.uid = uid
    self.gid = gid
  }

  /// `sizeof (struct ucred)` in bytes, the same for every word size.
  public static let byteCount = 12
}

/// What one control message says.
///
/// A message whose payload has the wrong size for its type is `.unknown`: the kernel cuts the
/// last record to the room that is left (`put_cmsg` in `net/core/scm.c`), and half a number is
/// no number.
public enum ControlMessage: Sendable, Hashable {
  /// `SCM_RIGHTS`: descriptors, numbered in the table of the process that owns the buffer.
  case rights([Int32])
  /// `SCM_CREDENTIALS`: process, user and group of the sender.
  case credentials(SocketCredentials)
  /// `SCM_PIDFD`: a descriptor of the sending process, which the receiver must close. Negative
  /// (a negated errno) when the kernel could not make one.
  case pidDescriptor(Int32)
  /// `SCM_SECURITY`: the label of the sender's security module, as its bytes.
  case security([UInt8])
  /// Any other level or type.
  case unknown(level: Int32, type: Int32, payload: [UInt8])

  /// `SOL_SOCKET`, the level of all messages that Unix sockets carry.
  public static let socketLevel: Int32 = 1

  /// `cmsg_level`.
  public var level: Int32 {
    if case .unknown(let level, _, _) = self { level } else { Self.socketLevel }
  }

  /// `cmsg_type`.
  public var type: Int32 {
    switch self {
    case .rights: SocketType.rights
    case .credentials: SocketType.credentials
    case .security: SocketType.security
    case .pidDescriptor: SocketType.pidDescriptor
    case .unknown(_, let type, _): type
    }
  }
}

/// The `cmsg_type` numbers at `SOL_SOCKET`. Source: `include/linux/socket.h`.
enum SocketType {
  static let rights: Int32 = 1
  static let credentials: Int32 = 2
  static let security: Int32 = 3
  static let pidDescriptor: Int32 = 4
}
