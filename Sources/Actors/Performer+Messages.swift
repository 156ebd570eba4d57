import ControlMessages
import Lessons

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Performer {
  func send(_ sending: Sending) -> Outcome {
    let listed = sending.descriptors.flatMap(all)
    let numbers = (0..<sending.copies).flatMap { _ in listed }
    var messages: [ControlMessage] =
      sending.isSeparate
      ? numbers.map { .rights([$0]) } : numbers.isEmpty ? [] : [.rights(numbers)]
    if let pid = sending.credentialsOf {
      messages.append(
        .credentials(
          SocketCredentials(pid: pid == 0 ? getpid() : Int32(pid), uid: getuid(), gid: getgid())))
    }
    var control = ControlBuffer.encode(messages)
    if let length = sending.length, !control.isEmpty {
      control[0] = UInt8(truncatingIfNeeded: length)
    }
    var data = Array(sending.text.utf8)
    let result = unsafe transfer(&data, &control, hasControl: !messages.isEmpty) { header in
      unsafe sendmsg(one(sending.socket), &header, Int32(MSG_NOSIGNAL))
    }
    return .checked(result.count)
  }

  func receive(_ receiving: Receiving) -> Outcome {
    var data = [UInt8](repeating: 0, count: receiving.data)
    var control = [UInt8](repeating: 0, count: receiving.control ?? 0)
    let flags = receiving.flags.reduce(Int32(0)) { $0 | $1.bit }
    let result = unsafe transfer(&data, &control, hasControl: receiving.control != nil) { header in
      unsafe recvmsg(one(receiving.socket), &header, flags)
    }
    guard result.count >= 0 else { return .failed(errno) }
    let decoding = ControlBuffer.decode(control, used: result.controlUsed)
    let pidDescriptors = decoding.messages.compactMap { message -> Int32? in
      if case .pidDescriptor(let fd) = message { fd } else { nil }
    }
    return .done(
      decoding.descriptors + pidDescriptors.filter { !decoding.descriptors.contains($0) })
  }

  /// One call with a header over these two buffers.
  private func transfer(
    _ data: inout [UInt8], _ control: inout [UInt8], hasControl: Bool,
    _ call: (inout msghdr) -> Int
  ) -> (count: Int, controlUsed: Int) {
    unsafe data.withUnsafeMutableBytes { data in
      unsafe control.withUnsafeMutableBytes { control in
        var part = unsafe iovec(iov_base: data.baseAddress, iov_len: data.count)
        return unsafe withUnsafeMutablePointer(to: &part) { part in
          var header = unsafe msghdr()
          unsafe header.msg_iov = part
          unsafe header.msg_iovlen = 1
          if hasControl {
            unsafe header.msg_control = control.baseAddress
            unsafe header.msg_controllen = numericCast(control.count)
          }
          let count = unsafe call(&header)
          return unsafe (count, Int(header.msg_controllen))
        }
      }
    }
  }
}

extension ReceiveFlag {
  fileprivate var bit: Int32 {
    switch self {
    case .closeOnExec: 0x4000_0000  // MSG_CMSG_CLOEXEC
    case .peek: Int32(MSG_PEEK)
    case .waitAll: Int32(MSG_WAITALL)
    }
  }
}
