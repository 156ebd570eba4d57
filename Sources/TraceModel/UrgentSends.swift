/// Sends on a stream whose descriptors go with an urgent byte alone (MSG_OOB): of several bytes only
/// the last is urgent, and descriptors go with the first.
///
/// What becomes of that byte is the receiver's choice, of which no call tells us. By default it is
/// kept out of the stream: recv(MSG_OOB) takes it without the descriptors, any later receive throws
/// it away with them, and nobody is told. With SO_OOBINLINE, or when another urgent byte follows, it
/// arrives in its place like any other. So descriptors that do arrive are known by their files, and
/// nothing is said of those that do not; and since nobody knows how many bytes of the stream were
/// urgent ones, places in it prove nothing any more (queue_oob and manage_oob in net/unix/af_unix.c).
struct UrgentSends: Sendable {
  /// Whether an urgent byte was ever sent this way, with descriptors or without.
  var wereThere = false
  private var waiting: [MessageQueue.Part] = []

  private static let limit = 64

  /// What a receive of descriptors took.
  enum Taken {
    case nothing
    case send(MessageQueue.Part)
    /// One of these or another one, and nothing says which.
    case nobodyKnows
  }

  mutating func add(_ part: MessageQueue.Part) {
    waiting.append(part)
    if waiting.count > Self.limit { waiting.removeFirst() }
  }

  /// The send that fits a receive better than the best one of all others, which fits it as well as
  /// `points` say.
  mutating func take(_ receive: MessageQueue.Part, unlessFitting points: Int?) -> Taken {
    var best: (index: Int, points: Int)?
    for index in waiting.indices {
      let found = receive.fit(to: waiting[index], isInTurn: false, trustsOrder: false)
      if let found, found > best?.points ?? 0 { best = (index, found) }
    }
    guard let best, best.points >= points ?? 0 else { return .nothing }
    if best.points == points { return .nobodyKnows }
    return .send(receive.isPeek ? waiting[best.index] : waiting.remove(at: best.index))
  }
}
