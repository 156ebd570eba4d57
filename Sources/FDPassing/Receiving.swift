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
    var raw: RawReceipt?
    let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: maxBytes) {
      (buffer, count) throws(PassingError) in
      let room = unsafe UnsafeMutableRawBufferPointer(
        start: buffer.baseAddress, count: maxBytes)
      let receipt = try unsafe receiveMessage(into: room, maxDescriptors: maxDescriptors)
      count = min(receipt.count, maxBytes)
      raw = receipt
    }
    guard let raw else { preconditionFailure("A receive returns or throws") }
    return message(raw, bytes: bytes, maxBytes: maxBytes, maxDescriptors: maxDescriptors)
  }

  /// Receives one message into memory of the caller. See `receive(maxBytes:maxDescriptors:)`.
  public borrowing func receive(
    into buffer: UnsafeMutableRawBufferPointer, maxDescriptors: Int = 0
  ) throws(PassingError) -> ReceivedMessage {
    let raw = try unsafe receiveMessage(into: buffer, maxDescriptors: maxDescriptors)
    return message(raw, bytes: [], maxBytes: buffer.count, maxDescriptors: maxDescriptors)
  }

  /// Nothing can fail between the system call and this: what arrived is owned.
  private borrowing func message(
    _ raw: RawReceipt, bytes: [UInt8], maxBytes: Int, maxDescriptors: Int
  ) -> ReceivedMessage {
    var rights: [Int32] = []
    var message = ReceivedMessage(
      bytes: bytes, count: min(raw.count, maxBytes), descriptors: DescriptorBatch(),
      pidDescriptor: nil, credentials: nil, otherMessages: [], sender: raw.sender,
      isDataTruncated: raw.flags & Platform.dataTruncated != 0,
      isControlTruncated: raw.flags & Platform.controlTruncated != 0,
      isEndOfFile: raw.count == 0 && maxBytes > 0 && raw.control.isEmpty && kind != .datagram)
    if raw.control.isEmpty { return message }

    for part in NativeControl.decode(raw.control) {
      switch part {
      case .rights(let numbers): rights += numbers
      // A kernel that could not make one puts a negated error number there.
      case .pidDescriptor(let number) where number >= 0:
        message.pidDescriptor = OwnedDescriptor(adopting: number)
      case .credentials(let credentials): message.credentials = credentials
      default: message.otherMessages.append(part)
      }
    }
    Platform.closeOnExec(rights)
    message.descriptors = DescriptorBatch(adopting: rights)
    // Room for a report about the sender that did not come may have taken descriptors instead.
    if message.descriptors.closeAll(beyond: maxDescriptors) { message.isControlTruncated = true }
    return message
  }

  private borrowing func receiveMessage(
    into data: UnsafeMutableRawBufferPointer, maxDescriptors: Int
  ) throws(PassingError) -> RawReceipt {
    let number = descriptor.rawValue
    let room = NativeControl.room(descriptors: maxDescriptors, reports: reports)
    let wantsSender = kind == .datagram
    return try unsafe withUnsafeTemporaryAllocation(
      byteCount: room, alignment: MemoryLayout<cmsghdr>.alignment
    ) { (control) throws(PassingError) -> RawReceipt in
      var receipt = RawReceipt()
      receipt.count = try systemCall(.receive) {
        unsafe receiveOnce(number, data, control, wantsSender: wantsSender, &receipt)
      }
      return receipt
    }
  }
}

/// What `recvmsg` said, with the control buffer as far as it was filled.
private struct RawReceipt {
  var count = 0
  var flags: Int32 = 0
  var control: [UInt8] = []
  var sender: SocketAddress?
}

private func receiveOnce(
  _ number: Int32, _ data: UnsafeMutableRawBufferPointer,
  _ control: UnsafeMutableRawBufferPointer, wantsSender: Bool, _ receipt: inout RawReceipt
) -> Int {
  var part = unsafe iovec(iov_base: data.baseAddress, iov_len: data.count)
  var name = sockaddr_un()
  return unsafe withUnsafeMutablePointer(to: &part) { part in
    unsafe withUnsafeMutablePointer(to: &name) { name in
      var header = unsafe msghdr()
      unsafe header.msg_name = wantsSender ? UnsafeMutableRawPointer(name) : nil
      unsafe header.msg_namelen =
        wantsSender ? socklen_t(MemoryLayout<sockaddr_un>.size) : 0
      unsafe header.msg_iov = part
      unsafe header.msg_iovlen = 1
      unsafe header.msg_control = control.isEmpty ? nil : control.baseAddress
      unsafe header.msg_controllen = numericCast(control.count)
      let count = unsafe recvmsg(number, &header, Platform.receiveFlags)
      if count < 0 { return count }
      receipt.flags = unsafe header.msg_flags
      let used = unsafe min(Int(header.msg_controllen), control.count)
      receipt.control = unsafe Array(control.prefix(used))
      if wantsSender {
        receipt.sender = unsafe SocketAddress(name.pointee, length: Int(header.msg_namelen))
      }
      return count
    }
  }
}
