/// What travels in one direction of one connection. Sends and receives are not one to one
/// (streams merge and split), so both are laid out along the same offsets and matched there.
///
/// Not every call is seen: a program may also `write` to the socket, and a session may begin in
/// the middle of a conversation. Offsets are therefore corrected by what cannot be otherwise.
struct MessageQueue: Sendable {
  /// One send or one receive.
  struct Part: Sendable {
    var sequence: Int
    /// Bytes on a stream, 1 for any message elsewhere.
    var length: Int
    var descriptors: [DescriptorFacts]
    /// Whether a receive is known to have thrown descriptors away: the kernel sets MSG_CTRUNC,
    /// and a plain read always does.
    var losesDescriptors = false
    var entered: Int64?
    var time: Int64 = 0
    var start = 0

    init(sequence: Int, length: Int, descriptors: [DescriptorFacts]) {
      self.sequence = sequence
      self.length = length
      self.descriptors = descriptors
    }
  }

  private var sentUpTo = 0
  private var receivedUpTo = 0
  private var lastReceived = Int64.min
  /// Sends with descriptors that no receive has reached.
  private var sends: [Part] = []
  /// Receives with descriptors whose send has not been reported: the receiver can be seen to
  /// return before the sender is.
  private var receives: [Part] = []

  mutating func send(_ part: Part) -> [Transfer] {
    var part = part
    // What was entered after a receive had returned cannot stand before what that receive took:
    // something was sent that we did not see.
    if let entered = part.entered, entered >= lastReceived {
      sentUpTo = max(sentUpTo, receivedUpTo)
    }
    part.start = sentUpTo
    sentUpTo &+= part.length
    // On a stream, zero bytes carry nothing: the kernel queues no message.
    guard !part.descriptors.isEmpty, part.length > 0 else { return [] }
    guard part.start >= receivedUpTo else { return receivedAlready(part) }
    sends.append(part)
    return []
  }

  mutating func receive(_ part: Part) -> [Transfer] {
    var part = part
    part.start = receivedUpTo
    receivedUpTo &+= part.length
    lastReceived = max(lastReceived, part.time)
    // Descriptors come with the first byte of their send.
    var reached = sends.prefix { $0.start < receivedUpTo }.count
    if part.descriptors.isEmpty, !part.losesDescriptors {
      delaySends(from: reached)
      reached = 0
    } else if reached == 0, !part.descriptors.isEmpty {
      reached = skipToSend(of: part)
      if reached == 0 { receives.append(part) }
    }
    let taken = sends.prefix(reached)
    sends.removeFirst(reached)
    // The kernel never lets one receive take descriptors of two sends, so the last one reached
    // is the one whose descriptors came.
    return taken.enumerated().map { index, send in
      Self.transfer(of: send, by: part, taking: index == reached - 1 ? part.descriptors : [])
    }
  }

  /// Bytes came and no descriptors were lost, so the sends that seemed reached lie further on.
  private mutating func delaySends(from count: Int) {
    for index in 0..<count { sends[index].start = receivedUpTo }
    if count > 0 { sentUpTo = max(sentUpTo, receivedUpTo) }
  }

  /// Descriptors came although no send seemed reached, so bytes were received that we did not
  /// see. Returns how many of the waiting sends they bring to an end.
  private mutating func skipToSend(of part: Part) -> Int {
    guard !sends.isEmpty else { return 0 }
    let index = sends.firstIndex { Self.shows(part.descriptors, of: $0) } ?? 0
    receivedUpTo = sends[index].start &+ min(part.length, sends[index].length)
    return index + 1
  }

  private static func shows(_ received: [DescriptorFacts], of send: Part) -> Bool {
    guard let first = received.first, let sent = send.descriptors.first else { return false }
    return proof(sent, first) != .none
  }

  private mutating func receivedAlready(_ send: Part) -> [Transfer] {
    let index = receives.firstIndex {
      $0.start <= send.start && send.start < $0.start &+ max($0.length, 1)
    }
    guard let index else { return [] }
    let receive = receives.remove(at: index)
    return [Self.transfer(of: send, by: receive, taking: receive.descriptors)]
  }

  private static func transfer(
    of send: Part, by receive: Part, taking received: [DescriptorFacts]
  ) -> Transfer {
    let pairs = zip(send.descriptors, received).map { sent, received in
      Transfer.Pair(sent: sent.fd, received: received.fd, proof: proof(sent, received))
    }
    return Transfer(
      send: send.sequence, receive: receive.sequence, descriptors: pairs,
      lost: max(0, send.descriptors.count - received.count))
  }

  private static func proof(_ sent: DescriptorFacts, _ received: DescriptorFacts) -> Transfer.Proof
  {
    if let description = sent.description, description == received.description { return .kcmp }
    return sent.isSameFile(as: received) ? .inferred : .none
  }
}
