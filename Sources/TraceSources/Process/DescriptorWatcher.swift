import TraceModel

/// Keeps the last seen descriptor table of every process and tells what changed since.
///
/// While somebody looks at every step it reads everything anew. While programs run freely it
/// relies on seeing every call that gives a number another meaning, and reads each number once.
final class DescriptorWatcher {
  private let reader: DescriptorReader
  private let standIns: StandIns
  private var identities: OpenFileIdentities
  private var tables: [Int32: [Int32: DescriptorFacts]] = [:]
  private var changes: [SeenChange] = []
  /// Rows as they are before a call that is about to close or to replace them.
  private var lastLooks: [OpenFileIdentities.Holder: DescriptorFacts] = [:]
  /// What was sent and not yet received, by the inode of the sending socket, in order: what the
  /// other end receives next is most likely the first of it.
  private var sent: [UInt64: SentQueue] = [:]

  /// Processes that share their table with another: what that one does to it is not seen here.
  private var shared: Set<Int32> = []

  /// Whether to read anew what is known already.
  var isThorough = true

  /// Larger tables are read whole once and then only where a call touched them.
  private static let wholeTableLimit = 128
  /// How far from the front of a queue the sent one is looked for; some may have been lost.
  private static let searchDepth = 8

  init(sockets: SocketDirectory) {
    let standIns = StandIns()
    self.standIns = standIns
    reader = DescriptorReader(sockets: sockets)
    identities = OpenFileIdentities { one, other in
      OpenFileIdentities.kcmp(standIns.holder(one), standIns.holder(other))
    }
  }

  /// The thread through which a process is looked at.
  func thread(of pid: Int32) -> Int32 { standIns.thread(of: pid) }

  /// The two share a table from now on.
  func share(_ one: Int32, _ other: Int32) { shared.formUnion([one, other]) }

  /// The process has got a table of its own, and is looked at through its first thread.
  func executed(_ pid: Int32) {
    shared.remove(pid)
    standIns.forget(pid)
  }

  /// Whether somebody is known to hold this open file description.
  func isHeld(_ description: Int) -> Bool { identities.isHeld(description) }

  /// The numbers of a process that were looked at and are in use.
  func known(_ pid: Int32) -> [Int32] { (tables[pid] ?? [:]).keys.sorted() }

  /// Reads the row of `fd` anew, however much is known of it.
  func lookAgain(_ pid: Int32, _ fd: Int32) { _ = look(pid, fd) }

  /// Reads a socket's row that is about to end, to be told with its end: what waits in its queue
  /// then is lost, and nobody else may have looked since it was sent.
  ///
  /// - Returns: How many descriptors wait there; nil where that is unknown.
  func takeLastLook(_ pid: Int32, _ fd: Int32) -> Int? {
    let facts = look(pid, fd)
    lastLooks[.init(pid: pid, fd: fd)] = facts
    return facts?.queued
  }

  /// The rows of a process that were about to end did not.
  func dropLastLooks(_ pid: Int32) {
    if !lastLooks.isEmpty { lastLooks = lastLooks.filter { $0.key.pid != pid } }
  }

  /// What was seen to have changed since the last call, the last state of each row. Where nobody
  /// looks at every step it is only that of `pid`: rows of others go with their own events, so
  /// that who is faster makes no difference.
  func takeChanges(with pid: Int32) -> [DescriptorChange] {
    var taken = changes
    if isThorough {
      changes.removeAll(keepingCapacity: true)
    } else {
      taken.removeAll { $0.holder.pid != pid }
      changes.removeAll { $0.holder.pid == pid }
    }
    if taken.count > 1 { taken = lastStates(of: taken) }
    let told = taken.map { DescriptorChange(pid: $0.holder.pid, fd: $0.holder.fd, now: $0.now) }
    return lastLooks.isEmpty ? told : told.flatMap(withLastLook)
  }

  /// The last change of each row, but for those of rows that are as free again as they were.
  private func lastStates(of taken: [SeenChange]) -> [SeenChange] {
    var seen: Set<OpenFileIdentities.Holder> = []
    var last = Array(taken.reversed().filter { seen.insert($0.holder).inserted }.reversed())
    let wasFree = Dictionary(taken.map { ($0.holder, $0.wasFree) }) { first, _ in first }
    last.removeAll {
      $0.now == nil && wasFree[$0.holder] == true && lastLooks[$0.holder] == nil
    }
    return last
  }

  private func withLastLook(_ change: DescriptorChange) -> [DescriptorChange] {
    let look = lastLooks.removeValue(forKey: .init(pid: change.pid, fd: change.fd))
    guard let look, change.now?.socket?.inode != look.socket?.inode else { return [change] }
    return [DescriptorChange(pid: change.pid, fd: change.fd, now: look), change]
  }

  /// Looks at the whole table of `pid`.
  func refresh(_ pid: Int32) {
    guard let numbers = numbers(of: pid) else { return }
    for fd in (tables[pid] ?? [:]).keys where !numbers.contains(fd) { closed(pid, fd) }
    for fd in numbers { _ = look(pid, fd) }
  }

  private func numbers(of pid: Int32) -> [Int32]? {
    let numbers = ProcessFiles.descriptors(thread(of: pid))
    guard numbers?.isEmpty != false, standIns.find(for: pid) else { return numbers }
    return ProcessFiles.descriptors(thread(of: pid))
  }

  /// Looks at the rows that a call has `touched`, and at the whole table where somebody looks on
  /// and it is small.
  func refresh(_ pid: Int32, touched: [Int32]) {
    if isThorough, tables[pid]?.count ?? 0 <= Self.wholeTableLimit {
      refresh(pid)
    } else {
      for fd in touched { _ = facts(pid, fd) }
    }
  }

  /// Looks at the rows of a process that waits in calls on the numbers `busy`. What such a call
  /// takes and installs belongs to its return, however soon after it that is seen.
  func refresh(_ pid: Int32, inCallsOn busy: Set<Int32>) {
    let known = self.known(pid)
    guard known.count <= Self.wholeTableLimit else { return }
    for fd in known where !busy.contains(fd) { _ = look(pid, fd) }
  }

  /// The row of `fd`, its identity included; nil when the number is free.
  func facts(_ pid: Int32, _ fd: Int32) -> DescriptorFacts? {
    if !isThorough, !shared.contains(pid), let known = tables[pid]?[fd],
      !InternetSocketName.mayChange(known.internet)
    {
      return known
    }
    return look(pid, fd)
  }

  /// Whether what was sent through the socket with this inode, and not received, is so little that
  /// whatever comes out will be found in it, and nothing of it needs a look at its receiver.
  func expectsPlainFiles(from sender: UInt64) -> Bool {
    guard !isThorough, let queue = sent[sender] else { return false }
    let waiting = queue.prefix(Self.searchDepth + 1)
    return !waiting.isEmpty && waiting.count <= Self.searchDepth
      && waiting.allSatisfy { tables[$0.pid]?[$0.fd]?.isDelicate == false }
  }

  /// The row of a number that a receive has just installed from what the socket `sender` sent.
  func received(_ pid: Int32, _ fd: Int32, from sender: UInt64?, closeOnExec: Bool)
    -> DescriptorFacts?
  {
    guard !isThorough, let sender, let queue = sent[sender] else { return look(pid, fd) }
    let holder = OpenFileIdentities.Holder(pid: pid, fd: fd)
    identities.forget(holder)
    for (depth, candidate) in queue.prefix(Self.searchDepth).enumerated() where candidate != holder
    {
      guard var facts = tables[candidate.pid]?[candidate.fd],
        let description = facts.description,
        identities.joins(holder, candidate, description)
      else { continue }
      sent[sender]?.removeFirst(depth + 1)
      // The same open file: all but the number and its flag is the same.
      facts.fd = fd
      facts.socket?.fd = fd
      facts.closeOnExec = closeOnExec
      set(pid, fd, facts)
      return facts
    }
    return look(pid, fd)
  }

  /// The rows were sent through the socket with inode `sender`.
  func sent(_ pid: Int32, _ numbers: [Int32], through sender: UInt64) {
    // A copy of a regular file, closed again, could reach its file system as a flush.
    for fd in numbers {
      let kind = tables[pid]?[fd]?.kind
      if kind == .socket || kind == .fifo { identities.watch(.init(pid: pid, fd: fd)) }
    }
    guard !isThorough, sender != 0, !numbers.isEmpty else { return }
    for fd in numbers { sent[sender, default: SentQueue()].append(.init(pid: pid, fd: fd)) }
  }

  /// The process is gone, with every row it had.
  func remove(_ pid: Int32) {
    for fd in (tables[pid] ?? [:]).keys.sorted() { closed(pid, fd) }
    tables[pid] = nil
    executed(pid)
  }

  /// `fd` was closed: whatever has its number later is another file.
  func closed(_ pid: Int32, _ fd: Int32) {
    identities.forget(.init(pid: pid, fd: fd))
    set(pid, fd, nil)
  }

  private func look(_ pid: Int32, _ fd: Int32) -> DescriptorFacts? {
    guard var facts = read(pid, fd) else {
      closed(pid, fd)
      return nil
    }
    facts.description = identities.identity(of: .init(pid: pid, fd: fd), facts)
    set(pid, fd, facts)
    return facts
  }

  private func read(_ pid: Int32, _ fd: Int32) -> DescriptorFacts? {
    if let facts = reader.facts(pid: thread(of: pid), fd: fd) { return facts }
    return standIns.find(for: pid) ? reader.facts(pid: thread(of: pid), fd: fd) : nil
  }

  private func set(_ pid: Int32, _ fd: Int32, _ now: DescriptorFacts?) {
    let before = tables[pid]?[fd]
    guard before != now else { return }
    tables[pid, default: [:]][fd] = now
    changes.append(
      SeenChange(holder: .init(pid: pid, fd: fd), now: now, wasFree: before == nil))
  }
}

/// A row's new state, nil for free.
private struct SeenChange {
  let holder: OpenFileIdentities.Holder
  let now: DescriptorFacts?
  /// Whether the number was free before.
  let wasFree: Bool
}

/// Descriptors in the order in which they were sent: taken at the front, added at the end.
private struct SentQueue {
  private var holders: [OpenFileIdentities.Holder] = []
  private var start = 0

  /// More than this were lost rather than are still to be received.
  private static let limit = 4096

  func prefix(_ count: Int) -> ArraySlice<OpenFileIdentities.Holder> {
    holders[start...].prefix(count)
  }

  mutating func append(_ holder: OpenFileIdentities.Holder) {
    holders.append(holder)
    if holders.count - start > Self.limit { removeFirst(1) }
  }

  mutating func removeFirst(_ count: Int) {
    start += count
    guard start > 1024, start * 2 > holders.count else { return }
    holders.removeFirst(start)
    start = 0
  }
}
