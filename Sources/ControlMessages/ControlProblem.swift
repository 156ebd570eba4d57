/// Why reading a control buffer stopped before its used length was over.
///
/// Offsets and lengths are in bytes. Source: `CMSG_OK` and `__cmsg_nxthdr` in
/// `include/linux/socket.h`.
public enum ControlProblem: Sendable, Hashable {
  /// The last bytes are too few for a header.
  case truncatedHeader(offset: Int, available: Int, needed: Int)
  /// From here on all is zero: the buffer was longer than what was written into it.
  case zeroTail(offset: Int, count: Int)
  /// `cmsg_len` does not even count its own header.
  case lengthTooSmall(offset: Int, length: Int, minimum: Int)
  /// `cmsg_len` reaches beyond the used length.
  case lengthPastEnd(offset: Int, length: UInt64, available: Int)

  /// Where in the buffer the unreadable header starts.
  public var offset: Int {
    switch self {
    case .truncatedHeader(let offset, _, _), .zeroTail(let offset, _),
      .lengthTooSmall(let offset, _, _), .lengthPastEnd(let offset, _, _):
      offset
    }
  }

  /// Whether `sendmsg` refuses such a buffer with `EINVAL`. If not, it ignores the bytes.
  ///
  /// For the buffers of 32-bit processes it takes even the last odd byte for a header
  /// (`cmsg_compat_nxthdr` in `net/compat.c`).
  public var isRefusedBySend: Bool {
    if case .truncatedHeader(_, _, let needed) = self {
      needed == ControlABI.bits32.headerLength
    } else {
      true
    }
  }
}

extension ControlProblem: CustomStringConvertible {
  /// What is wrong, why, and what to do, as sentences.
  public var description: String { "\(cause) \(cure)" }

  /// What is wrong and what the kernel makes of it, as a sentence.
  public var cause: String {
    switch self {
    case .truncatedHeader(let offset, let available, let needed):
      "The last \(bytes(available)), at offset \(offset), cannot hold a header of \(needed) "
        + "bytes, so \(isRefusedBySend ? "sendmsg fails with EINVAL" : "the kernel ignores them")."
    case .zeroTail(let offset, let count):
      "The \(bytes(count)) from offset \(offset) on are all zero, which reads as a header with "
        + "cmsg_len 0, and sendmsg fails with EINVAL."
    case .lengthTooSmall(let offset, let length, let minimum):
      "The header at offset \(offset) has cmsg_len \(length), less than its own \(minimum) "
        + "bytes, and sendmsg fails with EINVAL."
    case .lengthPastEnd(let offset, let length, let available):
      "The header at offset \(offset) has cmsg_len \(length), but only \(bytes(available)) are "
        + "left, and sendmsg fails with EINVAL."
    }
  }

  /// What to do about it, as a sentence.
  public var cure: String {
    switch self {
    case .truncatedHeader: "Set msg_controllen to the end of the last message."
    case .zeroTail:
      "Set msg_controllen to the end of the last message, not to the size of the buffer."
    case .lengthTooSmall: "Set cmsg_len to CMSG_LEN of the data."
    case .lengthPastEnd:
      "Set cmsg_len to CMSG_LEN of the data, and msg_controllen so that it counts the whole "
        + "message."
    }
  }

  private func bytes(_ count: Int) -> String { count == 1 ? "1 byte" : "\(count) bytes" }
}
