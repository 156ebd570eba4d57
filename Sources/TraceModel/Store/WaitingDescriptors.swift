/// What waits in the queue of a socket, as far as it is known.
struct WaitingDescriptors: Sendable {
  /// Numbers by which the socket is held.
  var holders = 0
  /// What the kernel told last, less what was seen to leave since.
  private var told = 0
  /// Sends that no receive was seen for, in order.
  private var sends: [(sequence: UInt32, count: Int32)] = []
  private var sent = 0

  /// The kernel bounds what is in flight; what is beyond this was taken unseen.
  private static let limit = 4096

  /// How many descriptors there are. What the kernel tells may be from before a send was seen, and
  /// nobody may have asked it since.
  var count: Int { max(told, sent) }

  /// The kernel has told its count.
  mutating func tell(_ count: Int) {
    told = count
    // Where more was sent, the first were taken unseen.
    while sent > told, !sends.isEmpty { drop(1) }
  }

  /// A send has put descriptors into the queue.
  mutating func add(_ send: Int, count: Int) {
    guard count > 0 else { return }
    sends.append((UInt32(clamping: send), Int32(clamping: count)))
    sent += Int(Int32(clamping: count))
    if sends.count > Self.limit { drop(Self.limit / 4) }
  }

  /// A receive has been found to be that of a send, or to look at it. Whatever was sent before it is
  /// gone too. False when the send was not known to wait.
  mutating func take(_ send: Int, count: Int, isPeek: Bool) -> Bool {
    let place = sends.firstIndex { $0.sequence == send }
    guard !isPeek else { return place != nil }
    told = max(0, told &- count)
    if let place { drop(place + 1) }
    return place != nil
  }

  private mutating func drop(_ count: Int) {
    for send in sends.prefix(count) { sent -= Int(send.count) }
    sends.removeFirst(count)
  }
}
