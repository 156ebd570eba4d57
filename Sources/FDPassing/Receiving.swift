import ControlMessages

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

extension UnixSocket {
  /// Receives one message, and owns the descriptors that come with it.
  ///
  /// The room for descriptors is exact: the kernel closes what is beyond it, and
  /// `isControlTruncated` says so. All that arrive are closed on exec.
  ///
  /// - Parameters:
  ///   - maxBytes: The most bytes of data to take.
  ///   - maxDescriptors: The most descriptors to accept; by default none.
  /// - Returns: The message. A cut message is no error: look at `isDataTruncated` and
  ///   `isControlTruncated`.
  /// - Throws: `PassingError`; `EAGAIN` when the socket does not block and nothing is there.
  ///
  /// Source: recvmsg(2), unix(7), cmsg(3).
  public borrowing func receive(
    maxBytes: Int, maxDescriptors: Int = 0
  ) throws(PassingError) -> ReceivedMessage {
    var received: ReceivedMessage?
    let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: maxBytes) {
      (buffer, count) throws(PassingError) in
      let room = unsafe UnsafeMutableRawBufferPointer(
        start: buffer.baseAddress, count: maxBytes)
      let message = try unsafe receive(into: room, maxDescriptors: maxDescriptors)
      count = message.count
      received = consume message
    }
    guard var message = received.take() else {
      preconditionFailure("A receive returns or throws")
    }
    message.bytes = bytes
    return message
  }

  /// Receives one message into memory of the caller. See `receive(maxBytes:maxDescriptors:)`.
  ///
  /// It allocates nothing but the batch, and that only when there is room for more than one
  /// descriptor.
  public borrowing func receive(
    into buffer: UnsafeMutableRawBufferPointer, maxDescriptors: Int = 0
  ) throws(PassingError) -> ReceivedMessage {
    var room = ReceiveRoom(descriptors: maxDescriptors, reports: reports)
    var header = unsafe msghdr()
    var name = sockaddr_un()
    let count = try unsafe receive(into: buffer, &room, &header, &name)
    // Nothing can fail between the system call and this: what arrived is owned.
    let controlCount = unsafe min(Int(header.msg_controllen), room.byteCount)
    let receipt = unsafe Receipt(
      count: min(count, buffer.count), flags: header.msg_flags,
      isEndOfFile: count == 0 && buffer.count > 0 && controlCount == 0 && kind != .datagram)
    let sender =
      unsafe kind == .datagram ? SocketAddress(name, length: Int(header.msg_namelen)) : nil
    guard let descriptors = room.takeDescriptors(controlCount, atMost: maxDescriptors) else {
      return ReceivedMessage(
        receipt, room.decode(controlCount), maxDescriptors: maxDescriptors, from: sender)
    }
    return ReceivedMessage(receipt, descriptors, from: sender)
  }

  @inline(__always)
  private borrowing func receive(
    into data: UnsafeMutableRawBufferPointer, _ room: inout ReceiveRoom, _ header: inout msghdr,
    _ name: inout sockaddr_un
  ) throws(PassingError) -> Int {
    let number = descriptor.rawValue
    let nameLength = kind == .datagram ? MemoryLayout<sockaddr_un>.size : 0
    var part = unsafe iovec(iov_base: data.baseAddress, iov_len: data.count)
    return try unsafe withUnsafeMutablePointer(to: &part) { (part) throws(PassingError) in
      try unsafe withUnsafeMutablePointer(to: &name) { (name) throws(PassingError) in
        try unsafe room.withBytes(room.byteCount) { (control) throws(PassingError) in
          try systemCall(.receive) {
            unsafe header.msg_name = nameLength > 0 ? UnsafeMutableRawPointer(name) : nil
            unsafe header.msg_namelen = socklen_t(nameLength)
            unsafe header.msg_iov = part
            unsafe header.msg_iovlen = 1
            unsafe header.msg_control = control.isEmpty ? nil : control.baseAddress
            unsafe header.msg_controllen = numericCast(control.count)
            return unsafe recvmsg(number, &header, Platform.receiveFlags)
          }
        }
      }
    }
  }
}

/// What `recvmsg` said.
private struct Receipt {
  let count: Int
  let flags: Int32
  let isEndOfFile: Bool
}

extension ReceivedMessage {
  /// Descriptors and nothing else, as it mostly is.
  @inline(__always)
  fileprivate init(
    _ receipt: Receipt, _ descriptors: consuming DescriptorBatch, from sender: SocketAddress?
  ) {
    Platform.closeOnExec(descriptors)
    self.init(
      count: receipt.count, descriptors: descriptors, sender: sender,
      isDataTruncated: receipt.flags & Platform.dataTruncated != 0,
      isControlTruncated: receipt.flags & Platform.controlTruncated != 0,
      isEndOfFile: receipt.isEndOfFile)
  }

  /// All that can come.
  @inline(never)
  fileprivate init(
    _ receipt: Receipt, _ messages: [ControlMessage], maxDescriptors: Int,
    from sender: SocketAddress?
  ) {
    var rights: [Int32] = []
    for case .rights(let numbers) in messages { rights += numbers }
    var descriptors = DescriptorBatch(adopting: rights)
    // Room for a report about the sender that did not come may have taken descriptors instead.
    let isOverfull = descriptors.closeAll(beyond: maxDescriptors)
    self.init(receipt, descriptors, from: sender)
    if isOverfull { isControlTruncated = true }
    for message in messages {
      switch message {
      case .rights: break
      // A kernel that could not make one puts a negated error number there.
      case .pidDescriptor(let number) where number >= 0:
        pidDescriptor = OwnedDescriptor(adopting: number)
      case .credentials(let credentials): self.credentials = credentials
      default: otherMessages.append(message)
      }
    }
  }
}
