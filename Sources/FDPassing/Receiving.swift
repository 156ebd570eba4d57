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
  /// It allocates nothing but the batch, and that only when more than one descriptor comes.
  public borrowing func receive(
    into buffer: UnsafeMutableRawBufferPointer, maxDescriptors: Int = 0
  ) throws(PassingError) -> ReceivedMessage {
    let number = descriptor.rawValue
    let room = NativeControl.room(descriptors: maxDescriptors, reports: reports)
    let wantsSender = kind == .datagram
    var receipt = Receipt()
    try unsafe ControlRoom.with(room) { (control) throws(PassingError) in
      receipt.count = try systemCall(.receive) {
        unsafe receiveOnce(number, buffer, control, wantsSender: wantsSender, &receipt)
      }
      // Nothing can fail between the system call and this: what arrived is owned.
      if receipt.controlCount > 0 {
        unsafe receipt.own(UnsafeRawBufferPointer(rebasing: control[..<receipt.controlCount]))
      }
    }
    // Room for a report about the sender that did not come may have taken descriptors instead.
    let isOverfull = receipt.descriptors.closeAll(beyond: maxDescriptors)
    return ReceivedMessage(
      bytes: [], count: min(receipt.count, buffer.count), descriptors: receipt.descriptors,
      pidDescriptor: receipt.pidDescriptor, credentials: receipt.credentials,
      otherMessages: receipt.otherMessages, sender: receipt.sender,
      isDataTruncated: receipt.flags & Platform.dataTruncated != 0,
      isControlTruncated: isOverfull || receipt.flags & Platform.controlTruncated != 0,
      isEndOfFile: receipt.count == 0 && buffer.count > 0 && receipt.controlCount == 0
        && kind != .datagram)
  }
}

/// What `recvmsg` said.
private struct Receipt: ~Copyable {
  var count = 0
  var flags: Int32 = 0
  /// How far the control buffer was filled.
  var controlCount = 0
  var sender: SocketAddress?
  var descriptors = DescriptorBatch(none: ())
  var pidDescriptor: OwnedDescriptor?
  var credentials: SocketCredentials?
  var otherMessages: [ControlMessage] = []

  /// Becomes the owner of what is in the control buffer.
  mutating func own(_ control: UnsafeRawBufferPointer) {
    if let rights = unsafe NativeControl.decodeRights(control) {
      descriptors = rights
    } else {
      unsafe sort(NativeControl.decode(control))
    }
    Platform.closeOnExec(descriptors)
  }

  private mutating func sort(_ messages: [ControlMessage]) {
    var rights: [Int32] = []
    for message in messages {
      switch message {
      case .rights(let numbers): rights += numbers
      // A kernel that could not make one puts a negated error number there.
      case .pidDescriptor(let number) where number >= 0:
        pidDescriptor = OwnedDescriptor(adopting: number)
      case .credentials(let credentials): self.credentials = credentials
      default: otherMessages.append(message)
      }
    }
    descriptors = DescriptorBatch(adopting: rights)
  }
}

private func receiveOnce(
  _ number: Int32, _ data: UnsafeMutableRawBufferPointer,
  _ control: UnsafeMutableRawBufferPointer, wantsSender: Bool, _ receipt: inout Receipt
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
      receipt.controlCount = unsafe min(Int(header.msg_controllen), control.count)
      if wantsSender {
        receipt.sender = unsafe SocketAddress(name.pointee, length: Int(header.msg_namelen))
      }
      return count
    }
  }
}
