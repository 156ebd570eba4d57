#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// An address of a host, without a port: IPv4 or IPv6.
struct HostAddress: Hashable, Sendable, CustomStringConvertible {
  /// 4 or 16 bytes, as they travel.
  let bytes: [UInt8]

  var isIPv6: Bool { bytes.count == 16 }

  /// Reads `127.0.0.1` or `::1`, without brackets, names or zones. Nil for anything else, and for
  /// IPv4 in the clothes of IPv6 (`::ffff:127.0.0.1`): a rule would have to know both.
  init?(_ text: String) {
    let isIPv6 = text.contains(":")
    var bytes = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
    guard unsafe inet_pton(isIPv6 ? AF_INET6 : AF_INET, text, &bytes) == 1 else { return nil }
    if isIPv6 && bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) { return nil }
    self.bytes = bytes
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The shortest form, as `inet_ntop` writes it.
  var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let length = socklen_t(text.count)
    _ = unsafe inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &text, length)
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// What a port belongs to.
enum PortProtocol: String, Hashable, Sendable, CaseIterable {
  case tcp, udp
}

/// Where a server listens: `tcp 127.0.0.1:80`, `udp [::1]:53`.
struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  let kind: PortProtocol
  let host: HostAddress
  let port: UInt16

  init(_ kind: PortProtocol, _ host: HostAddress, _ port: UInt16) {
    (self.kind, self.host, self.port) = (kind, host, port)
  }

  /// Reads `127.0.0.1:80` or `[::1]:80`.
  init?(_ kind: PortProtocol, _ text: String) {
    guard let colon = text.lastIndex(of: ":"),
      let port = Self.port(text[text.index(after: colon)...])
    else { return nil }
    var name = text[..<colon]
    let isBracketed = name.first == "[" && name.last == "]"
    if isBracketed { name = name.dropFirst().dropLast() }
    guard let host = HostAddress(String(name)), host.isIPv6 == isBracketed else { return nil }
    self.init(kind, host, port)
  }

  /// Digits and nothing else: `UInt16` would take a sign.
  static func port(_ text: Substring) -> UInt16? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      ? UInt16(text) : nil
  }

  /// Without the protocol: `[::1]:80`.
  var address: String { host.isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

  var description: String { "\(kind.rawValue) \(address)" }
}
