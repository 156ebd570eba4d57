/// How many descriptors were in flight after each step.
///
/// What waits in the queue of a socket that somebody holds is the kernel's own count (`scm_fds`)
/// where it told it, and in free runs, where nobody asks it after every call, what was sent there
/// and not seen to be received. A transfer adds what was under way to a socket that nobody was seen
/// to hold. All of it costs the same however long the session is.
public struct FlightLog: Sendable {
  /// By the index of the step.
  public private(set) var counts: [Int32] = []

  /// What several queues held from a step on, the fullest first, a byte each; 0 where it was one
  /// queue or none, or more than fits.
  private struct Shares {
    var step: UInt32
    var packed: UInt32
  }

  /// Where it changed, ascending.
  private var shares: [Shares] = []
  /// The queues that are not empty.
  private var filled: [UInt64: Int] = [:]
  /// The steps that were forgotten.
  private var forgotten = 0

  private var sockets: [DescriptorHolder: UInt64] = [:]
  private var queues: [UInt64: WaitingDescriptors] = [:]
  /// The queue of the last message: what is told of a transfer follows the message that showed it.
  private var latest: UInt64 = 0
  private var total = 0
  /// Sends to sockets that nobody is known to hold: whoever does, a child for one, may just not have
  /// been seen yet.
  private var strays: [(queue: UInt64, send: Int, count: Int)] = []
  private static let strayLimit = 64
  /// A transfer over more steps than this leaves the steps in between as they were.
  private static let longestFill = 4096

  /// Takes the next event; `steps` are those of the timeline that already has it.
  mutating func append(_ event: EventSketch, steps: [Int]) {
    let before = total
    for row in event.rows { note(row, event.sequence, steps) }
    if event.queue != 0 {
      latest = event.queue
      noteSent(event)
    }
    if case .transfer(let send, let receive, let count, let isPeek) = event.link {
      var wasCounted = false
      change(latest) { wasCounted = $0.take(send, count: count, isPeek: isPeek) }
      if !wasCounted {
        let count = Int32(clamping: count)
        for index in places(from: send, to: receive, steps) {
          counts[index] = max(counts[index], count)
        }
        if !isPeek { strays.removeAll { $0.send == send } }
      }
    }
    if event.isStep {
      counts.append(Int32(clamping: total))
    } else if total != before, !counts.isEmpty {
      counts[counts.count - 1] = Int32(clamping: total)
    }
    if event.isStep || total != before || !event.rows.isEmpty { noteShares() }
  }

  private mutating func noteSent(_ event: EventSketch) {
    guard event.sent > 0 else { return }
    if queues[event.queue] == nil {
      strays.append((event.queue, event.sequence, event.sent))
      if strays.count > Self.strayLimit { strays.removeFirst() }
    } else {
      change(event.queue) { $0.add(event.sequence, count: event.sent) }
    }
  }

  /// Somebody turns out to hold a socket.
  private mutating func takeStrays(to inode: UInt64, _ sequence: Int, _ steps: [Int]) {
    for stray in strays where stray.queue == inode {
      change(inode) { $0.add(stray.send, count: stray.count) }
      let count = Int32(clamping: stray.count)
      for index in places(from: stray.send, to: sequence, steps) { counts[index] &+= count }
    }
    strays.removeAll { $0.queue == inode }
  }

  private mutating func note(_ row: EventSketch.Row, _ sequence: Int, _ steps: [Int]) {
    let holder = DescriptorHolder(pid: row.pid, fd: row.fd)
    var inode: UInt64?
    if row.queued != nil || row.socket != 0, row.inode != 0 { inode = row.inode }
    if sockets[holder] != inode {
      if let old = sockets[holder] { release(old) }
      sockets[holder] = inode
      if let inode {
        queues[inode, default: WaitingDescriptors()].holders += 1
        if !strays.isEmpty { takeStrays(to: inode, sequence, steps) }
      }
    }
    guard let inode, let count = row.queued else { return }
    change(inode) { $0.tell(count) }
  }

  /// Changes what waits in a queue, if somebody is known to hold its socket.
  private mutating func change(_ inode: UInt64, _ body: (inout WaitingDescriptors) -> Void) {
    guard let index = queues.index(forKey: inode) else { return }
    total &-= queues.values[index].count
    body(&queues.values[index])
    let count = queues.values[index].count
    total &+= count
    if count > 0 { filled[inode] = count } else if !filled.isEmpty { filled[inode] = nil }
  }

  /// What is queued in a socket that nobody holds is closed by the kernel.
  private mutating func release(_ inode: UInt64) {
    guard let queue = queues[inode] else { return }
    if queue.holders > 1 {
      queues[inode]?.holders -= 1
    } else {
      total &-= queue.count
      queues[inode] = nil
      filled[inode] = nil
    }
  }

  /// The steps between a send and what became of it.
  private func places(from send: Int, to end: Int, _ steps: [Int]) -> Range<Int> {
    let first = steps.firstPlace(above: send) - 1
    let last = steps.firstPlace(above: end) - 1
    let isKnown = first >= 0 && first < last && last - first <= Self.longestFill
    return isKnown ? first..<last : 0..<0
  }

  private mutating func noteShares() {
    guard !counts.isEmpty else { return }
    var packed: UInt32 = 0
    if 2...4 ~= filled.count, filled.values.allSatisfy({ $0 <= 0xFF }) {
      packed = filled.values.sorted().reduce(0) { $0 << 8 | UInt32(truncatingIfNeeded: $1) }
    }
    let step = UInt32(clamping: counts.count - 1 + forgotten)
    if shares.last?.step == step { shares.removeLast() }
    if shares.last?.packed ?? 0 != packed { shares.append(Shares(step: step, packed: packed)) }
  }

  /// How many descriptors each of several queues held after a step, the most first; empty where
  /// one queue or none held any, or too many did to tell them apart.
  public func queues(afterStep index: Int) -> [Int] {
    let place = shares.partitionPoint { Int($0.step) <= index + forgotten }
    guard place > 0 else { return [] }
    let packed = shares[place - 1].packed
    return [0, 8, 16, 24].map { Int(packed >> $0 & 0xFF) }.filter { $0 > 0 }
  }

  /// Forgets the first `count` steps.
  mutating func forget(_ count: Int) {
    counts.removeFirst(count)
    forgotten += count
    let place = shares.partitionPoint { Int($0.step) <= forgotten }
    shares.removeFirst(max(0, place - 1))
  }
}
