/// Descriptors received without close-on-exec, and programs that have them open for that reason.
///
/// A receive is not judged before the process has done something else than to set the flag: a
/// program that does so at once makes no mistake that shows.
///
/// Source: `MSG_CMSG_CLOEXEC` in recv(2), `FD_CLOEXEC` in fcntl(2), `FIOCLEX` in ioctl(2).
struct InheritableDetector: Detector {
  /// The last receive of a process that is not judged yet.
  private var waiting: [Int32: Int] = [:]
  /// Processes that it was said of; they do it each time.
  private var told: Set<Int32> = []
  /// Receives that an exec was seen to pass on.
  private var warned: Set<Int> = []

  mutating func examine(_ sight: Sight) -> [Finding] {
    let pid = sight.event.pid
    switch sight.event.body {
    case .process(let record):
      switch record.event {
      case .executed:
        told.remove(pid)
        waiting[pid] = nil
        return passedOn(sight)
      case .exited, .killed:
        defer { told.remove(pid) }
        return judge(sight)
      case .started, .attached: return []
      }
    case .call(let call) where call.changesCloseOnExec: return []
    case .receive(let message):
      let found = judge(sight)
      if !message.flags.contains(.closeOnExec), !message.descriptors.isEmpty,
        !told.contains(pid)
      {
        waiting[pid] = sight.event.sequence
      }
      return found
    default: return judge(sight)
    }
  }

  private mutating func judge(_ sight: Sight) -> [Finding] {
    let pid = sight.event.pid
    guard let receive = waiting.removeValue(forKey: pid), !warned.contains(receive) else {
      return []
    }
    let open = receipts(of: pid, sight) { $0.receive == receive && !$0.facts.closeOnExec }
    guard !open.isEmpty else { return [] }
    told.insert(pid)
    let stay = open.count == 1 ? "stays" : "stay"
    return [
      Finding(
        .inheritable, .note, about: receive, descriptors: open.map(\.facts.fd),
        text: "\(sight.actor) received \(Prose.named(open.map(\.facts))) without close-on-exec: "
          + "\(Prose.it(open.count)) \(stay) open in every program that it, or a child of it, "
          + "executes.",
        cure: Self.cure)
    ]
  }

  /// What was received is still open after an exec.
  private mutating func passedOn(_ sight: Sight) -> [Finding] {
    let open = receipts(of: sight.event.pid, sight) { !warned.contains($0.receive) }
    guard let first = open.first else { return [] }
    let receives = Set(open.map(\.receive))
    warned.formUnion(receives)
    let names = Prose.named(open.map(\.facts))
    let text =
      first.isOwn
      ? "\(sight.actor) is a new program and still has \(names) open, received before its exec "
        + "without close-on-exec."
      : "\(sight.actor) began its program with \(names) open: "
        + "\(sight.ledger.name(of: first.receiver)) received \(Prose.them(open.count)) without "
        + "close-on-exec, and fork and exec passed \(Prose.them(open.count)) on."
    return [
      Finding(
        .inheritable, .warning, about: first.receive,
        related: receives.subtracting([first.receive]).sorted() + [sight.event.sequence],
        descriptors: open.map(\.facts.fd), text: text, cure: Self.cure)
    ]
  }

  private func receipts(
    of pid: Int32, _ sight: Sight, where isMeant: (PassingLedger.Receipt) -> Bool
  ) -> [PassingLedger.Receipt] {
    (sight.ledger.processes[pid]?.receipts.values.filter(isMeant) ?? [])
      .sorted { ($0.receive, $0.facts.fd) < ($1.receive, $1.facts.fd) }
  }

  private static let cure =
    "Pass MSG_CMSG_CLOEXEC to recvmsg; FD_CLOEXEC set afterwards comes too late for a fork and exec "
    + "by another thread. For a descriptor that a new program is meant to have, clear the flag in "
    + "the child."
}

extension CallRecord {
  /// Whether the call sets or clears close-on-exec of its descriptor and does nothing else.
  var changesCloseOnExec: Bool {
    switch name {
    case "fcntl": arguments.first == "F_SETFD"
    case "ioctl": arguments.first == "FIOCLEX" || arguments.first == "FIONCLEX"
    default: false
    }
  }
}
