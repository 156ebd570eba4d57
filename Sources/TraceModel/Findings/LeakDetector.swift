/// The same open file received again and again through one socket, and never closed.
struct LeakDetector: Detector {
  /// So many copies are no accident.
  static let first = 3

  private struct Copied: Hashable {
    let pid: Int32
    let file: PassingLedger.File
  }

  /// How many copies of a file are worth counting next: each finding waits for twice as many.
  private var next: [Copied: Int] = [:]

  mutating func examine(_ sight: Sight) -> [Finding] {
    let pid = sight.event.pid
    if case .process(let record) = sight.event.body, !record.event.isBeginning {
      next = next.filter { $0.key.pid != pid }
    }
    guard let message = sight.receive, !message.descriptors.isEmpty,
      let process = sight.ledger.processes[pid]
    else { return [] }
    return message.descriptors.compactMap { facts in
      // Nameless files share one inode, so without kcmp nothing tells them apart.
      guard facts.description != nil || facts.kind != .anonymous else { return nil }
      return leak(of: facts, through: message.socket, process, sight)
    }
  }

  private mutating func leak(
    of facts: DescriptorFacts, through socket: SocketInfo, _ process: PassingLedger.Process,
    _ sight: Sight
  ) -> Finding? {
    let file = PassingLedger.File(facts)
    let count = process.copies[file] ?? 0
    let key = Copied(pid: sight.event.pid, file: file)
    guard count >= next[key] ?? Self.first else { return nil }
    next[key] = 2 * count
    // Clients that each pass the terminal they share are no leak.
    let copies = process.receipts.values.filter {
      $0.file == file && $0.socket == socket.inode
    }
    guard copies.count >= Self.first else { return nil }
    let numbers = copies.map(\.facts.fd).sorted()
    let receives = Set(copies.map(\.receive)).subtracting([sight.event.sequence])
    return Finding(
      .leak, .warning, about: sight.event.sequence, related: receives.sorted().suffix(16),
      descriptors: numbers, evidence: [.init("copies", numbers.count)],
      text: "\(sight.actor) has received the same open file"
        + (facts.name.isEmpty ? "" : ", \(facts.name),") + " \(numbers.count) times through "
        + "its \(socket.fd) and closed none of them: \(Prose.list(numbers)).",
      cure: Self.cure(sight))
  }

  private static func cure(_ sight: Sight) -> String {
    let peeks = sight.receive?.flags.contains(.peek) == true
    return peeks
      ? "Each recvmsg with MSG_PEEK installs descriptors anew: close what a look has brought."
      : "Close each received descriptor when it has served; each receive gives a new number, also "
        + "for a file that is open already. At the limit (ulimit -n) descriptors get lost."
  }
}
