import CLinux
import FDPassing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a socket of TCP or UDP is bound to and connected with.
///
/// A copy of the descriptor, held for a moment, answers in one look (pidfd_getfd(2)). The lists in
/// /proc/PID/net would have to be read whole for each socket.
enum InternetSocketName {
  /// `tcp 127.0.0.1:80 LISTEN`, `tcp 127.0.0.1:80 to 127.0.0.1:4711`, `udp [::1]:53`; nil when the
  /// descriptor is something else, or may not be copied.
  static func read(pid: Int32, fd: Int32) -> String? {
    let process = clinux_pidfd_open(pid)
    guard process >= 0 else { return nil }
    let pidfd = OwnedDescriptor(adopting: process)
    let copied = clinux_pidfd_getfd(pidfd.rawValue, fd)
    guard copied >= 0 else { return nil }
    return name(OwnedDescriptor(adopting: copied))
  }

  /// Whether a socket of this name can still be bound, listen or connect. No call on it is watched.
  static func mayChange(_ name: String?) -> Bool {
    name.map { !$0.hasSuffix(" LISTEN") && !$0.contains(" to ") } ?? false
  }

  private static func name(_ socket: consuming OwnedDescriptor) -> String? {
    let number = socket.rawValue
    guard let local = unsafe address(number, getsockname) else { return nil }
    let kind = kind(number)
    if local.port == 0 { return "\(kind), not bound" }
    if option(SO_ACCEPTCONN, of: number) == 1 { return "\(kind) \(local.text) LISTEN" }
    guard let peer = unsafe address(number, getpeername) else { return "\(kind) \(local.text)" }
    return "\(kind) \(local.text) to \(peer.text)"
  }

  private static func kind(_ socket: Int32) -> String {
    switch option(SO_PROTOCOL, of: socket) {
    case Int32(IPPROTO_TCP): "tcp"
    case Int32(IPPROTO_UDP): "udp"
    case let other: "IP protocol \(other)"
    }
  }

  private static func option(_ name: Int32, of socket: Int32) -> Int32 {
    var value: Int32 = -1
    var length = socklen_t(MemoryLayout<Int32>.size)
    _ = unsafe getsockopt(socket, SOL_SOCKET, name, &value, &length)
    return value
  }

  private typealias Question = (
    Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>
  ) -> Int32

  /// An address of IPv4 or IPv6; nil for one of another family, or none.
  private static func address(_ socket: Int32, _ ask: Question) -> (text: String, port: UInt16)? {
    var storage = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let answer = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe ask(socket, $0, &length)
      }
    }
    guard answer == 0 else { return nil }
    // Family and port have the same places in both structures; the address of IPv4 follows them.
    let port = UInt16(bigEndian: storage.sin6_port)
    switch Int32(storage.sin6_family) {
    case AF_INET: return ("\(text(AF_INET, storage, at: 4)):\(port)", port)
    case AF_INET6: return ("[\(text(AF_INET6, storage, at: 8))]:\(port)", port)
    default: return nil
    }
  }

  private static func text(_ family: Int32, _ storage: sockaddr_in6, at offset: Int) -> String {
    var characters = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let room = socklen_t(characters.count)
    unsafe withUnsafeBytes(of: storage) { bytes in
      let start = unsafe bytes.baseAddress?.advanced(by: offset)
      if let start = unsafe start { _ = unsafe inet_ntop(family, start, &characters, room) }
    }
    return String(
      decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
