import ControlMessages
import TextUI
import TraceModel

/// What a send did.
extension Scene {
  func explain(send message: MessageRecord) -> String {
    Wording.join(ExperimentWords.sentence(message), outcome(ofSend: message))
  }

  private func outcome(ofSend message: MessageRecord) -> String {
    if message.injectedError != nil {
      return "The kernel was not asked. No descriptor and no data left \(actor)."
    }
    if let error = message.error { return failed(send: message, error) }
    guard let result = message.result else { return about(toSend: message) }
    let call = visible(message.call)
    let numbers = message.descriptorNumbers
    if numbers.isEmpty { return sentPlain(message, result) }
    if !message.carries { return vanished(message, numbers, result) }
    if message.goesUrgently {
      return Wording.join(
        "\(call) returned \(result).", queued(numbers, message, result), urgent(message))
    }
    if let spoken = BrokerWords.sentence(message.data, from: actor) {
      // A small screen has room for what decided, or for what is so at every send.
      let own = Wording.shortList(numbers.map { named($0, in: message) })
      let (it, them) = numbers.count == 1 ? ("is", "it") : ("are", "them")
      return Wording.join(
        "\(call) returned \(result).", spoken,
        "\(actor)'s \(own) \(it) in flight until \(peerName(of: message.socket)) receives \(them).",
        partial(message, result), others(in: message, numbers))
    }
    return Wording.join(
      "\(call) returned \(result).", queued(numbers, message, result),
      "No number travels: \(peerName(of: message.socket)) will get the lowest free "
        + (numbers.count == 1 ? "one of its own." : "ones of its own."),
      inFlight(message), partial(message, result),
      others(in: message, numbers))
  }

  private func about(toSend message: MessageRecord) -> String {
    "\(actor) is about to call \(visible(message.call)) on its \(message.socket.fd): "
      + "\(offer(message))."
  }

  /// What a send is going to hand over.
  func offer(_ message: MessageRecord) -> String {
    let numbers = message.descriptorNumbers
    let data = Wording.count(message.data.length, "byte")
    guard !numbers.isEmpty else { return "\(data), no descriptor" }
    let own = Wording.shortList(numbers.map { named($0, in: message) })
    return "\(data) and \(numbers.count == 1 ? "descriptor" : "descriptors") \(own)"
  }

  /// `1 (/dev/pts/3)`.
  func named(_ number: Int32, in message: MessageRecord) -> String {
    guard let facts = message.descriptors.first(where: { $0.fd == number }) ?? row(number) else {
      return String(number)
    }
    return "\(number) (\(target(facts)))"
  }

  private func sentPlain(_ message: MessageRecord, _ result: Int) -> String {
    let size = Wording.count(result, "byte")
    return Wording.join(
      "\(visible(message.call)) returned \(result): the kernel queued \(size) for "
        + "\(peerName(of: message.socket)).",
      result > 0
        ? BrokerWords.sentence(message.data, from: actor)
          ?? "They are \(Wording.quote(message.data))." : nil,
      message.control == nil
        ? "There was no control message, so no descriptor goes along."
        : others(in: message, []) ?? "The control buffer names no descriptor.",
      partial(message, result),
      message.socket.peer == nil && message.socket.type == .stream
        ? "The connection has not been accepted yet; the queue keeps them." : nil)
  }

  private func queued(_ numbers: [Int32], _ message: MessageRecord, _ result: Int) -> String {
    let own = Wording.shortList(numbers.map { named($0, in: message) })
    let size = Wording.count(result, "byte")
    return numbers.count == 1
      ? "The kernel took a reference to the open file behind \(actor)'s \(own) and queued it with "
        + "the \(size)."
      : "The kernel took references to the open files behind \(actor)'s \(own) and queued them "
        + "with the \(size)."
  }

  private func inFlight(_ message: MessageRecord) -> String {
    let numbers = message.descriptorNumbers
    let subject = numbers.count == 1 ? "it is" : "they are"
    let own = numbers.count == 1 ? "its \(numbers[0])" : "its own"
    let close = "\(actor) may close \(own) now."
    guard let peer = peer(of: message.socket) else {
      return "Until the connection is accepted and \(subject) received, \(subject) in flight. "
        + close
    }
    // What runs on may have taken it before anybody could look.
    let queued = row(peer.fd, of: peer.pid)?.queued.flatMap { $0 > 0 ? $0 : nil }
    let count = queued.map { " (\(list([peer])) has \($0) queued)" } ?? ""
    return "Until \(name(peer.pid)) receives, \(subject) in flight\(count). \(close)"
  }

  private func urgent(_ message: MessageRecord) -> String {
    let receiver = peerName(of: message.socket)
    return
      "But the byte is urgent (MSG_OOB): only with SO_OOBINLINE does \(receiver) get it in its "
      + "place, and what came with it. Else the next receive leaves both out."
  }

  private func vanished(_ message: MessageRecord, _ numbers: [Int32], _ result: Int) -> String {
    let own = Wording.shortList(numbers.map { named($0, in: message) })
    if let name = message.socket.foreignProtocol {
      return "\(visible(message.call)) returned \(result), a success, and yet \(own) will never "
        + "arrive: \(message.socket.fd) is a socket of \(visible(name)), and only Unix sockets pass "
        + "descriptors."
    }
    return "\(visible(message.call)) returned 0, a success, and yet \(own) will never arrive. On a "
      + "stream socket a descriptor travels with a byte of data, and there was none. Send at least "
      + "1 byte."
  }

  private func partial(_ message: MessageRecord, _ result: Int) -> String? {
    guard result < message.data.length else { return nil }
    let size = "Only \(result) of \(message.data.length) bytes were taken."
    return message.descriptorNumbers.isEmpty
      ? size + " The rest must be sent again."
      : size + " The descriptors are queued with the first of them: sending the rest with the same "
        + "control message would pass them twice."
  }

  /// Control messages that carry no descriptor, and what became of them.
  private func others(in message: MessageRecord, _ numbers: [Int32]) -> String? {
    guard let decoding = message.readableControl else { return nil }
    let rights = decoding.records.filter { if case .rights = $0.message { true } else { false } }
    let sentences = decoding.messages.compactMap { message -> String? in
      switch message {
      case .rights: nil
      case .credentials(let sender):
        "SCM_CREDENTIALS names process \(sender.pid), user \(sender.uid), group \(sender.gid); the "
          + "kernel checked that they are the sender's own, or that it may claim others."
      case .pidDescriptor, .security, .unknown:
        "The control message \(ControlNames.level(message.level)) "
          + "\(ControlNames.type(level: message.level, type: message.type)) passes no descriptor."
      }
    }
    let merge =
      rights.count > 1
      ? "The kernel joins the \(rights.count) SCM_RIGHTS messages into one." : nil
    let all = sentences.prefix(2) + (merge.map { [$0] } ?? [])
    return all.isEmpty ? nil : all.joined(separator: " ")
  }
}

extension Scene {
  private func failed(send message: MessageRecord, _ error: String) -> String {
    let failure = ErrorCause.Failure(message: message, actor: actor)
    if ErrorCause.isInterruption(error) {
      return "\(actor)'s \(visible(message.call)): \(ErrorCause.sentence(failure, error))"
    }
    let refusal = message.refusal(of: actor)
    // Where it was found already, the finding says the rest.
    let isFound = timeline.findings(about: event.sequence).contains { $0.code == refusal?.code }
    let cause = refusal.map { visible($0.cause) } ?? ErrorCause.sentence(failure, error)
    return "\(actor) called \(visible(message.call)) on its \(message.socket.fd), and it failed "
      + "with \(visible(error))" + (isFound ? "." : ": \(cause)")
      + (message.descriptorNumbers.isEmpty ? "" : " No descriptor left \(actor).")
  }
}
