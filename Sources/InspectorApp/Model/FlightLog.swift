import TraceModel

/// How many descriptors were in flight after each step.
///
/// The kernel's own count (`scm_fds` of the sockets we see) is taken where it tells; a transfer
/// adds what was under way between its send and its receive. Both cost the same however long
/// the session is.
struct FlightLog: Sendable {
  /// By the index of the step.
  private(set) var counts: [Int] = []

  /// A descriptor of some process that refers to a socket with a queue.
  private struct Holder: Hashable {
    var pid: Int32
    var fd: Int32
  }

  private struct Queue {
    var descriptors = 0
    var holders = 0
  }

  private var sockets: [Holder: UInt64] = [:]
  private var queues: [UInt64: Queue] = [:]
  private var total = 0
  /// A transfer over more steps than this leaves the steps in between as they were.
  private static let longestFill = 4096

  /// Takes the next event; `steps` are those of the timeline that already has it.
  mutating func append(_ event: TraceEvent, steps: [Int]) {
    for change in event.changes { note(change) }
    if event.isStep {
      counts.append(total)
    } else if !event.changes.isEmpty, !counts.isEmpty {
      counts[counts.count - 1] = total
    }
    if let transfer = event.transfer { fill(transfer, steps: steps) }
  }

  private mutating func note(_ change: DescriptorChange) {
    let holder = Holder(pid: change.pid, fd: change.fd)
    var inode: UInt64?
    if let facts = change.now, facts.queued != nil, facts.inode != 0 { inode = facts.inode }
    if sockets[holder] != inode {
      if let old = sockets[holder] { release(old) }
      sockets[holder] = inode
      if let inode { queues[inode, default: Queue()].holders += 1 }
    }
    guard let inode, let count = change.now?.queued else { return }
    total += count - (queues[inode]?.descriptors ?? 0)
    queues[inode]?.descriptors = count
  }

  /// What is queued in a socket that nobody holds is closed by the kernel.
  private mutating func release(_ inode: UInt64) {
    guard var queue = queues[inode] else { return }
    queue.holders -= 1
    if queue.holders > 0 {
      queues[inode] = queue
    } else {
      total -= queue.descriptors
      queues[inode] = nil
    }
  }

  private mutating func fill(_ transfer: Transfer, steps: [Int]) {
    let send = stepIndex(of: transfer.send, in: steps)
    let receive = stepIndex(of: transfer.receive, in: steps)
    guard let send, let receive, send < receive, receive - send <= Self.longestFill else { return }
    let count = transfer.descriptors.count + transfer.lost
    for index in send..<receive { counts[index] = max(counts[index], count) }
  }
}

/// The index in `steps` of the last step that is not after the event numbered `sequence`.
func stepIndex(of sequence: Int, in steps: [Int]) -> Int? {
  var low = 0
  var high = steps.count
  while low < high {
    let middle = (low + high) / 2
    if steps[middle] <= sequence { low = middle + 1 } else { high = middle }
  }
  return low > 0 ? low - 1 : nil
}
