/// Files handed to a process of another user that reach further than they may look: rights are
/// checked when a file is opened, and never again.
struct HandoverDetector: Detector {
  mutating func examine(_ sight: Sight) -> [Finding] {
    sight.transfers.flatMap { findings(in: $0, sight) }
  }

  private func findings(in transfer: Transfer, _ sight: Sight) -> [Finding] {
    guard let send = sight.ledger.message(transfer.send), let sender = send.user,
      let receive = sight.ledger.message(transfer.receive), let receiver = receive.user,
      // Root could have opened them itself.
      sender != receiver, receiver != 0
    else { return [] }
    let handed = zip(send.descriptors, transfer.descriptors).map(\.0)
    let names = "\(sight.ledger.name(of: send.pid)) (user \(sender)) handed"
    let heir = "\(sight.ledger.name(of: receive.pid)) (user \(receiver))"
    let users = [Finding.Measure("sender", Int(sender)), .init("receiver", Int(receiver))]
    let directories = handed.filter { $0.kind == .directory && $0.owner != receiver }
    let files = handed.filter(\.isWritableOfRoot)
    var found: [Finding] = []
    if !directories.isEmpty {
      found.append(
        Finding(
          .directory, .warning, about: transfer.send, related: [transfer.receive],
          descriptors: directories.map(\.fd), evidence: users,
          text: "\(names) \(heir) \(Self.directories(directories)). With openat the receiver opens "
            + "what lies below it and, by \"..\", above it: no directory on the way there stops it, "
            + "and no chroot.",
          cure: "Pass the files that are wanted rather than the directory."))
    }
    if !files.isEmpty {
      found.append(
        Finding(
          .writable, .warning, about: transfer.send, related: [transfer.receive],
          descriptors: files.map(\.fd), evidence: users,
          text: "\(names) \(heir) \(Prose.named(files)), open for writing, which "
            + "\(files.count == 1 ? "belongs" : "belong") to root and not everybody may write.",
          cure: "Open it O_RDONLY before it is passed, unless the receiver is meant to change it: "
            + "what may be done with an open file was decided when it was opened."))
    }
    return found
  }

  private static func directories(_ rows: [DescriptorFacts]) -> String {
    (rows.count == 1 ? "the directory " : "the directories ") + Prose.named(rows)
  }
}
