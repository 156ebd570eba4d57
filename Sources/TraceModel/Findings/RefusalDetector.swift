import ControlMessages

/// Sends of control messages that the kernel refused.
struct RefusalDetector: Detector {
  mutating func examine(_ sight: Sight) -> [Finding] {
    guard let message = sight.send, let error = message.error,
      let refusal = message.refusal(of: sight.actor)
    else { return [] }
    var text =
      "\(sight.actor)'s \(message.call) on its \(message.socket.fd) failed with \(error): "
      + refusal.cause
    var evidence = refusal.evidence
    if refusal.code == .tooManyInFlight {
      let count = sight.ledger.unreceived(ofUserOf: sight.event.pid)
      evidence.append(.init("unreceived", count))
      text +=
        " In this session \(Prose.count(count, "descriptor")) of that user's "
        + "\(count == 1 ? "was" : "were") sent and not received."
    }
    return [
      Finding(
        refusal.code, .warning, about: sight.event.sequence, descriptors: refusal.descriptors,
        evidence: evidence, text: text, cure: refusal.cure)
    ]
  }
}

/// Why the kernel refused to send a control message, where the message itself shows it.
///
/// Source: `__scm_send` and `scm_fp_copy` in `net/core/scm.c`, `unix_attach_fds` in
/// `net/unix/af_unix.c`.
public struct SendRefusal: Sendable, Hashable {
  /// What kind of refusal it is.
  public var code: FindingCode
  /// The descriptors that it is about.
  public var descriptors: [Int32] = []
  /// The numbers that show it.
  public var evidence: [Finding.Measure] = []
  /// Why, as sentences that may stand after a colon.
  public var cause: String
  /// What to do about it, as sentences.
  public var cure: String
}

extension MessageRecord {
  /// Why the kernel refused this send; nil where it did not, or where the message does not show
  /// the cause.
  public func refusal(of sender: String) -> SendRefusal? {
    guard let control, control.capacity > 0 else { return nil }
    // The user gave the error, not the kernel.
    if case .fail = experiment?.experiment { return nil }
    return switch error {
    case "EBADF": badDescriptor(of: sender)
    case "EINVAL": malformed(control) ?? refusedFile(of: sender, control)
    case "ETOOMANYREFS": tooManyInFlight(of: sender)
    case "EPERM": unwanted(control)
    default: nil
    }
  }

  private func badDescriptor(of sender: String) -> SendRefusal? {
    // Each number was looked at; one without a row was not open.
    let known = Set(descriptors.map(\.fd))
    let missing = descriptorNumbers.filter { !known.contains($0) }
    guard !missing.isEmpty, !known.isEmpty || socket.inode != 0 else { return nil }
    let isPadding = control?.recordWithPaddingSent != nil && missing == [0]
    return SendRefusal(
      code: .badDescriptor, descriptors: missing, evidence: [.init("count", missing.count)],
      cause: "SCM_RIGHTS names \(Prose.list(missing)), which \(sender) has not open. One bad "
        + "number, and nothing is sent.",
      cure: isPadding
        ? "The 0 is padding: set cmsg_len to CMSG_LEN of the data, not to CMSG_SPACE."
        : missing.contains { $0 < 0 }
          ? "Check what open and its like returned before sending it: a negative number is an "
            + "error, not a descriptor."
          : "Send before closing, and see that no other thread closes the number meanwhile.")
  }

  private func tooManyInFlight(of sender: String) -> SendRefusal {
    let limit = room.map { [Finding.Measure("limit", $0.limit)] } ?? []
    return SendRefusal(
      code: .tooManyInFlight, descriptors: descriptorNumbers,
      evidence: limit + [.init("sent", descriptorNumbers.count)],
      cause: "the user has more descriptors in flight than "
        + (room.map { "\(sender)'s RLIMIT_NOFILE of \($0.limit) allows" }
          ?? "\(sender)'s RLIMIT_NOFILE allows")
        + ". Those of all its processes count, from the send until somebody receives them.",
      cure: "Let the receivers catch up before sending more (an answer for each message does it), "
        + "or raise the sender's limit (ulimit -n, setrlimit).")
  }

  /// A socket that takes no descriptors (socket(7), SO_PASSRIGHTS).
  private func unwanted(_ control: ControlExcerpt) -> SendRefusal? {
    // The same error tells of credentials that are another's, and of a datagram socket that is
    // connected elsewhere.
    let isAllRights = control.decoding.records.allSatisfy {
      if case .rights = $0.message { true } else { false }
    }
    guard isAllRights, !descriptorNumbers.isEmpty, socket.type != .datagram else { return nil }
    return SendRefusal(
      code: .refused, descriptors: descriptorNumbers,
      cause: "the receiving socket takes no descriptors (its SO_PASSRIGHTS is off, Linux 6.16), or "
        + "a security module forbids it. Nothing was sent.",
      cure: "Send the data alone, or have the receiver set SO_PASSRIGHTS to 1.")
  }

  private func malformed(_ control: ControlExcerpt) -> SendRefusal? {
    if let problem = control.decoding.problem, problem.isRefusedBySend {
      return SendRefusal(
        code: .refused, evidence: [.init("offset", problem.offset)], cause: problem.cause,
        cure: problem.cure)
    }
    let unknown = control.decoding.records.first { record in
      guard record.level == ControlMessage.socketLevel else { return false }
      return switch record.message {
      case .rights, .credentials: false
      case .pidDescriptor, .security, .unknown: true
      }
    }
    guard let unknown else { return nil }
    let name = ControlNames.type(level: unknown.level, type: unknown.type)
    let isCredentials = name == "SCM_CREDENTIALS"
    return SendRefusal(
      code: .refused,
      evidence: [.init("length", unknown.declaredLength), .init("type", Int(unknown.type))],
      cause: isCredentials
        ? "SCM_CREDENTIALS of \(unknown.payload.count) bytes, where struct ucred has "
          + "\(SocketCredentials.byteCount)."
        : "a Unix socket takes SCM_RIGHTS and SCM_CREDENTIALS to send, not SOL_SOCKET type "
          + "\(name).",
      cure: isCredentials
        ? "Set cmsg_len to CMSG_LEN(sizeof(struct ucred))."
        : "Leave it out; what other types tell, the kernel adds by itself for a receiver that "
          + "asked for it with setsockopt.")
  }

  private func refusedFile(of sender: String, _ control: ControlExcerpt) -> SendRefusal? {
    let numbers = descriptorNumbers
    guard !numbers.isEmpty else { return nil }
    if numbers.count > ControlBuffer.maximumDescriptors {
      let limit = ControlBuffer.maximumDescriptors
      return SendRefusal(
        code: .refused, evidence: [.init("limit", limit), .init("sent", numbers.count)],
        cause: "\(numbers.count) descriptors are too many; one message takes \(limit), all its "
          + "SCM_RIGHTS together.",
        cure: "Send them in several messages, each with at least 1 byte of data.")
    }
    if let ring = descriptors.first(where: \.isRing) {
      return SendRefusal(
        code: .refused, descriptors: [ring.fd],
        cause: "\(ring.fd) is an io_uring, the one kind of file that may not be passed.",
        cure: "Let each process set up its own.")
    }
    if let name = socket.foreignProtocol {
      return SendRefusal(
        code: .refused, descriptors: numbers,
        cause: "\(sender)'s \(socket.fd) is a socket of \(name), and only Unix sockets pass "
          + "descriptors.",
        cure: "Connect the two over AF_UNIX; descriptors cannot leave the machine.")
    }
    return nil
  }
}
