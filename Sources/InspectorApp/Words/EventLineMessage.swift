import ControlMessages
import TextUI
import TraceModel

/// The lines of sends, receives and transfers.
extension EventLineWriter {
  func message(_ message: MessageRecord) -> String {
    var text = "\(visible(message.call))(\(socket(message.socket)))"
    if message.unreadable == nil, message.data.length > 0 || !message.isReceive {
      text += " \(Wording.count(message.data.length, "byte"))"
    }
    if message.data.length > 0 { text += " \(quote(message.data))" }
    for record in message.readableControl?.records ?? [] {
      text += " + " + controlMessage(record, in: message)
    }
    // What the program passed and what the kernel answered are both flags of the message here.
    let flags = message.flags.union(message.messageFlags ?? [])
    if !flags.isEmpty { text += " " + flags.names.joined(separator: "|") }
    return text + outcome(message.result.map { Int64($0) }, message.error)
      + (message.experiment == nil ? "" : ", changed")
      + (message.unreadable.map { ", \(visible($0))" } ?? "")
  }

  func change(of message: MessageRecord) -> String? {
    message.experiment.map { ExperimentWords.line($0, arrow: arrow) }
  }

  func socket(_ socket: SocketInfo) -> String {
    otherEnd(of: socket).map { "\(socket.fd) \($0)" } ?? String(socket.fd)
  }

  /// `⇄ server 4`, of a connection whose other end is known.
  private func otherEnd(of socket: SocketInfo) -> String? {
    if let peer = scene.peer(of: socket) { return "\(both) \(scene.name(peer.pid)) \(peer.fd)" }
    return scene.formerPeer(of: socket).map {
      "\(both) \(scene.name($0.pid)) \($0.fd), closed"
    }
  }

  private func controlMessage(_ record: ControlRecord, in message: MessageRecord) -> String {
    let type = ControlNames.type(level: record.level, type: record.type)
    switch record.message {
    case .rights(let numbers):
      let shown = numbers.prefix(8).map { descriptor($0, in: message) }
      let more = numbers.count > 8 ? ", \(numbers.count - 8) more" : ""
      return "\(type) [\(shown.joined(separator: ", "))\(more)]"
    case .credentials(let sender):
      return "\(type) {pid \(sender.pid), uid \(sender.uid), gid \(sender.gid)}"
    case .pidDescriptor(let number): return "\(type) \(number)"
    case .security(let label): return "\(type) \"\(visible(label))\""
    case .unknown(let level, _, let payload):
      return "\(ControlNames.level(level))/\(type) \(Wording.count(payload.count, "byte"))"
    }
  }

  private func descriptor(_ number: Int32, in message: MessageRecord) -> String {
    guard let facts = message.descriptors.first(where: { $0.fd == number }) else {
      return String(number)
    }
    return "\(number) \(arrow) \(target(facts))"
  }

  /// What a descriptor refers to; a socket by its other end or its name, where one is known.
  private func target(_ facts: DescriptorFacts) -> String {
    guard let socket = facts.socket else { return visible(facts.name) }
    if socket.isListening { return visible(facts.name) }
    if let end = otherEnd(of: socket) { return "socket \(end)" }
    if let listener = socket.listener,
      let queue = scene.timeline.holders(ofSocket: listener, at: scene.moment).first
    {
      return "socket in the queue of \(scene.name(queue.pid)) \(queue.fd)"
    }
    return visible(facts.name)
  }

  func meaning(ofSend message: MessageRecord) -> String? {
    let numbers = message.descriptorNumbers
    guard !numbers.isEmpty, message.result != nil else { return nil }
    let own = Wording.shortList(numbers.map { String($0) })
    if !message.carries {
      return message.socket.foreignProtocol == nil
        ? "no data, so nothing carries the descriptors: \(own) never arrives"
        : "no Unix socket, so nothing carries the descriptors: \(own) never arrives"
    }
    if message.goesUrgently {
      return "urgent byte (MSG_OOB): \(own) arrives with SO_OOBINLINE only, else the next receive "
        + "throws it away"
    }
    let verb = numbers.count == 1 ? "refers" : "refer"
    return "in flight: the kernel holds what \(scene.actor)'s \(own) \(verb) to until "
      + "\(scene.peerName(of: message.socket)) receives it"
  }

  func meaning(ofReceive message: MessageRecord) -> String? {
    guard message.result != nil else { return nil }
    let isTruncated = message.messageFlags?.contains(.controlTruncated) ?? false
    let loss = isTruncated ? "MSG_CTRUNC: something in the control message did not arrive" : nil
    let numbers = message.descriptorNumbers
    if numbers.isEmpty { return loss }
    let own = Wording.shortList(numbers.map { String($0) })
    let arrival =
      "arrived: the kernel chose \(scene.actor)'s lowest free "
      + (numbers.count == 1 ? "number, \(own)" : "numbers, \(own)")
    return loss.map { "\(arrival); \($0)" } ?? arrival
  }

  func transfer(_ transfer: Transfer) -> String {
    let sender = scene.timeline[transfer.send].map { scene.name($0.pid) } ?? "sender"
    let receiver = scene.timeline[transfer.receive].map { scene.name($0.pid) } ?? "receiver"
    let pairs = transfer.descriptors.map { pair in
      "\(sender)'s \(pair.sent) is now also \(receiver)'s \(pair.received), \(proof(pair.proof))"
    }
    var parts = pairs.isEmpty ? [] : [Wording.shortList(pairs)]
    if transfer.lost > 0 {
      parts.append(
        "\(Wording.count(transfer.lost, "descriptor")) of \(sender) never reached \(receiver)")
    }
    if let way = scene.longerWay(transfer, by: .time) { parts.append("it came \(way)") }
    if transfer.isPeek { parts.append("only looked at (MSG_PEEK), so still in flight") }
    return "\(follows) " + parts.joined(separator: "; ")
  }

  private func proof(_ proof: Transfer.Proof) -> String {
    switch proof {
    case .kcmp: "the same open file (proven by kcmp)"
    case .inferred: "the same file (same device and inode; not proven)"
    case .none: "by its place in the queue (not proven)"
    }
  }
}
