public import ControlMessages
public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

extension UnixSocket {
  /// Sends one message: data, and descriptors that are lent for the call.
  ///
  /// The receiver gets descriptors of its own, of the same open file descriptions. Once this
  /// returns, the sender may close its own: what is in flight keeps the files open.
  ///
  /// - Parameters:
  ///   - bytes: The data. On a stream, descriptors need at least one byte.
  ///   - descriptors: Up to 253 open descriptors, in the order the receiver will find them.
  ///   - credentials: Who the sender says it is. The kernel checks it: other numbers than one's
  ///     own need privileges. Linux only.
  ///   - address: Where a datagram goes; nil when the socket is connected.
  /// - Returns: How many bytes were sent. A stream may take fewer than all; then the descriptors
  ///   are on their way already, and the rest must be sent without them, as `sendAll` does.
  /// - Throws: `PassingError`; then nothing was sent. A closed connection is the error `EPIPE`,
  ///   never a signal.
  ///
  /// Source: sendmsg(2), unix(7), cmsg(3).
  @discardableResult
  public borrowing func send(
    _ bytes: [UInt8], descriptors: [FileDescriptor] = [], credentials: SocketCredentials? = nil,
    to address: SocketAddress? = nil
  ) throws(PassingError) -> Int {
    try unsafe bytes.withBytes { (buffer) throws(PassingError) -> Int in
      try unsafe send(
        buffer, descriptors: descriptors, credentials: credentials, to: address)
    }
  }

  /// Sends one message from memory of the caller. See `send(_:descriptors:credentials:to:)`.
  @discardableResult
  public borrowing func send(
    _ bytes: UnsafeRawBufferPointer, descriptors: [FileDescriptor] = [],
    credentials: SocketCredentials? = nil, to address: SocketAddress? = nil
  ) throws(PassingError) -> Int {
    try unsafe descriptors.withUnsafeBufferPointer { (lent) throws(PassingError) -> Int in
      // A FileDescriptor is its number and nothing else.
      try unsafe send(
        bytes, lent: UnsafeRawBufferPointer(lent), credentials: credentials, to: address)
    }
  }

  /// Sends one message and lends the descriptors of a batch, as they came from somebody else.
  ///
  /// See `send(_:descriptors:credentials:to:)`.
  @discardableResult
  public borrowing func send(
    _ bytes: UnsafeRawBufferPointer, descriptors: borrowing DescriptorBatch
  ) throws(PassingError) -> Int {
    try unsafe descriptors.withLent { (lent) throws(PassingError) -> Int in
      try unsafe send(bytes, lent: lent, credentials: nil, to: nil)
    }
  }

  @inline(__always)
  private borrowing func send(
    _ bytes: UnsafeRawBufferPointer, lent descriptors: UnsafeRawBufferPointer,
    credentials: SocketCredentials?, to address: SocketAddress?
  ) throws(PassingError) -> Int {
    let count = descriptors.count / MemoryLayout<FileDescriptor>.size
    let operation = PassingError.Operation.send(descriptors: count)
    if kind == .stream && bytes.count == 0 && count > 0 {
      throw PassingError(operation, .noDataForDescriptors)
    }
    if count > ControlBuffer.maximumDescriptors {
      throw PassingError(operation, .tooManyDescriptors(limit: ControlBuffer.maximumDescriptors))
    }
    var name = sockaddr_un()
    var nameLength: socklen_t = 0
    if let address { (name, nameLength) = try address.systemAddress(for: operation) }
    let number = descriptor.rawValue
    return try unsafe NativeControl.withEncoded(
      rights: descriptors, credentials: try Self.checked(credentials)
    ) { (control) throws(PassingError) -> Int in
      try unsafe withUnsafeMutablePointer(to: &name) { (name) throws(PassingError) -> Int in
        try systemCall(operation) {
          unsafe sendOnce(
            number, bytes, control, name: nameLength > 0 ? name : nil, nameLength: nameLength)
        }
      }
    }
  }

  /// Sends all the bytes, in as many messages as it takes. The descriptors go with the first.
  ///
  /// - Throws: `PassingError`; the beginning may have been sent, and the descriptors with it.
  public borrowing func sendAll(
    _ bytes: [UInt8], descriptors: [FileDescriptor] = []
  ) throws(PassingError) {
    var sent = try send(bytes, descriptors: descriptors)
    while sent < bytes.count {
      sent += try unsafe bytes.withBytes { (buffer) throws(PassingError) -> Int in
        try unsafe send(UnsafeRawBufferPointer(rebasing: buffer[sent...]))
      }
    }
  }

  private static func checked(
    _ credentials: SocketCredentials?
  ) throws(PassingError) -> SocketCredentials? {
    #if !os(Linux)
      if credentials != nil { throw PassingError(.send(descriptors: 0), .unsupported) }
    #endif
    return credentials
  }
}

@inline(__always)
private func sendOnce(
  _ number: Int32, _ data: UnsafeRawBufferPointer, _ control: UnsafeRawBufferPointer,
  name: UnsafeMutablePointer<sockaddr_un>?, nameLength: socklen_t
) -> Int {
  // sendmsg writes to none of these, though C has no word for that in these structures.
  var part = unsafe iovec(
    iov_base: UnsafeMutableRawPointer(mutating: data.baseAddress), iov_len: data.count)
  return unsafe withUnsafeMutablePointer(to: &part) { part in
    var header = unsafe msghdr()
    unsafe header.msg_name = UnsafeMutableRawPointer(name)
    unsafe header.msg_namelen = nameLength
    unsafe header.msg_iov = part
    unsafe header.msg_iovlen = 1
    unsafe header.msg_control =
      control.isEmpty ? nil : UnsafeMutableRawPointer(mutating: control.baseAddress)
    unsafe header.msg_controllen = numericCast(control.count)
    return unsafe sendmsg(number, &header, Platform.sendFlags)
  }
}
