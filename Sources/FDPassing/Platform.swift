import CSockets
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// What differs between the systems: constants, and what is atomic on one and takes a second call
/// on the other.
enum Platform {
  static let unixFamily = Int32(AF_UNIX)

  /// The `SOCK_` number of a kind.
  static func number(of kind: UnixSocket.Kind) -> Int32 {
    #if canImport(Glibc) && os(Linux)
      switch kind {
      case .stream: Int32(bitPattern: SOCK_STREAM.rawValue)
      case .datagram: Int32(bitPattern: SOCK_DGRAM.rawValue)
      case .seqpacket: Int32(bitPattern: SOCK_SEQPACKET.rawValue)
      }
    #else
      switch kind {
      case .stream: SOCK_STREAM
      case .datagram: SOCK_DGRAM
      case .seqpacket: SOCK_SEQPACKET
      }
    #endif
  }

  #if canImport(Glibc) && os(Linux)
    private static let creationFlags = Int32(bitPattern: SOCK_CLOEXEC.rawValue)
  #elseif !canImport(Darwin)
    private static let creationFlags = SOCK_CLOEXEC
  #else
    private static let creationFlags: Int32 = 0
  #endif

  #if canImport(Darwin)
    static let sendFlags: Int32 = 0
    static let receiveFlags: Int32 = 0
  #else
    static let sendFlags = Int32(MSG_NOSIGNAL)
    static let receiveFlags = Int32(MSG_CMSG_CLOEXEC)
  #endif
  static let dataTruncated = Int32(MSG_TRUNC)
  static let controlTruncated = Int32(MSG_CTRUNC)

  static func socket(_ kind: UnixSocket.Kind) throws(PassingError) -> OwnedDescriptor {
    let type = number(of: kind) | creationFlags
    return try prepared(systemCall(.create) { makeSocket(unixFamily, type, 0) })
  }

  static func pair(_ kind: UnixSocket.Kind) throws(PassingError) -> UnixSocketPair {
    let type = number(of: kind) | creationFlags
    var ends: (Int32, Int32) = (-1, -1)
    try systemCall(.create) {
      unsafe withUnsafeMutablePointer(to: &ends) {
        unsafe $0.withMemoryRebound(to: Int32.self, capacity: 2) {
          unsafe socketpair(unixFamily, type, 0, $0)
        }
      }
    }
    // Both are owned before anything can fail.
    let second = OwnedDescriptor(adopting: ends.1)
    let first = try prepared(ends.0)
    return UnixSocketPair(
      first: UnixSocket(first, kind), second: UnixSocket(try prepared(second.release()), kind))
  }

  static func accept(_ listener: Int32) throws(PassingError) -> OwnedDescriptor {
    try prepared(systemCall(.accept) { csockets_accept(listener) })
  }

  /// Owns a fresh socket, and sets what Darwin cannot set in the same call.
  private static func prepared(_ number: Int32) throws(PassingError) -> OwnedDescriptor {
    let descriptor = OwnedDescriptor(adopting: number)
    #if canImport(Darwin)
      try systemCall(.create) { fcntl(number, F_SETFD, FD_CLOEXEC) }
      try setOption(SO_NOSIGPIPE, to: 1, of: number)
    #endif
    return descriptor
  }

  /// Sets close-on-exec where `recvmsg` has no flag for it. An error is no reason to drop the
  /// descriptors: they are owned, and stay so.
  static func closeOnExec(_ received: borrowing DescriptorBatch) {
    #if canImport(Darwin)
      for descriptor in received.fileDescriptors {
        _ = fcntl(descriptor.rawValue, F_SETFD, FD_CLOEXEC)
      }
    #endif
  }
}

// Within the type, `socket` means the method.
private func makeSocket(_ family: Int32, _ type: Int32, _ number: Int32) -> Int32 {
  socket(family, type, number)
}
