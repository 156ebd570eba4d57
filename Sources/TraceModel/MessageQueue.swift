/// What travels in one direction of one connection. Sends and receives are not one to one
/// (streams merge and split), so both are laid out along the same offsets and matched there.
///
/// Not every call is seen: others may write to the socket or read from it, io_uring moves bytes
/// without a call, and a session may begin in the middle of a conversation. Nor are calls that
/// run side by side always seen to return in the order in which the kernel served them. So the
/// place in the queue is never all that counts: files and bytes must not contradict it, and where
/// they did, it counts for nothing without them.
struct MessageQueue: Sendable {
  private var sentUpTo = 0
  private var receivedUpTo = 0
  private var lastReceived = Int64.min
  /// Whether something went through unseen since files or bytes last confirmed the offsets.
  private var isDisturbed = false
  /// Sends with descriptors that no receive has reached.
  private var sends: [Part] = []
  /// Sends whose turn went by without a receive that fits: taken by somebody unseen, or by a
  /// receive that has not been reported yet.
  private var passedOver: [Part] = []
  /// Sends whose descriptors go with an urgent byte; see ``UrgentSends``.
  private var urgent = UrgentSends()
  /// Receives whose send has not been reported: the receiver can be seen to return before the
  /// sender is.
  private var receives: [Part] = []

  /// The kernel bounds what is in flight; what is beyond these was taken unseen.
  private static let sendLimit = 4096
  private static let limit = 64

  /// Whether nothing is under way, so that an empty queue would do as well.
  var isEmpty: Bool {
    sends.isEmpty && passedOver.isEmpty && !urgent.wereThere && receives.isEmpty
      && sentUpTo == receivedUpTo
  }

  // MARK: Sends

  mutating func send(_ part: Part) -> [Transfer] {
    var part = part
    // What was entered after a receive had returned cannot stand before what that receive took:
    // something was sent that we did not see.
    if let entered = part.entered, entered >= lastReceived {
      sentUpTo = max(sentUpTo, receivedUpTo)
    }
    part.start = sentUpTo
    sentUpTo &+= part.length
    if part.mayBeSeveral { isDisturbed = true }
    if part.isUrgent { urgent.wereThere = true }
    // On a stream, zero bytes carry nothing: the kernel queues no message.
    guard !part.descriptors.isEmpty, part.length > 0 || part.isUrgent else { return [] }
    var transfers: [Transfer] = []
    while let index = fittingReceive(part) {
      let receive = receives.remove(at: index)
      transfers.append(Self.transfer(of: part, by: receive))
      if !receive.isPeek { return transfers }
    }
    if part.length == 0 {
      urgent.add(part)
    } else if part.start < receivedUpTo {
      passOver(part)
    } else {
      sends.append(part)
    }
    if sends.count > Self.sendLimit { sends.removeFirst(Self.sendLimit / 4) }
    return transfers
  }

  private func fittingReceive(_ send: Part) -> Int? {
    let fits = receives.indices.compactMap { index in
      fit(receives[index], send).map { (index, $0) }
    }
    // Of several that fit equally the first one; peeks come before what takes.
    return fits.max { $0.1 < $1.1 }?.0
  }

  private func fit(_ receive: Part, _ send: Part) -> Int? {
    guard receive.time >= send.entered ?? .min else { return nil }
    let isInTurn =
      !urgent.wereThere && receive.start <= send.start && send.start < receive.reach
    guard receive.descriptors.isEmpty else {
      return receive.fit(to: send, isInTurn: isInTurn, trustsOrder: !isDisturbed)
    }
    return isInTurn && claims(receive, takesUnread: send) ? 0 : nil
  }

  // MARK: Receives

  mutating func receive(_ part: Part) -> [Transfer] {
    var part = part
    part.start = receivedUpTo
    if !part.isPeek {
      receivedUpTo &+= part.length
      lastReceived = max(lastReceived, part.time)
    }
    let reached = sends.prefix { $0.start < part.reach }.count
    if !part.descriptors.isEmpty { return take(part, reached: reached) }
    if part.isPeek { return [] }
    return part.losesDescriptors ? lose(part, reached: reached) : delay(reached: reached)
  }

  /// Descriptors came: the kernel never lets one receive take those of two sends, so they are
  /// of the last one it reached, unless something else fits better.
  private mutating func take(_ part: Part, reached: Int) -> [Transfer] {
    let reached = urgent.wereThere ? 0 : reached
    let best = fittingSend(part, reached: reached)
    switch urgent.take(part, unlessFitting: best?.points) {
    case .nothing: break
    case .nobodyKnows: return []
    case .send(let send):
      if !part.isPeek { receivedUpTo = part.start &+ max(0, part.length - 1) }
      return [Self.transfer(of: send, by: part)]
    }
    if let index = best?.index {
      let send = sends[index]
      if !part.isPeek { remove(index, by: part, isInTurn: index == reached - 1) }
      return [Self.transfer(of: send, by: part)]
    }
    let late = passedOver.indices.first {
      part.fit(to: passedOver[$0], isInTurn: false, trustsOrder: false) != nil
    }
    if let late {
      let send = part.isPeek ? passedOver[late] : passedOver.remove(at: late)
      // Its place in the queue was counted when it was passed over.
      receivedUpTo = part.start
      return [Self.transfer(of: send, by: part)]
    }
    if reached > 0 { isDisturbed = true }
    park(part)
    return []
  }

  private func fittingSend(_ part: Part, reached: Int) -> (index: Int, points: Int)? {
    var best: (index: Int, points: Int)?
    func consider(_ index: Int) {
      let points = part.fit(
        to: sends[index], isInTurn: index == reached - 1, trustsOrder: !isDisturbed)
      if let points, points > best?.points ?? -1 { best = (index, points) }
    }
    if reached > 0 {
      consider(reached - 1)
      if let best, best.points >= Part.certainFit { return best }
    }
    for index in sends.indices.prefix(Self.limit) where index != reached - 1 { consider(index) }
    return best
  }

  /// Takes a send out of the queue. Those before it must have been taken before.
  private mutating func remove(_ index: Int, by part: Part, isInTurn: Bool) {
    let send = sends[index]
    for earlier in sends[..<index] { passOver(earlier) }
    sends.removeFirst(index + 1)
    if isInTurn {
      let files = FileEvidence(
        sent: send.descriptors, received: part.descriptors, someAreGone: part.losesDescriptors)
      if files == .same, index == 0 { isDisturbed = false }
    } else {
      isDisturbed = true
      receivedUpTo = send.start &+ min(part.length, send.length)
    }
  }

  /// Bytes were taken in a way that throws descriptors away.
  private mutating func lose(_ part: Part, reached: Int) -> [Transfer] {
    guard reached > 0 else {
      // It took what nobody has reported yet.
      if part.reach > sentUpTo { park(part) }
      return []
    }
    guard claims(part, takesUnread: sends[reached - 1]) else {
      isDisturbed = true
      return []
    }
    let send = sends[reached - 1]
    for earlier in sends[..<(reached - 1)] { passOver(earlier) }
    sends.removeFirst(reached)
    return [Self.transfer(of: send, by: part)]
  }

  /// Whether a receive that shows no descriptor took the bytes of a send.
  private func claims(_ receive: Part, takesUnread send: Part) -> Bool {
    if urgent.wereThere { return false }
    let offset = send.isStream ? send.start &- receive.start : 0
    return switch DataEvidence(sent: send, received: receive, offset: offset) {
    case .refuted: false
    case .unknown: !isDisturbed
    case .agrees: true
    }
  }

  /// Bytes came and no descriptors were lost, so the sends that seemed reached lie further on:
  /// something was sent before them that we did not see.
  private mutating func delay(reached: Int) -> [Transfer] {
    guard reached > 0 else { return [] }
    let shift = receivedUpTo &- sends[0].start
    for index in sends.indices { sends[index].start &+= shift }
    sentUpTo &+= shift
    isDisturbed = true
    return []
  }

  // MARK: Lists

  private mutating func passOver(_ send: Part) {
    passedOver.append(send)
    if passedOver.count > Self.limit { passedOver.removeFirst() }
  }

  private mutating func park(_ receive: Part) {
    receives.append(receive)
    if receives.count > Self.limit { receives.removeFirst() }
  }

  private static func transfer(of send: Part, by receive: Part) -> Transfer {
    let hop = Origin.Hop(pid: receive.pid, send: send.sequence, event: receive.sequence)
    let pairs = zip(send.descriptors, receive.descriptors).enumerated().map { index, pair in
      Transfer.Pair(
        sent: pair.0.fd, received: pair.1.fd, proof: Transfer.Proof(FileEvidence(pair.0, pair.1)),
        origin: send.origins.indices.contains(index)
          ? send.origins[index]?.leading(by: hop) : nil)
    }
    return Transfer(
      send: send.sequence, receive: receive.sequence, descriptors: pairs,
      lost: receive.isPeek ? 0 : max(0, send.descriptors.count - receive.descriptors.count),
      isPeek: receive.isPeek)
  }
}

extension Transfer.Proof {
  init(_ evidence: FileEvidence) {
    self =
      switch evidence {
      case .same: .kcmp
      case .alike: .inferred
      case .unknown, .refuted: .none
      }
  }
}
