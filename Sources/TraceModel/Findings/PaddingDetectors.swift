import ControlMessages

/// Receive buffers whose padding let one more descriptor in than they were made for.
///
/// CMSG_SPACE is the same for one descriptor and for two, so nobody can tell for which of them a
/// buffer of that size was made. It is worth a note, and a warning once the program is seen to have
/// left the additional one alone.
struct SlackDetector: Detector {
  /// Processes that it was said of.
  private var told: Set<Int32> = []

  mutating func examine(_ sight: Sight) -> [Finding] {
    if case .process = sight.event.body { return atProcess(sight) }
    guard let message = sight.receive, let extra = message.descriptorInSlack,
      let control = message.control, told.insert(sight.event.pid).inserted
    else { return [] }
    let count = message.descriptorNumbers.count
    let sizes = Self.measures(control, count)
    return [
      Finding(
        .slack, .note, about: sight.event.sequence, descriptors: [extra], evidence: sizes,
        text: "\(sight.actor) received \(count) descriptors into a buffer of \(control.capacity) "
          + "bytes, which is CMSG_SPACE for \(count - 1) as well as for \(count). If it was made "
          + "for \(count - 1), \(extra) came in through the padding.",
        cure: Self.cure)
    ]
  }

  private mutating func atProcess(_ sight: Sight) -> [Finding] {
    let pid = sight.event.pid
    guard case .process(let record) = sight.event.body, !record.event.isBeginning else {
      return []
    }
    told.remove(pid)
    guard sight.isOwnEnd, let process = sight.ledger.processes[pid] else { return [] }
    let left = process.leftAlone.filter(\.isInSlack)
    guard let first = left.first else { return [] }
    return [
      Finding(
        .slack, .warning, about: first.receive,
        related: left.dropFirst().map(\.receive) + [sight.event.sequence],
        descriptors: left.map(\.facts.fd),
        text: "\(sight.actor) ended without having touched \(Prose.named(left.map(\.facts))), "
          + "which came in through the padding of a receive buffer made for one descriptor less.",
        cure: Self.cure)
    ]
  }

  private static func measures(_ control: ControlExcerpt, _ count: Int) -> [Finding.Measure] {
    [.init("arrived", count), .init("capacity", control.capacity)]
  }

  private static let cure =
    "Offer CMSG_LEN, not CMSG_SPACE, as msg_controllen to get no more than so many; or go through "
    + "all that came, by cmsg_len, and close what is not wanted."
}

/// Sent control messages whose length counts their padding, zeros, as one more descriptor.
struct PaddingDetector: Detector {
  mutating func examine(_ sight: Sight) -> [Finding] {
    guard let message = sight.send, message.descriptorNumbers.contains(0), message.carries,
      let control = message.control
    else { return [] }
    guard let record = control.recordWithPaddingSent,
      case .rights(let numbers) = record.message
    else { return [] }
    let meant = numbers.count - 1
    let zero = message.descriptors.last { $0.fd == 0 }.map { Prose.named([$0]) } ?? "0"
    return [
      Finding(
        .padding, .warning, about: sight.event.sequence, descriptors: [0],
        evidence: [
          .init("length", record.declaredLength),
          .init("needed", control.abi.length(payload: 4 * meant)),
        ],
        text: "\(sight.actor)'s cmsg_len is \(record.declaredLength), which is "
          + "CMSG_SPACE(\(4 * meant)), where \(Prose.list(Array(numbers.dropLast()))) "
          + "\(meant == 1 ? "needs" : "need") CMSG_LEN(\(4 * meant)) = "
          + "\(control.abi.length(payload: 4 * meant)). The padding counts as one more number, and "
          + "it is zeros: \(sight.actor)'s \(zero) went along.",
        cure: "Set cmsg_len to CMSG_LEN of the data; CMSG_SPACE is for msg_controllen. If 0 was "
          + "meant to go, all is well.")
    ]
  }
}

extension ControlExcerpt {
  /// An SCM_RIGHTS record that ends where the padding of one with a descriptor less would, with
  /// zeros there and no other 0 in it.
  var recordWithPaddingSent: ControlRecord? {
    records.first { record in
      guard case .rights(let numbers) = record.message, numbers.count > 1, numbers.last == 0,
        !numbers.dropLast().contains(0)
      else { return false }
      return record.declaredLength == abi.space(payload: 4 * (numbers.count - 1))
    }
  }
}
