import TraceModel

/// Keeps the last seen descriptor table of every process and tells what changed since.
///
/// While somebody looks at every step it reads everything anew. While programs run freely it
/// relies on seeing every call that gives a number another meaning, and reads each number once.
final class DescriptorWatcher {
  private let reader: DescriptorReader
  private var identities = OpenFileIdentities()
  private var tables: [Int32: [Int32: DescriptorFacts]] = [:]
  private var changes: [DescriptorChange] = []
  /// Who sent descriptors lately: what is received next is most likely one of theirs.
  private var lately: [OpenFileIdentities.Holder] = []

  /// Whether to read anew what is known already.
  var isThorough = true

  /// Larger tables are read whole once and then only where a call touched them.
  private static let wholeTableLimit = 128
  private static let latelyLimit = 8

  init(sockets: SocketDirectory) { reader = DescriptorReader(sockets: sockets) }

  /// Reads the row of `fd` anew, however much is known of it.
  func lookAgain(_ pid: Int32, _ fd: Int32) { _ = look(pid, fd) }

  /// What was seen to have changed since the last call, the last state of each row.
  func takeChanges() -> [DescriptorChange] {
    defer { changes.removeAll(keepingCapacity: true) }
    guard changes.count > 1 else { return changes }
    var seen: Set<OpenFileIdentities.Holder> = []
    let last = changes.reversed().filter { seen.insert(.init(pid: $0.pid, fd: $0.fd)).inserted }
    return last.reversed()
  }

  /// Looks at the whole table of `pid`.
  func refresh(_ pid: Int32) {
    guard let numbers = ProcessFiles.descriptors(pid) else { return }
    for fd in (tables[pid] ?? [:]).keys where !numbers.contains(fd) { closed(pid, fd) }
    for fd in numbers { _ = look(pid, fd) }
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

  /// The row of `fd`, its identity included; nil when the number is free.
  func facts(_ pid: Int32, _ fd: Int32) -> DescriptorFacts? {
    if !isThorough, let known = tables[pid]?[fd] { return known }
    return look(pid, fd)
  }

  /// The row of a number that a receive has just installed.
  func received(_ pid: Int32, _ fd: Int32, closeOnExec: Bool) -> DescriptorFacts? {
    guard !isThorough else { return look(pid, fd) }
    let holder = OpenFileIdentities.Holder(pid: pid, fd: fd)
    identities.forget(holder)
    for sender in lately where sender != holder {
      guard var facts = tables[sender.pid]?[sender.fd], let description = facts.description,
        identities.joins(holder, sender, description)
      else { continue }
      // The same open file: all but the number and its flag is the same.
      facts.fd = fd
      facts.socket?.fd = fd
      facts.closeOnExec = closeOnExec
      set(pid, fd, facts)
      return facts
    }
    return look(pid, fd)
  }

  /// The rows were sent.
  func sent(_ pid: Int32, _ numbers: [Int32]) {
    for fd in numbers {
      let holder = OpenFileIdentities.Holder(pid: pid, fd: fd)
      if lately.first == holder { continue }
      lately.removeAll { $0 == holder }
      lately.insert(holder, at: 0)
    }
    if lately.count > Self.latelyLimit { lately.removeLast(lately.count - Self.latelyLimit) }
  }

  /// The process is gone, with every row it had.
  func remove(_ pid: Int32) {
    for fd in (tables[pid] ?? [:]).keys.sorted() { closed(pid, fd) }
    tables[pid] = nil
  }

  /// `fd` was closed: whatever has its number later is another file.
  func closed(_ pid: Int32, _ fd: Int32) {
    identities.forget(.init(pid: pid, fd: fd))
    set(pid, fd, nil)
  }

  private func look(_ pid: Int32, _ fd: Int32) -> DescriptorFacts? {
    guard var facts = reader.facts(pid: pid, fd: fd) else {
      closed(pid, fd)
      return nil
    }
    facts.description = identities.identity(of: .init(pid: pid, fd: fd), facts)
    set(pid, fd, facts)
    return facts
  }

  private func set(_ pid: Int32, _ fd: Int32, _ now: DescriptorFacts?) {
    guard tables[pid]?[fd] != now else { return }
    tables[pid, default: [:]][fd] = now
    changes.append(DescriptorChange(pid: pid, fd: fd, now: now))
  }
}
