import ControlMessages

extension MessageQueue {
  /// One send or one receive, as far as it moves something through a queue.
  struct Part: Sendable {
    var sequence: Int
    var isStream = true
    /// How much of the queue it moves: bytes on a stream, 1 for any message elsewhere. Urgent bytes
    /// are not among them.
    var length: Int
    /// The descriptors in order; where a number could not be looked at, only the number.
    var descriptors: [DescriptorFacts] = []
    /// Where they come from, for a send; in the same order.
    var origins: [Origin?] = []
    /// The process that did it.
    var pid: Int32 = 0
    /// The bytes it moved, as far as they were read.
    var data: [UInt8] = []
    /// How many bytes it moved.
    var size = 0
    /// Whether a receive left out the end of a message.
    var isCut = false
    /// Whether a receive is known to have thrown descriptors away: the kernel sets MSG_CTRUNC,
    /// and a plain read always does.
    var losesDescriptors = false
    /// Whether it asked for no bytes at all: descriptors come all the same.
    var asksForNothing = false
    /// Whether it leaves what it shows in the queue.
    var isPeek = false
    /// Whether the last byte of a send is urgent (MSG_OOB).
    var isUrgent = false
    /// Whether nobody knows of how many messages a send is.
    var mayBeSeveral = false
    var entered: Int64?
    var time: Int64 = 0
    var start = 0

    /// The end of what it reaches; descriptors come with the first byte of their send.
    var reach: Int { start &+ (isStream && asksForNothing ? 1 : length) }

    init(sequence: Int, length: Int, descriptors: [DescriptorFacts]) {
      self.sequence = sequence
      self.length = length
      self.descriptors = descriptors
    }
  }
}

extension MessageQueue.Part {
  /// What an event moves through a queue; nil when it moves nothing.
  init?(_ event: TraceEvent) {
    switch event.body {
    case .send(let message), .receive(let message):
      guard let result = message.result, result >= 0 else { return nil }
      self.init(message, moved: result)
      if isUrgent, case .receive = event.body { return nil }
    case .call(let call):
      guard let result = call.result, result >= 0, call.socket != nil, call.movesData,
        !call.asksNobody
      else { return nil }
      self.init(call, moved: Int(clamping: result))
      if isUrgent, !call.isPlainSend { return nil }
    default: return nil
    }
    sequence = event.sequence
    pid = event.pid
    entered = event.entered
    time = event.time
  }

  private init(_ message: MessageRecord, moved: Int) {
    let isStream = message.socket.type == .stream
    self.init(
      sequence: 0, length: isStream ? moved : 1, descriptors: message.numberedDescriptors)
    self.isStream = isStream
    take(message.data.bytes, moved: moved)
    let flags = message.messageFlags ?? []
    isCut = flags.contains(.truncated)
    losesDescriptors = flags.contains(.controlTruncated)
    asksForNothing = message.messageFlags != nil && message.data.capacity == 0
    isPeek = message.flags.contains(.peek)
    isUrgent = message.flags.contains(.outOfBand)
    if isUrgent { length = max(0, length - 1) }
  }

  private init(_ call: CallRecord, moved: Int) {
    let isStream = call.socket?.type == .stream
    self.init(sequence: 0, length: isStream ? moved : 1, descriptors: [])
    self.isStream = isStream
    take(call.data?.bytes ?? [], moved: moved)
    // What a plain read leaves out of a message it does not tell.
    isCut = call.data.map { moved >= $0.capacity } ?? true
    isPeek = call.arguments.contains("MSG_PEEK")
    isUrgent = call.arguments.contains("MSG_OOB")
    if isUrgent { length = max(0, length - 1) }
    mayBeSeveral = !isStream && call.data == nil
    losesDescriptors = true
    // read(2) of 0 bytes does not even ask the socket.
    asksForNothing = call.name == "recvfrom" && call.data?.capacity == 0
  }

  private mutating func take(_ bytes: [UInt8], moved: Int) {
    // Nearly always all of them, which then need not be copied.
    data = bytes.count <= moved ? bytes : Array(bytes.prefix(moved))
    size = moved
  }
}

extension MessageRecord {
  /// What is known of each number in the control messages, in order. A number that was free again
  /// when we looked has a row with nothing in it, so that the others keep their places.
  var numberedDescriptors: [DescriptorFacts] {
    guard control != nil else { return descriptors }
    var known = descriptors[...]
    return descriptorNumbers.map { number in
      guard let facts = known.first, facts.fd == number else {
        return DescriptorFacts(fd: number, target: "")
      }
      known.removeFirst()
      return facts
    }
  }
}

extension CallRecord {
  /// Whether it moves plain data, and in which direction relative to ``socket``.
  private var direction: MessageQueue.Direction? {
    switch name {
    case "write", "writev", "pwritev2", "send", "sendto", "sendfile": .out
    case "read", "readv", "preadv2", "recv", "recvfrom": .in
    // Its descriptor is the one it takes from.
    case "splice": socket?.fd == fd ? .in : .out
    default: nil
    }
  }

  var movesData: Bool { direction != nil }

  /// Whether the kernel has nothing to do with the socket, for no byte is to be moved. A write of
  /// none is a message, and a recvfrom of none takes one.
  fileprivate var asksNobody: Bool {
    switch name {
    case "read", "readv", "preadv2", "writev", "pwritev2": data?.capacity == 0
    default: false
    }
  }

  /// Whether it sends plain data through ``socket``.
  var isPlainSend: Bool { direction == .out }
}

extension MessageQueue {
  /// The way data goes through a socket.
  fileprivate enum Direction { case `in`, out }
}
