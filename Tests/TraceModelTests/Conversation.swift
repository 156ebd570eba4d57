import TraceModel

/// One direction of a connection, told call by call: socket 100 sends, socket 200 receives.
struct Conversation {
  private var derivation = Derivation()
  private var time: Int64 = 0
  var type = SocketType.stream
  private(set) var transfers: [Transfer] = []

  private static func rows(_ numbers: [Int32]) -> [DescriptorFacts] {
    // The hundreds name the open file, so 105 and 205 are descriptors of different files.
    numbers.map { DescriptorFacts(fd: $0, target: "f", device: 1, inode: UInt64($0 / 100) + 1) }
  }

  private mutating func add(_ body: TraceEvent.Body, knowsEntry: Bool = true) {
    time += 10
    let event = TraceEvent(time: time, entered: knowsEntry ? time - 5 : nil, pid: 1, body: body)
    transfers += derivation.add(event).compactMap(\.transfer)
  }

  mutating func send(_ length: Int, _ numbers: Int32..., knowsEntry: Bool = true) {
    let record = MessageRecord(
      call: "sendmsg", socket: SocketInfo(fd: 3, type: type, inode: 100, peer: 200),
      result: length, descriptors: Self.rows(numbers))
    add(.send(record), knowsEntry: knowsEntry)
  }

  mutating func receive(
    _ length: Int, _ numbers: Int32..., flags: MessageFlags = [], cut: Bool = false
  ) {
    let record = MessageRecord(
      call: "recvmsg", socket: SocketInfo(fd: 4, type: type, inode: 200, peer: 100),
      result: length, flags: flags, messageFlags: cut ? .controlTruncated : [],
      descriptors: Self.rows(numbers))
    add(.receive(record))
  }

  mutating func read(_ length: Int64) {
    let socket = SocketInfo(fd: 4, type: type, inode: 200, peer: 100)
    add(.call(CallRecord(name: "read", fd: 4, result: length, socket: socket)))
  }

  mutating func write(_ length: Int64) {
    let socket = SocketInfo(fd: 3, type: type, inode: 100, peer: 200)
    add(.call(CallRecord(name: "write", fd: 3, result: length, socket: socket)))
  }

  /// `send>receive sent=received,… -lost` of each transfer.
  var account: [String] {
    transfers.map { transfer in
      let pairs = transfer.descriptors.map { "\($0.sent)=\($0.received)" }
      let lost = transfer.lost > 0 ? " -\(transfer.lost)" : ""
      return "\(transfer.send)>\(transfer.receive) \(pairs.joined(separator: ","))\(lost)"
        + (transfer.isPeek ? " peek" : "")
    }
  }
}
