import ControlMessages

#if os(Linux)
  #if canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  /// Control buffers of this system. Neither side of a pass allocates for them.
  enum NativeControl {
    private static let rightsType: Int32 = 1  // SCM_RIGHTS, which is an enumeration in C

    /// Writes the control messages of one send, and lends them to `body`. The rights are numbers
    /// as C has them.
    @inline(__always)
    static func withEncoded<Success>(
      rights: UnsafeRawBufferPointer, credentials: SocketCredentials?,
      _ body: (UnsafeRawBufferPointer) throws(PassingError) -> Success
    ) throws(PassingError) -> Success {
      let others = credentials.map { ControlBuffer.encode([.credentials($0)]) }
      let space = rights.count == 0 ? 0 : ControlABI.native.space(payload: rights.count)
      return try unsafe ControlRoom.with(space + (others?.count ?? 0)) {
        (room) throws(PassingError) -> Success in
        if space > 0 { unsafe write(rights, to: room, space: space) }
        if let others {
          unsafe UnsafeMutableRawBufferPointer(rebasing: room[space...]).copyBytes(from: others)
        }
        return try unsafe body(UnsafeRawBufferPointer(room))
      }
    }

    /// One `SCM_RIGHTS` record: what `ControlBuffer.encode` writes for it.
    private static func write(
      _ rights: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer, space: Int
    ) {
      // The padding: nothing of our memory shall travel in it.
      unsafe room.storeBytes(of: 0, toByteOffset: space - 8, as: UInt64.self)
      var header = cmsghdr()
      header.cmsg_len = ControlABI.native.length(payload: rights.count)
      header.cmsg_level = SOL_SOCKET
      header.cmsg_type = rightsType
      unsafe room.storeBytes(of: header, as: cmsghdr.self)
      unsafe UnsafeMutableRawBufferPointer(
        rebasing: room[ControlABI.native.headerLength...]
      ).copyMemory(from: rights)
    }

    /// Reads what a receive wrote.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> [ControlMessage] {
      unsafe ControlBuffer.decode(Array(bytes)).messages
    }

    /// Reads what a receive wrote if it is descriptors and nothing else, as it mostly is.
    static func decodeRights(_ bytes: UnsafeRawBufferPointer) -> DescriptorBatch? {
      let headerLength = ControlABI.native.headerLength
      guard bytes.count >= headerLength else { return nil }
      let header = unsafe bytes.load(as: cmsghdr.self)
      let payload = Int(header.cmsg_len) - headerLength
      guard header.cmsg_level == SOL_SOCKET, header.cmsg_type == rightsType,
        payload > 0, payload % 4 == 0, headerLength + payload <= bytes.count,
        bytes.count <= ControlABI.native.space(payload: payload)
      else { return nil }
      return unsafe DescriptorBatch(
        numbers: UnsafeRawBufferPointer(rebasing: bytes[headerLength..<headerLength + payload]))
    }

    /// The room for exactly these messages, which the kernel writes in this order: credentials,
    /// rights, pid descriptor.
    ///
    /// The last one gets its length without padding: in the padding after an odd number of
    /// descriptors the kernel would see the room for one more.
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
