import FDPassing
import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Makes the sockets that clients ask for.
enum PortSocket {
  /// A socket that is bound, and listens if it is of TCP.
  ///
  /// - Throws: The kernel's error number, as EADDRINUSE or EACCES.
  static func open(_ endpoint: Endpoint) throws(Errno) -> OwnedDescriptor {
    let isIPv6 = endpoint.host.isIPv6
    let kind = endpoint.kind == .tcp ? SOCK_STREAM : SOCK_DGRAM
    let number = socket(
      isIPv6 ? AF_INET6 : AF_INET, Int32(kind.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let descriptor = OwnedDescriptor(adopting: try checked(number))
    // `::` stands for IPv6 alone, or a rule for it would also be one for IPv4.
    if isIPv6 { try set(IPPROTO_IPV6, IPV6_V6ONLY, of: number) }
    // As every TCP server does: else the port stays taken for a minute after it ends. With UDP the
    // option would let two servers have the same port.
    if endpoint.kind == .tcp { try set(SOL_SOCKET, SO_REUSEADDR, of: number) }
    try checked(bind(number, to: endpoint))
    if endpoint.kind == .tcp { try checked(listen(number, 128)) }
    return descriptor
  }

  /// Where a socket was bound: what it was asked for, with the port that the kernel chose for 0.
  static func boundPort(of descriptor: borrowing OwnedDescriptor) -> UInt16? {
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let number = descriptor.rawValue
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(number, $0, &length)
      }
    }
    // The port has the same place in both structures.
    return result == 0 ? UInt16(bigEndian: address.sin6_port) : nil
  }

  @discardableResult
  private static func checked(_ result: Int32) throws(Errno) -> Int32 {
    if result == -1 { throw Errno(rawValue: errno) }
    return result
  }

  private static func set(_ level: Int, _ option: Int32, of socket: Int32) throws(Errno) {
    try set(Int32(level), option, of: socket)
  }

  private static func set(_ level: Int32, _ option: Int32, of socket: Int32) throws(Errno) {
    var on: Int32 = 1
    try checked(
      unsafe setsockopt(socket, level, option, &on, socklen_t(MemoryLayout<Int32>.size)))
  }

  private static func bind(_ socket: Int32, to endpoint: Endpoint) -> Int32 {
    if endpoint.host.isIPv6 {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = endpoint.port.bigEndian
      unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
        unsafe $0.copyBytes(from: endpoint.host.bytes)
      }
      return unsafe bind(socket, to: &address)
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = endpoint.port.bigEndian
    unsafe withUnsafeMutableBytes(of: &address.sin_addr) {
      unsafe $0.copyBytes(from: endpoint.host.bytes)
    }
    return unsafe bind(socket, to: &address)
  }

  private static func bind<Address>(
    _ socket: Int32, to address: UnsafeMutablePointer<Address>
  ) -> Int32 {
    unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe systemBind(socket, $0, socklen_t(MemoryLayout<Address>.size))
    }
  }
}

// Within the type, `bind` means the method.
private func systemBind(
  _ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t
) -> Int32 { unsafe bind(socket, address, length) }
