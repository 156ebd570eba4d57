import CMSGOracle
import ControlMessages
import Glibc

/// A trip of one control buffer through the kernel.
struct KernelExchange {
  /// errno of the send, or of the receive; 0 if both succeeded.
  let error: Int32
  /// `msg_flags` of the receive.
  let flags: Int32
  /// What was received, read with the layout it was written in.
  let decoding: ControlDecoding
  /// Whether every descriptor the decoding names was open. They are closed by now.
  let allOpen: Bool

  init(
    _ control: [UInt8], room: Int = 256, type: __socket_type = SOCK_SEQPACKET,
    abi: ControlABI = .bits64, credentials: Bool = false, pidfd: Bool = false,
    timestamp: Bool = false
  ) {
    var received = [UInt8](repeating: 0xee, count: room)
    let socket = oracle_socket(
      type: Int32(type.rawValue), compat: abi == .bits32, credentials: credentials,
      pidfd: pidfd, timestamp: timestamp)
    let receipt = unsafe oracle_exchange(
      socket, control, control.count, &received, received.count)
    error = receipt.error
    flags = receipt.flags
    decoding = ControlBuffer.decode(received, used: receipt.used, abi: abi)
    var descriptors = decoding.descriptors
    for case .pidDescriptor(let descriptor) in decoding.messages {
      descriptors.append(descriptor)
    }
    allOpen = descriptors.map { close($0) == 0 }.allSatisfy { $0 }
  }

  /// The kind of each received message, with the number of descriptors.
  var summary: String {
    decoding.records.map { record in
      let name = ControlNames.type(level: record.level, type: record.type)
      return if case .rights(let descriptors) = record.message {
        "\(name)(\(descriptors.count))"
      } else {
        name
      }
    }.joined(separator: " ")
  }

  var isTruncated: Bool { flags & Int32(MSG_CTRUNC) != 0 }
}
