/// What two looks at descriptors say about whether they show one open file.
enum FileEvidence: Int, Sendable, Comparable {
  /// They show different files.
  case refuted
  /// They could not be compared, or what they show is shared by files that have nothing in common.
  case unknown
  /// They show the same file, opened the same way.
  case alike
  /// kcmp(2) said that they refer to one open file description.
  case same

  static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }

  init(_ one: DescriptorFacts, _ other: DescriptorFacts) {
    self =
      if let description = one.description, description == other.description {
        .same
      } else if one.inode == 0 || other.inode == 0 {
        .unknown
      } else if !one.isSameFile(as: other) || Self.areOpenedDifferently(one, other) {
        .refuted
      } else if one.kind == .anonymous || one.target.hasPrefix("anon_inode:") {
        // Every eventfd, epoll and timerfd of the system has the same inode.
        one.target == other.target ? .unknown : .refuted
      } else {
        .alike
      }
  }

  /// The descriptors of a receive and those of a send: all of them arrive, in order, unless the
  /// receive was told that some are gone.
  init(sent: [DescriptorFacts], received: [DescriptorFacts], someAreGone: Bool) {
    guard received.count == sent.count || someAreGone && received.count < sent.count else {
      self = .refuted
      return
    }
    self = zip(sent, received).map { FileEvidence($0, $1) }.min() ?? .unknown
  }

  /// An open file description keeps its access mode, O_PATH included, for life: that is how the
  /// two ends of a pipe, which share an inode, differ.
  private static func areOpenedDifferently(_ one: DescriptorFacts, _ other: DescriptorFacts) -> Bool
  {
    // Without an offset the flags were not read either: both stand in fdinfo.
    guard one.position != nil, other.position != nil else { return false }
    let fixed: UInt32 = 0o10000003
    return one.flags.rawValue & fixed != other.flags.rawValue & fixed
  }
}

/// What the bytes that went with descriptors say about whether a receive took from a send.
enum DataEvidence: Sendable {
  case refuted
  case unknown
  case agrees

  /// The send would begin at `offset` in what was received.
  init(sent: MessageQueue.Part, received: MessageQueue.Part, offset: Int) {
    if !sent.isStream, sent.size < received.size || !received.isCut && sent.size > received.size {
      self = .refuted
    } else if offset < 0 || offset >= received.data.count || sent.data.isEmpty {
      self = .unknown
    } else {
      let matches = zip(received.data[offset...], sent.data).allSatisfy { $0 == $1 }
      self = matches ? .agrees : .refuted
    }
  }

  /// The send would begin anywhere in what was received from a stream.
  init(sent: MessageQueue.Part, in received: MessageQueue.Part) {
    guard !sent.data.isEmpty, received.size > 0, received.data.count == received.size else {
      self = .unknown
      return
    }
    let isFound = received.data.indices.contains {
      if case .agrees = DataEvidence(sent: sent, received: received, offset: $0) {
        true
      } else {
        false
      }
    }
    // Short data is found everywhere.
    self = isFound ? .unknown : .refuted
  }
}

extension MessageQueue.Part {
  /// How well a receive fits a send; nil where it cannot be, or nothing says that it is. That by
  /// the order of the queue the send is in turn counts alone only as long as that order can be
  /// trusted: until something goes through unseen.
  func fit(to send: Self, isInTurn: Bool, trustsOrder: Bool) -> Int? {
    let files = FileEvidence(
      sent: send.descriptors, received: descriptors, someAreGone: losesDescriptors)
    guard files > .refuted else { return nil }
    // Out of its turn, nobody knows at which of the received bytes a send began.
    let data =
      isInTurn || !isStream
      ? DataEvidence(sent: send, received: self, offset: isStream ? send.start &- start : 0)
      : DataEvidence(sent: send, in: self)
    var points = [.unknown: 0, .alike: 3, .same: 6][files] ?? 0
    switch data {
    case .refuted where files < .same: return nil
    // A program may change its buffer while we read it.
    case .refuted: points -= 2
    case .unknown: break
    case .agrees: points += 2
    }
    if isInTurn, trustsOrder { return points + 1 }
    return points > 0 ? points : nil
  }

  /// Points from which on no other send can fit better.
  static let certainFit = 7
}
