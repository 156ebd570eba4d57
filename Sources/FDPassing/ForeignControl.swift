import ControlMessages

#if !os(Linux)
  #if canImport(Darwin)
    import Darwin
  #else
    import Glibc
  #endif

  /// Control buffers of macOS and FreeBSD: `cmsg_len` has 32 bits, `SOL_SOCKET` is another number,
  /// and the alignment is the system's own. Of the messages only rights are understood here.
  enum NativeControl {
    // Source: `__DARWIN_ALIGN32` in sys/_types.h, `_ALIGNBYTES` in machine/_align.h.
    #if canImport(Darwin)
      private static let alignment = 4
    #else
      private static let alignment = MemoryLayout<Int>.alignment
    #endif

    private static let headerLength = align(MemoryLayout<cmsghdr>.size)

    private static func align(_ count: Int) -> Int {
      (count + alignment - 1) & ~(alignment - 1)
    }

    /// Writes the control messages of one send, and lends them to `body`. Credentials are refused
    /// before.
    static func withEncoded<Success>(
      rights: UnsafeRawBufferPointer, credentials: SocketCredentials?,
      _ body: (UnsafeRawBufferPointer) throws(PassingError) -> Success
    ) throws(PassingError) -> Success {
      try unsafe encode(Array(rights.bindMemory(to: Int32.self))).withBytes(body)
    }

    private static func encode(_ rights: [Int32]) -> [UInt8] {
      if rights.isEmpty { return [] }
      var header = cmsghdr()
      header.cmsg_len = numericCast(headerLength + 4 * rights.count)
      header.cmsg_level = SOL_SOCKET
      header.cmsg_type = Int32(SCM_RIGHTS)
      var bytes = unsafe withUnsafeBytes(of: &header) { unsafe Array($0) }
      bytes += repeatElement(0, count: headerLength - bytes.count)
      bytes += unsafe rights.withUnsafeBytes { unsafe Array($0) }
      return bytes + repeatElement(0, count: align(bytes.count) - bytes.count)
    }

    /// Where the descriptors begin in memory of numbers, after the header.
    static let rightsStart = headerLength / 4

    /// The descriptors that a receive wrote if it wrote nothing else: here always read the long way.
    static func rights(_ bytes: UnsafeRawBufferPointer) -> (count: Int, first: Int32?)? {
      bytes.count == 0 ? (0, nil) : nil
    }

    /// Reads what a receive wrote.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> [ControlMessage] {
      unsafe decode(Array(bytes))
    }

    private static func decode(_ bytes: [UInt8]) -> [ControlMessage] {
      var messages: [ControlMessage] = []
      var offset = 0
      while bytes.count - offset >= headerLength {
        let header = unsafe bytes.withUnsafeBytes {
          unsafe $0.loadUnaligned(fromByteOffset: offset, as: cmsghdr.self)
        }
        let length = Int(header.cmsg_len)
        guard length >= headerLength, length <= bytes.count - offset else { break }
        let payload = Array(bytes[offset + headerLength..<offset + length])
        messages.append(message(header.cmsg_level, header.cmsg_type, payload))
        offset += align(length)
      }
      return messages
    }

    private static func message(
      _ level: Int32, _ type: Int32, _ payload: [UInt8]
    ) -> ControlMessage {
      guard level == SOL_SOCKET, type == Int32(SCM_RIGHTS) else {
        return .unknown(level: level, type: type, payload: payload)
      }
      return .rights(
        unsafe payload.withUnsafeBytes { payload in
          (0..<payload.count / 4).map {
            unsafe payload.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)
          }
        })
    }

    /// The room for exactly so many descriptors.
    static func room(descriptors: Int, reports: UnixSocket.SenderReports) -> Int {
      let count = min(descriptors, ControlBuffer.maximumDescriptors)
      return count > 0 ? headerLength + 4 * count : 0
    }
  }
#endif
