import ControlMessages
import TextUI
import TraceModel

/// What a receive did.
extension Scene {
  func explain(receive message: MessageRecord) -> String {
    Wording.join(ExperimentWords.sentence(message), outcome(ofReceive: message))
  }

  private func outcome(ofReceive message: MessageRecord) -> String {
    if message.injectedError != nil {
      return "The kernel was not asked. What is queued for \(actor) stays queued."
    }
    if let error = message.error { return failed(receive: message, error) }
    guard let result = message.result else { return about(toReceive: message) }
    let numbers = message.descriptorNumbers
    if let decided = arrivedAsDecided(message, result) { return decided }
    return Wording.join(
      numbers.isEmpty ? plain(message, result) : arrived(numbers, message, result),
      numbers.isEmpty ? nil : closeOnExec(numbers, message),
      message.flags.contains(.peek) ? peeked(numbers) : nil,
      truncation(message, numbers), others(in: message))
  }

  private func about(toReceive message: MessageRecord) -> String {
    "\(actor) is about to call \(visible(message.call)) on its \(message.socket.fd): "
      + "\(room(message))."
  }

  /// What a receive offers the kernel to fill.
  func room(_ message: MessageRecord) -> String {
    let data = "room for \(Wording.count(message.data.capacity, "byte"))"
    guard let control = message.control, control.capacity > 0 else {
      return "\(data) and none for control messages, so descriptors that come would be closed"
    }
    let size = "\(data) and \(control.capacity) bytes of control messages"
    let fits = Self.descriptors(in: control)
    return "\(size), which is \(Wording.count(fits, "descriptor")) at most"
  }

  /// How many descriptors the kernel can put into a buffer: it counts whole numbers after the
  /// header and cares for no padding.
  private static func descriptors(in control: ControlExcerpt) -> Int {
    max(0, control.capacity - control.abi.headerLength) / 4
  }

  private func failed(receive message: MessageRecord, _ error: String) -> String {
    let failure = ErrorCause.Failure(message: message, actor: actor)
    let cause = ErrorCause.sentence(failure, error)
    if ErrorCause.isInterruption(error) { return "\(actor)'s \(visible(message.call)): \(cause)" }
    return "\(actor) called \(visible(message.call)) on its \(message.socket.fd), and it failed "
      + "with \(visible(error)): \(cause)"
  }

  private func plain(_ message: MessageRecord, _ result: Int) -> String {
    let call = visible(message.call)
    guard result > 0 else { return nothing(message) }
    let data = "\(Wording.count(result, "byte")) from \(peerName(of: message.socket))"
    let control: String? =
      switch message.control {
      case nil:
        "\(actor) offered no control buffer, so no descriptor could come with them."
      case let control? where control.length == 0:
        "The control buffer of \(control.capacity) bytes came back empty: no descriptor."
      default: nil
      }
    return Wording.join(
      "\(call) returned \(result): \(actor) took \(data).",
      said(message) ?? "They are \(Wording.quote(message.data)).", control)
  }

  private func said(_ message: MessageRecord) -> String? {
    BrokerWords.sentence(message.data, from: peerName(of: message.socket))
  }

  private func nothing(_ message: MessageRecord) -> String {
    let call = visible(message.call)
    if message.data.capacity == 0 {
      return "\(call) returned 0, because \(actor) offered room for 0 bytes. On a stream this "
        + "takes queued descriptors all the same and leaves the data."
    }
    let came = message.address != nil || message.control?.records.isEmpty == false
    return "\(call) returned 0: \(emptyOrEnd(message.socket, isMessage: came))"
  }

  /// What it means that 0 bytes came out of a socket.
  func emptyOrEnd(_ socket: SocketInfo, isMessage: Bool = false) -> String {
    switch socket.type {
    case .stream:
      return "end of file. \(peerName(of: socket).capitalizedFirst) closed its socket or sends no "
        + "more, and the queue is empty."
    case .datagram:
      return "an empty message; a datagram socket reads no end of file unless it was shut down "
        + "itself."
    case .seqpacket where isMessage, .unknown where isMessage:
      return "an empty message; end of file would bring no control message and no address."
    case .seqpacket, .unknown:
      guard let peer = peer(of: socket), isOpenAfterwards(peer) else {
        return "an empty message or end of file; the number alone does not tell which."
      }
      return "an empty message, for \(name(peer.pid)) had not closed the other end; or end of "
        + "file, if the connection was shut down."
    }
  }

  /// Whether a descriptor was surely open when the event's call returned: another process may be
  /// in the middle of closing it, and be seen to do so afterwards.
  private func isOpenAfterwards(_ holder: DescriptorHolder) -> Bool {
    guard let life = timeline.life(of: holder, at: moment) else { return false }
    guard let closed = life.closed else { return true }
    return timeline[closed]?.entered.map { $0 > event.time } ?? false
  }

  private func arrived(_ numbers: [Int32], _ message: MessageRecord, _ result: Int) -> String {
    let own = Wording.shortList(numbers.map { named($0, in: message) })
    let chosen =
      numbers.count == 1
      ? "The kernel put the open file that was in flight under \(actor)'s lowest free number: "
        + "\(own)."
      : "The kernel put the \(numbers.count) open files that were in flight under \(actor)'s lowest "
        + "free numbers: \(own)."
    return Wording.join(
      "\(visible(message.call)) returned \(result).", said(message), chosen,
      identity)
  }

  /// The same for the one file that a role decided to pass, where nothing about it needs a warning: a
  /// small screen has room for what decided, or for what is so at every receive.
  private func arrivedAsDecided(_ message: MessageRecord, _ result: Int) -> String? {
    guard let number = message.descriptorNumbers.first, message.descriptorNumbers.count == 1,
      let said = said(message), message.flags.contains(.closeOnExec),
      !message.flags.contains(.peek), message.messageFlags?.contains(.controlTruncated) != true,
      let source
    else { return nil }
    let identity: String? =
      switch source.proof {
      case .kcmp: "proven by kcmp to be \(source.text)"
      case .inferred: "probably \(source.text)"
      case .none: nil
      }
    return Wording.join(
      "\(visible(message.call)) returned \(result).", said,
      "The open file came as \(actor)'s lowest free number, \(named(number, in: message))"
        + (identity.map { ", \($0)." } ?? "."))
  }

  /// What the received numbers were on the other side.
  private struct Source {
    var transfer: Transfer
    var proof: Transfer.Proof
    var count: Int
    /// Whether the sender still has them.
    var isHeld: Bool
    /// `what server has as 1`.
    var text: String
  }

  /// What is known of that; nil while nothing is.
  private var source: Source? {
    let transfers = timeline.transfers(of: event.sequence)
    let pairs = transfers.flatMap(\.descriptors)
    guard let transfer = transfers.last, let first = pairs.first,
      let sender = timeline[transfer.send].map({ name($0.pid) })
    else { return nil }
    let sent = Wording.shortList(pairs.map { String($0.sent) })
    let isHeld = pairs.allSatisfy { senderHolds($0, of: transfer) }
    return Source(
      transfer: transfer, proof: first.proof, count: pairs.count, isHeld: isHeld,
      text: "what \(sender) \(isHeld ? "has" : "had") as \(sent)")
  }

  private var identity: String? {
    guard let source else { return nil }
    let it = source.count == 1 ? "it is" : "they are"
    let way = longerWay(source.transfer).map { "The way back: \($0)." }
    let proof =
      switch source.proof {
      case .kcmp:
        "\(it.capitalizedFirst) \(source.text), proven by kcmp"
          + (source.isHeld ? ": one offset and one set of status flags for both processes." : ".")
      case .inferred:
        "Probably \(it) \(source.text): device and inode are the same, which is no proof."
      case .none: "By the place in the queue \(it) \(source.text); nothing proves it."
      }
    return Wording.join(proof, way)
  }

  /// Whether the sender still has the number, and it is the same open file.
  private func senderHolds(_ pair: Transfer.Pair, of transfer: Transfer) -> Bool {
    guard let sender = timeline[transfer.send]?.pid, let sent = row(pair.sent, of: sender) else {
      return false
    }
    return sent.description == row(pair.received)?.description
  }

  private func closeOnExec(_ numbers: [Int32], _ message: MessageRecord) -> String {
    let own = numbers.count == 1 ? "\(numbers[0])" : "them"
    return message.flags.contains(.closeOnExec)
      ? "MSG_CMSG_CLOEXEC: an exec will close \(own)."
      : "Without MSG_CMSG_CLOEXEC, a program that \(actor) executes would have \(own) too."
  }

  private func peeked(_ numbers: [Int32]) -> String {
    numbers.isEmpty
      ? "MSG_PEEK: the message stays queued."
      : "MSG_PEEK: the message stays queued, and every look installs new numbers for the same open "
        + "files. \(actor) must close these as well."
  }

  private func truncation(_ message: MessageRecord, _ numbers: [Int32]) -> String? {
    let flags = message.messageFlags ?? []
    let data =
      flags.contains(.truncated)
      ? "MSG_TRUNC: the message was longer than the \(message.data.capacity) bytes offered, and "
        + "the rest is gone." : nil
    guard flags.contains(.controlTruncated) else { return data }
    let lost = timeline.transfers(of: event.sequence).reduce(0) { $0 + $1.lost }
    let loss =
      lost > 0
      ? "MSG_CTRUNC: \(Wording.count(lost, "descriptor")) did not arrive, and the kernel closed "
        + (lost == 1 ? "it" : "them")
      : "MSG_CTRUNC: a control message did not arrive whole"
    return Wording.join(data, "\(loss). \(reason(message, numbers))")
  }

  private func reason(_ message: MessageRecord, _ numbers: [Int32]) -> String {
    guard let control = message.control, control.capacity > 0 else {
      return "\(actor) offered no control buffer."
    }
    if control.bytes.isEmpty { return "The control buffer is not in \(actor)'s memory." }
    let fits = Self.descriptors(in: control)
    return numbers.count >= fits || (message.readableControl?.records.count ?? 0) > 1
      ? "The control buffer of \(control.capacity) bytes had no more room."
      : "The control buffer had room for \(fits), so \(actor)'s table was full or a security "
        + "policy refused."
  }

  private func others(in message: MessageRecord) -> String? {
    let isEnd =
      message.result == 0 && message.socket.type == .stream && message.data.capacity > 0
    let sentences = (message.readableControl?.messages ?? []).compactMap { control -> String? in
      switch control {
      case .rights: return nil
      case .credentials where isEnd:
        return "SCM_CREDENTIALS names nobody: nothing came, and the kernel wrote zeros."
      case .credentials(let sender):
        return "SCM_CREDENTIALS: the kernel vouches that process \(sender.pid), user "
          + "\(sender.uid), group \(sender.gid) sent this. The receiver asked for it with "
          + "SO_PASSCRED."
      case .pidDescriptor(let number) where number < 0:
        return "SCM_PIDFD: the kernel could not make a descriptor for the sending process "
          + "(error \(-Int(number)))."
      case .pidDescriptor(let number):
        return "SCM_PIDFD: \(number) is a new descriptor that refers to the sending process. "
          + "\(actor) must close it."
      case .security(let label):
        return "SCM_SECURITY: the sender's security label is \"\(visible(label))\"."
      case .unknown(let level, let type, let payload):
        return "Also a control message \(ControlNames.level(level)) "
          + "\(ControlNames.type(level: level, type: type)) of "
          + "\(Wording.count(payload.count, "byte"))."
      }
    }
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }
}
