import ControlMessages

/// Receives from which descriptors are missing, as MSG_CTRUNC says: no buffer, too small a buffer,
/// other messages in it, a full table, or a refusal.
///
/// Source: `scm_detach_fds` in `net/core/scm.c`, recv(2).
struct TruncationDetector: Detector {
  mutating func examine(_ sight: Sight) -> [Finding] {
    guard let message = sight.receive, message.result != nil,
      message.messageFlags?.contains(.controlTruncated) == true
    else { return [] }
    return [Truncation(sight, message).finding]
  }
}

/// One receive with MSG_CTRUNC, and what can be said about it.
private struct Truncation {
  let message: MessageRecord
  let sequence: Int
  let actor: String
  let call: String
  let sends: [Int]
  /// How many descriptors were sent to this receive; nil when its send was not seen.
  let sent: Int?
  let arrived: [Int32]

  init(_ sight: Sight, _ message: MessageRecord) {
    self.message = message
    sequence = sight.event.sequence
    actor = sight.actor
    call = "\(sight.actor)'s \(message.call) on its \(message.socket.fd)"
    let transfers = sight.transfers.filter { $0.receive == sight.event.sequence }
    sends = transfers.map(\.send)
    sent =
      transfers.isEmpty
      ? nil : transfers.reduce(0) { $0 + $1.descriptors.count + $1.lost }
    arrived = message.descriptorNumbers
  }

  var finding: Finding {
    if let sent, sent <= arrived.count { return otherMessage }
    guard let control = message.control, control.capacity >= control.abi.headerLength else {
      return withoutBuffer
    }
    if control.bytes.isEmpty { return bufferNowhere(control) }
    // Earlier messages eat the room: TIMESTAMP and CREDENTIALS come before RIGHTS.
    let others = control.decoding.records.filter {
      if case .rights = $0.message { false } else { true }
    }
    let taken = others.reduce(0) { $0 + control.abi.align($1.declaredLength) }
    let room = Self.descriptors(in: control.capacity - taken, control.abi)
    let fits = Self.descriptors(in: control.capacity, control.abi)
    if !others.isEmpty, arrived.count >= room, arrived.count < fits {
      return crowdedOut(control, by: others, taken: taken)
    }
    return arrived.count >= room ? smallBuffer(control, fits: fits) : refused(fits: fits)
  }

  private static func descriptors(in bytes: Int, _ abi: ControlABI) -> Int {
    max(0, bytes - abi.headerLength) / 4
  }

  /// `of the 3 descriptors that were sent, 1 arrived and 2 were closed by the kernel`
  private var loss: String {
    guard let sent else {
      return arrived.isEmpty
        ? "what came with it (descriptors or another control message) is lost"
        : "\(Prose.count(arrived.count, "descriptor")) arrived, and what came besides is lost"
    }
    let lost = sent - arrived.count
    let verb = lost == 1 ? "was" : "were"
    if arrived.isEmpty {
      return "\(Prose.theDescriptors(sent)) that \(verb) sent did not arrive: the kernel closed "
        + Prose.them(sent)
    }
    return "of the \(sent) descriptors that were sent, \(arrived.count) arrived and \(lost) "
      + "\(verb) closed by the kernel"
  }

  private var closeTheRest: String {
    guard !arrived.isEmpty else { return "" }
    return " After MSG_CTRUNC close what did arrive (\(Prose.list(arrived))): the set is not whole."
  }

  private func finding(
    _ code: FindingCode, _ severity: Finding.Severity = .warning, evidence: [Finding.Measure],
    text: String, cure: String
  ) -> Finding {
    let counts =
      [Finding.Measure("arrived", arrived.count)] + (sent.map { [.init("sent", $0)] } ?? [])
    return Finding(
      code, severity, about: sequence, related: sends, descriptors: arrived,
      evidence: counts + evidence, text: text, cure: cure)
  }

  private var withoutBuffer: Finding {
    let capacity = message.control?.capacity ?? 0
    let text =
      "\(call) offered \(capacity == 0 ? "no" : "only \(capacity) bytes of") room for control "
      + "messages: \(loss)."
    // Credentials that nobody reads set MSG_CTRUNC too, so an unseen send proves no loss.
    return finding(
      .dropped, sent == nil ? .note : .error, evidence: [.init("capacity", capacity)], text: text,
      cure: "Give every receive on a socket that descriptors may come through a control buffer of "
        + "CMSG_LEN(n * sizeof(int)) bytes, and close the descriptors that are not wanted.")
  }

  /// The kernel has no error for it.
  private func bufferNowhere(_ control: ControlExcerpt) -> Finding {
    finding(
      .dropped, sent == nil ? .warning : .error, evidence: [.init("capacity", control.capacity)],
      text: "The control buffer of \(call) is not in its memory, which recvmsg does not call an "
        + "error: \(loss).",
      cure: "Let msg_control point at msg_controllen bytes that may be written.")
  }

  private func smallBuffer(_ control: ControlExcerpt, fits: Int) -> Finding {
    let wanted = sent.map {
      " CMSG_LEN(\($0) * sizeof(int)) is \(control.abi.length(payload: 4 * $0)) bytes."
    }
    return finding(
      .truncated, evidence: [.init("capacity", control.capacity), .init("fits", fits)],
      text: "The control buffer of \(call) is too small: its \(control.capacity) bytes hold "
        + "\(Prose.count(fits, "descriptor")), and \(loss).",
      cure: "Offer room for the most descriptors that the protocol allows."
        + (wanted ?? "") + closeTheRest)
  }

  private func crowdedOut(
    _ control: ControlExcerpt, by others: [ControlRecord], taken: Int
  ) -> Finding {
    let names = others.map { ControlNames.type(level: $0.level, type: $0.type) }
    let size = min(taken, control.capacity)
    return finding(
      .crowdedOut, evidence: [.init("capacity", control.capacity), .init("taken", size)],
      text: "In the control buffer of \(call), \(Prose.list(names)) took \(size) of the "
        + "\(control.capacity) bytes before the descriptors had their turn: \(loss).",
      cure: "The kernel writes timestamps and credentials before descriptors. Add their "
        + "CMSG_SPACE to the buffer, or switch off the option that asks for them (SO_PASSCRED, "
        + "SO_TIMESTAMP)." + closeTheRest)
  }

  /// The buffer had room.
  private func refused(fits: Int) -> Finding {
    let room = message.room
    let measures = room.map { [Finding.Measure("open", $0.open), .init("limit", $0.limit)] } ?? []
    let full = room.map { $0.open >= $0.limit } ?? false
    let cause =
      full
      ? "\(actor)'s table is full (\(room?.open ?? 0) open, RLIMIT_NOFILE is \(room?.limit ?? 0))"
      : "neither the buffer (room for \(fits)) nor "
        + (room.map { "the table (\($0.open) open, \($0.limit) allowed) was full" }
          ?? "the order of the messages explains it")
    return finding(
      .truncated, evidence: [.init("fits", fits)] + measures,
      text: full
        ? "\(call) could not install everything, because \(cause): \(loss)."
        : "\(call) came back with MSG_CTRUNC: \(loss), and \(cause).",
      cure: (full
        ? "Close descriptors that are not needed, or raise the limit (ulimit -n, setrlimit)."
        : "A security module (SELinux, AppArmor) may have refused the file: look into its log. Or "
          + "another thread closed or opened descriptors at that moment.") + closeTheRest)
  }

  private var otherMessage: Finding {
    finding(
      .truncated, .note, evidence: [.init("capacity", message.control?.capacity ?? 0)],
      text: "\(call) came back with MSG_CTRUNC although every descriptor arrived: another control "
        + "message did not fit.",
      cure: "Offer more room for control messages, or switch off the option that asks for them "
        + "(SO_PASSCRED, SO_PASSPIDFD, SO_PASSSEC).")
  }
}
