/// Plain reads that took bytes to which descriptors were tied, and so destroyed them.
struct PlainReadDetector: Detector {
  mutating func examine(_ sight: Sight) -> [Finding] {
    guard case .call(let call) = sight.event.body else { return [] }
    let transfers = sight.transfers.filter {
      $0.receive == sight.event.sequence && $0.lost > 0
    }
    let lost = transfers.reduce(0) { $0 + $1.lost }
    guard lost > 0 else { return [] }
    let sender = transfers.last.flatMap { sight.ledger.message($0.send) }
      .map { sight.ledger.name(of: $0.pid) }
    return [
      Finding(
        .dropped, .error, about: sight.event.sequence, related: transfers.map(\.send),
        evidence: [.init("sent", lost), .init("arrived", 0)],
        text: "\(sight.actor)'s \(call.name) on its \(call.fd ?? -1) took the bytes that "
          + "\(Prose.count(lost, "descriptor")) of \(sender ?? "the sender") came with. "
          + "A \(call.name) has no room for control messages, so the kernel closed "
          + "\(Prose.them(lost)), and told nobody.",
        cure: "Receive with recvmsg and a control buffer wherever a descriptor may come, also for "
          + "the bytes before the one that carries it.")
    ]
  }
}

/// Descriptors that waited in the queue of a socket when its last holder let go of it.
struct AbandonedDetector: Detector {
  /// One finding names no more sends than this.
  private static let relatedLimit = 16

  mutating func examine(_ sight: Sight) -> [Finding] {
    let sends = sight.abandoned
    guard let last = sends.last, sight.isOwnEnd || !sight.isEnd else { return [] }
    let descriptors = sends.flatMap(\.descriptors)
    let count = descriptors.count
    let sender = sight.ledger.name(of: last.pid)
    let whose = sends.allSatisfy { $0.pid == last.pid } ? "of \(sender)" : "of several senders"
    let deed = sight.isEnd ? "ended with a socket" : "let go of a socket"
    return [
      Finding(
        .abandoned, .warning, about: sight.event.sequence,
        related: sends.prefix(Self.relatedLimit).map(\.sequence),
        evidence: [.init("sent", count), .init("arrived", 0)],
        text: "\(sight.actor) \(deed) in whose queue \(Prose.theDescriptors(count)) "
          + "\(Prose.named(descriptors)) \(whose) still waited, and nobody else in this session "
          + "holds it: the kernel closed \(Prose.them(count)), and the sender was not told.",
        cure: "Receive until the end of file before closing, or have the receiver answer for each "
          + "descriptor, so that the sender knows what arrived.")
    ]
  }
}

/// Descriptors that were sent with no byte to carry them or with one that most receivers throw away,
/// or over a socket that carries none.
struct VanishingDetector: Detector {
  mutating func examine(_ sight: Sight) -> [Finding] {
    guard let message = sight.send, message.result != nil else { return [] }
    let numbers = message.descriptorNumbers
    guard !numbers.isEmpty else { return [] }
    if message.carries { return message.goesUrgently ? [urgent(message, sight)] : [] }
    if let name = message.socket.foreignProtocol { return [overForeign(name, message, sight)] }
    return [
      Finding(
        .vanished, .error, about: sight.event.sequence, descriptors: numbers,
        evidence: [.init("sent", numbers.count), .init("bytes", 0)],
        text: "\(sight.actor) sent \(numbers.count == 1 ? "descriptor" : "descriptors") "
          + "\(Prose.list(numbers)) with 0 bytes over a stream. \(message.call) returned 0, a "
          + "success, but on a stream a descriptor travels with a byte of data: nothing was "
          + "queued, and nothing will arrive.",
        cure: "Send at least 1 byte of data along with the descriptors.")
    ]
  }

  private func urgent(_ message: MessageRecord, _ sight: Sight) -> Finding {
    let numbers = message.descriptorNumbers
    return Finding(
      .urgent, .warning, about: sight.event.sequence, descriptors: numbers,
      evidence: [.init("sent", numbers.count), .init("bytes", 1)],
      text: "\(sight.actor) sent \(numbers.count == 1 ? "descriptor" : "descriptors") "
        + "\(Prose.list(numbers)) with an urgent byte alone (MSG_OOB). Unless the receiver has set "
        + "SO_OOBINLINE, which was not looked at, its next receive throws the byte away and "
        + "\(Prose.them(numbers.count)) with it, without MSG_CTRUNC, and a receive with MSG_OOB takes "
        + "the byte alone. Linux goes on counting \(Prose.them(numbers.count)) as queued (scm_fds) "
        + "until the socket is closed.",
      cure: "Send descriptors with ordinary data, and urgent bytes without descriptors.")
  }

  private func overForeign(_ name: String, _ message: MessageRecord, _ sight: Sight) -> Finding {
    let numbers = message.descriptorNumbers
    return Finding(
      .vanished, .error, about: sight.event.sequence, descriptors: numbers,
      evidence: [.init("sent", numbers.count)],
      text: "\(sight.actor) sent \(numbers.count == 1 ? "descriptor" : "descriptors") "
        + "\(Prose.list(numbers)) over its \(message.socket.fd), a socket of \(name). "
        + "\(message.call) returned \(message.result ?? 0), a success, but only Unix sockets pass "
        + "descriptors: the kernel took no notice of SCM_RIGHTS, and nothing will arrive.",
      cure: "Connect the two over AF_UNIX; descriptors cannot leave the machine.")
  }
}
