import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// How a parked connection ended without another byte.
public enum ConnectionEnd: String, Sendable {
  /// The other end closed it, or will send no more.
  case closed
  /// It broke.
  case reset
}

/// What a park may know of a connection without taking anything from it.
enum ParkedConnection {
  enum Sight: Equatable {
    case nothing, data
    case end(ConnectionEnd)
  }

  /// Looks whether there is something to read: recv(2) with `MSG_PEEK`, which leaves it there.
  static func look(at connection: FileDescriptor) -> Sight {
    var byte: UInt8 = 0
    while true {
      let count = unsafe recv(
        connection.rawValue, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
      if count > 0 { return .data }
      if count == 0 { return .end(.closed) }
      switch Errno(rawValue: errno) {
      case .interrupted: continue
      case .wouldBlock, .resourceTemporarilyUnavailable: return .nothing
      default: return .end(.reset)
      }
    }
  }

  /// Only a connected stream has a reader to hand it to, and an end that can be seen.
  static func check(_ connection: FileDescriptor) throws(Refusal) {
    let type = option(SO_TYPE, of: connection)
    if type == nil { throw Refusal("What came is no socket.") }
    if type != Int32(SOCK_STREAM.rawValue) { throw Refusal("What came is no stream.") }
    if option(SO_ACCEPTCONN, of: connection) != 0 {
      throw Refusal("What came is a listening socket, not a connection.")
    }
  }

  /// A number of the socket that no other has until the machine starts anew: `SO_COOKIE`.
  static func cookie(of connection: FileDescriptor) -> UInt64? {
    option(SO_COOKIE, of: connection, initial: UInt64(0))
  }

  private static func option(_ name: Int32, of connection: FileDescriptor) -> Int32? {
    option(name, of: connection, initial: Int32(0))
  }

  private static func option<Value: BitwiseCopyable>(
    _ name: Int32, of connection: FileDescriptor, initial: Value
  ) -> Value? {
    var value = initial
    var length = socklen_t(MemoryLayout<Value>.size)
    let result = unsafe getsockopt(connection.rawValue, SOL_SOCKET, name, &value, &length)
    return result == 0 ? value : nil
  }
}
