/// Descriptors that a process received and did nothing with until it ended.
struct UnusedDetector: Detector {
  mutating func examine(_ sight: Sight) -> [Finding] {
    guard sight.isOwnEnd, let process = sight.ledger.processes[sight.event.pid] else { return [] }
    let left = process.leftAlone.filter { !$0.isInSlack }
    guard let first = left.first else { return [] }
    return [
      Finding(
        .unused, .note, about: first.receive,
        related: left.dropFirst().prefix(Leftovers.relatedLimit).map(\.receive)
          + [sight.event.sequence],
        descriptors: left.map(\.facts.fd), evidence: [.init("count", left.count)],
        text: "\(sight.actor) received \(Prose.named(left.map(\.facts))) and neither used nor "
          + "closed \(Prose.them(left.count)) until it ended (\(Leftovers.unseen)).",
        cure: "Close what is not wanted as soon as it arrives: until then it takes a number, and "
          + "keeps the file open.")
    ]
  }
}

/// Descriptors that a process sent and then left open without further use until it ended.
struct KeptDetector: Detector {
  mutating func examine(_ sight: Sight) -> [Finding] {
    guard sight.isOwnEnd, let process = sight.ledger.processes[sight.event.pid] else { return [] }
    let kept = process.keptParcels
    guard let first = kept.first else { return [] }
    let holdsStream = kept.contains { parcel in
      parcel.facts.kind == .socket || parcel.facts.kind == .fifo && parcel.facts.flags.canWrite
    }
    return [
      Finding(
        .kept, .note, about: first.send,
        related: kept.dropFirst().prefix(Leftovers.relatedLimit).map(\.send)
          + [sight.event.sequence],
        descriptors: kept.map(\.facts.fd), evidence: [.init("count", kept.count)],
        text: "\(sight.actor) sent \(Prose.named(kept.map(\.facts))) and kept its own "
          + "\(kept.count == 1 ? "copy" : "copies") until it ended, without using "
          + "\(Prose.them(kept.count)) again (\(Leftovers.unseen))."
          + (holdsStream ? " Meanwhile whoever reads the other end sees no end of file." : ""),
        cure: "Close a descriptor once sendmsg has returned, if only the receiver is to have it: "
          + "the queue holds a reference of its own.")
    ]
  }
}

private enum Leftovers {
  /// One finding names no more events than this.
  static let relatedLimit = 16
  static let unseen = "calls such as mmap and ioctl are not watched"
}

extension PassingLedger.Process {
  /// What it received and did nothing with, in the order in which it came. Only what can be told:
  /// each use would have been seen, and nobody else may use it on the process's behalf.
  var leftAlone: [PassingLedger.Receipt] {
    guard !hasRing else { return [] }
    let left = receipts.values.filter { receipt in
      receipt.isOwn && !receipt.isUsed && isOwnNumber(receipt.facts)
        // What piles up is a leak, and was told.
        && copies[receipt.file] ?? 0 < LeakDetector.first
    }
    return left.sorted { ($0.receive, $0.facts.fd) < ($1.receive, $1.facts.fd) }
  }

  /// What it sent and did nothing with afterwards, in the order of the sends.
  var keptParcels: [PassingLedger.Parcel] {
    guard !hasRing else { return [] }
    return parcels.values.filter { !$0.isUsed && isOwnNumber($0.facts) }
      .sorted { ($0.send, $0.facts.fd) < ($1.send, $1.facts.fd) }
  }

  private func isOwnNumber(_ facts: DescriptorFacts) -> Bool {
    facts.fd > 2 && !inherited.contains(facts.fd) && facts.isUseSeen
  }
}

extension DescriptorFacts {
  /// Whether it is usually used by calls that are watched. Memory is mapped, directories are
  /// opened from, most devices and nameless files have calls of their own; and what kcmp knows
  /// nothing of is not recognised in a call.
  fileprivate var isUseSeen: Bool {
    guard description != nil else { return false }
    switch kind {
    case .fifo, .socket: return true
    case .regular: return !target.hasSuffix(" (deleted)") && !target.hasPrefix("/dev/shm/")
    case .character:
      return ["/dev/pts/", "/dev/tty", "/dev/ptmx", "/dev/null"].contains(where: target.hasPrefix)
    case .directory, .block, .link, .anonymous, .other: return false
    }
  }
}
