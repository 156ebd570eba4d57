public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Where a Unix socket can be found: `struct sockaddr_un`.
///
/// Source: unix(7).
public enum SocketAddress: Hashable, Sendable {
  /// A file of type socket. It stays when its socket is closed, and somebody must remove it.
  case path(FilePath)
  /// A name of the network namespace and not of the file system, up to `maximumLength` bytes of
  /// any value. It has no permissions, and goes away with its socket. Linux only.
  case abstract(name: [UInt8])
  /// No address: one end of a pair, or a client that did not bind.
  case unnamed

  /// An abstract name of the bytes of a text.
  public static func abstract(_ name: String) -> SocketAddress { .abstract(name: Array(name.utf8)) }

  /// The bytes there is room for: 107 on Linux, 103 elsewhere. `sun_path` has one more, which
  /// ends a path and starts an abstract name with its zero.
  public static var maximumLength: Int { MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1 }

  private static var headerLength: Int { MemoryLayout<sockaddr_un>.size - maximumLength - 1 }

  /// Calls `body` with the address as the kernel wants it, again when a signal interrupts it.
  @discardableResult
  func withSystemAddress<Result: FixedWidthInteger & SignedInteger>(
    for operation: PassingError.Operation,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) throws(PassingError) -> Result {
    var (storage, length) = try systemAddress(for: operation)
    return try systemCall(operation) {
      unsafe withUnsafePointer(to: &storage) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe body($0, length)
        }
      }
    }
  }

  func systemAddress(
    for operation: PassingError.Operation
  ) throws(PassingError) -> (sockaddr_un, socklen_t) {
    var storage = sockaddr_un()
    storage.sun_family = sa_family_t(AF_UNIX)
    let name = try systemName(for: operation)
    unsafe withUnsafeMutableBytes(of: &storage.sun_path) { unsafe $0.copyBytes(from: name) }
    let length = Self.headerLength + name.count
    #if !os(Linux)
      storage.sun_len = UInt8(length)
    #endif
    return (storage, socklen_t(length))
  }

  /// The bytes of `sun_path` that count, with the zero after a path or before a name.
  private func systemName(
    for operation: PassingError.Operation
  ) throws(PassingError) -> [UInt8] {
    let name: [UInt8]
    let isPath: Bool
    switch self {
    case .unnamed: return []
    case .path(let path): (name, isPath) = (path.systemBytes, true)
    case .abstract(let bytes): (name, isPath) = (bytes, false)
    }
    #if !os(Linux)
      if !isPath { throw PassingError(operation, .unsupported) }
    #endif
    if name.isEmpty { throw PassingError(operation, .addressEmpty) }
    if name.count > Self.maximumLength {
      throw PassingError(
        operation, .addressTooLong(count: name.count, limit: Self.maximumLength))
    }
    return isPath ? name + [0] : [0] + name
  }

  /// Reads what the kernel wrote, through a call like `getsockname`.
  init(
    readBy call: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Int32
  ) throws(PassingError) {
    var storage = sockaddr_un()
    var length = socklen_t(MemoryLayout<sockaddr_un>.size)
    try systemCall(.configure) {
      unsafe withUnsafeMutablePointer(to: &storage) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe call($0, &length)
        }
      }
    }
    self.init(storage, length: Int(length))
  }

  /// Reads an address as the kernel filled it in.
  ///
  /// - Parameters:
  ///   - storage: The bytes.
  ///   - length: How many the kernel has for the whole address. A path of 108 bytes has no zero
  ///     at its end, and Linux then counts one byte more than the structure holds.
  init(_ storage: sockaddr_un, length: Int) {
    let count = min(max(0, length - Self.headerLength), Self.maximumLength + 1)
    let bytes = unsafe withUnsafeBytes(of: storage.sun_path) { unsafe Array($0.prefix(count)) }
    let path = bytes.prefix { $0 != 0 }
    if !path.isEmpty {
      let characters = path.map(CInterop.PlatformChar.init(bitPattern:)) + [0]
      self = .path(FilePath(platformString: characters))
      return
    }
    #if os(Linux)
      self = bytes.isEmpty ? .unnamed : .abstract(name: Array(bytes.dropFirst()))
    #else
      self = .unnamed
    #endif
  }
}

extension SocketAddress: CustomStringConvertible {
  /// The path; or `@` and the abstract name, with what is no printable ASCII as `\\xNN`.
  public var description: String {
    switch self {
    case .path(let path): path.string
    case .abstract(let name): "@" + name.map(Self.printable).joined()
    case .unnamed: "an unnamed socket"
    }
  }

  private static func printable(_ byte: UInt8) -> String {
    if (0x20..<0x7f).contains(byte) { return String(UnicodeScalar(byte)) }
    return (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
  }
}

extension FilePath {
  /// The bytes of the path, without the zero at its end. They need not be valid UTF-8.
  fileprivate var systemBytes: [UInt8] {
    unsafe withPlatformString { start in
      unsafe UnsafeBufferPointer(start: start, count: length).map(UInt8.init(bitPattern:))
    }
  }
}
