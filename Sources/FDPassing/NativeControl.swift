import ControlMessages

#if os(Linux)
  #if canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  /// Control buffers of this system. Neither side of a pass allocates for them.
  enum NativeControl {
    // Enumerations in C.
    private static let rightsType: Int32 = 1  // SCM_RIGHTS
    private static let credentialsType: Int32 = 2  // SCM_CREDENTIALS

    /// Writes the control messages of one send, and lends them to `body`. The rights are numbers
    /// as C has them.
    @inline(__always)
    static func withEncoded<Success>(
      rights: UnsafeRawBufferPointer, credentials: SocketCredentials?,
      _ body: (UnsafeRawBufferPointer) throws(PassingError) -> Success
    ) throws(PassingError) -> Success {
      let abi = ControlABI.native
      let before = rights.count == 0 ? 0 : abi.space(payload: rights.count)
      let after = credentials == nil ? 0 : abi.space(payload: SocketCredentials.byteCount)
      return try unsafe SendRoom.with(before + after) { (room) throws(PassingError) -> Success in
        if before > 0 { unsafe write(rightsType, rights, to: room, space: before) }
        if let credentials {
          unsafe withUnsafeBytes(of: credentials) {
            unsafe write(
              credentialsType, $0, to: UnsafeMutableRawBufferPointer(rebasing: room[before...]),
              space: after)
          }
        }
        return try unsafe body(UnsafeRawBufferPointer(room))
      }
    }

    /// One record: what `ControlBuffer.encode` writes for it.
    private static func write(
      _ type: Int32, _ payload: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer,
      space: Int
    ) {
      // The padding: nothing of our memory shall travel in it.
      unsafe room.storeBytes(of: 0, toByteOffset: space - 8, as: UInt64.self)
      var header = cmsghdr()
      header.cmsg_len = ControlABI.native.length(payload: payload.count)
      header.cmsg_level = SOL_SOCKET
      header.cmsg_type = type
      unsafe room.storeBytes(of: header, as: cmsghdr.self)
      unsafe UnsafeMutableRawBufferPointer(
        rebasing: room[ControlABI.native.headerLength...]
      ).copyMemory(from: payload)
    }

    /// Reads what a receive wrote.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> [ControlMessage] {
      unsafe ControlBuffer.decode(Array(bytes)).messages
    }

    /// Where the descriptors begin in memory of numbers, after the header.
    static let rightsStart = ControlABI.native.headerLength / MemoryLayout<Int32>.size

    /// The descriptors that a receive wrote if it wrote nothing else, as it mostly is.
    @inline(__always)
    static func rights(_ bytes: UnsafeRawBufferPointer) -> (count: Int, first: Int32?)? {
      if bytes.count == 0 { return (0, nil) }
      let abi = ControlABI.native
      guard bytes.count >= abi.headerLength else { return nil }
      let header = unsafe bytes.load(as: cmsghdr.self)
      let payload = Int(header.cmsg_len) &- abi.headerLength
      guard header.cmsg_level == SOL_SOCKET, header.cmsg_type == rightsType,
        payload > 0, payload % 4 == 0, payload <= bytes.count &- abi.headerLength,
        bytes.count <= abi.space(payload: payload)
      else { return nil }
      return (payload / 4, unsafe bytes.load(fromByteOffset: abi.headerLength, as: Int32.self))
    }

    /// The room for exactly these messages, which the kernel writes in this order: credentials,
    /// rights, pid descriptor.
    ///
    /// The last one gets its length without padding: in the padding after an odd number of
    /// descriptors the kernel would see the room for one more.
    @inline(__always)
    static func room(descriptors: Int, reports: UnixSocket.SenderReports) -> Int {
      let abi = ControlABI.native
      var before = 0
      var last = 0
      if reports.contains(.credentials) { last = abi.length(payload: SocketCredentials.byteCount) }
      if descriptors > 0 {
        before += abi.align(last)
        last = abi.length(payload: 4 * min(descriptors, ControlBuffer.maximumDescriptors))
      }
      if reports.contains(.pidDescriptor) {
        before += abi.align(last)
        last = abi.length(payload: 4)
      }
      return before + last
    }
  }
#endif
