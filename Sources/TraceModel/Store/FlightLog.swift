/// How many descriptors were in flight after each step.
///
/// The kernel's own count (`scm_fds` of the sockets we see) is taken where it tells; a transfer
/// adds what was under way between its send and its receive. Both cost the same however long
/// the session is.
public struct FlightLog: Sendable {
  /// By the index of the step.
  public private(set) var counts: [Int32] = []

  private struct Queue {
    var descriptors = 0
    var holders = 0
  }

  private var sockets: [DescriptorHolder: UInt64] = [:]
  private var queues: [UInt64: Queue] = [:]
  private var total = 0
  /// A transfer over more steps than this leaves the steps in between as they were.
  private static let longestFill = 4096

  /// Takes the next event; `steps` are those of the timeline that already has it.
  mutating func append(_ event: EventSketch, steps: [Int]) {
    for row in event.rows { note(row) }
    if event.isStep {
      counts.append(Int32(clamping: total))
    } else if !event.rows.isEmpty, !counts.isEmpty {
      counts[counts.count - 1] = Int32(clamping: total)
    }
    if case .transfer(let send, let receive, let count) = event.link {
      fill(send: send, receive: receive, count: count, steps: steps)
    }
  }

  private mutating func note(_ row: EventSketch.Row) {
    let holder = DescriptorHolder(pid: row.pid, fd: row.fd)
    var inode: UInt64?
    if row.queued != nil, row.inode != 0 { inode = row.inode }
    if sockets[holder] != inode {
      if let old = sockets[holder] { release(old) }
      sockets[holder] = inode
      if let inode { queues[inode, default: Queue()].holders += 1 }
    }
    guard let inode, let count = row.queued else { return }
    total &+= count &- (queues[inode]?.descriptors ?? 0)
    queues[inode]?.descriptors = count
  }

  /// What is queued in a socket that nobody holds is closed by the kernel.
  private mutating func release(_ inode: UInt64) {
    guard var queue = queues[inode] else { return }
    queue.holders -= 1
    if queue.holders > 0 {
      queues[inode] = queue
    } else {
      total &-= queue.descriptors
      queues[inode] = nil
    }
  }

  private mutating func fill(send: Int, receive: Int, count: Int, steps: [Int]) {
    let send = steps.firstPlace(above: send) - 1
    let receive = steps.firstPlace(above: receive) - 1
    guard send >= 0, send < receive, receive - send <= Self.longestFill else { return }
    let count = Int32(clamping: count)
    for index in send..<receive { counts[index] = max(counts[index], count) }
  }

  /// Forgets the first `count` steps.
  mutating func forget(_ count: Int) { counts.removeFirst(count) }
}
