import TraceModel

/// Keeps the last seen descriptor table of every process and tells what changed since.
final class DescriptorWatcher {
  private let reader: DescriptorReader
  private var identities = OpenFileIdentities()
  private var tables: [Int32: [Int32: DescriptorFacts]] = [:]

  /// Larger tables are read whole once and then only where a call touched them.
  static let wholeTableLimit = 128

  init(sockets: SocketDirectory) { reader = DescriptorReader(sockets: sockets) }

  /// Every difference between the table of `pid` now and when it was last seen.
  func refresh(_ pid: Int32) -> [DescriptorChange] {
    guard let numbers = ProcessFiles.descriptors(pid) else { return [] }
    let gone = (tables[pid] ?? [:]).keys.filter { !numbers.contains($0) }.sorted()
    return (gone + numbers).compactMap { refresh(pid, $0) }
  }

  /// The same, reading only what is cheap: the whole table where it is small, `touched` otherwise.
  func refresh(_ pid: Int32, touched: [Int32]) -> [DescriptorChange] {
    if let known = tables[pid], known.count > Self.wholeTableLimit {
      return Set(touched).sorted().compactMap { refresh(pid, $0) }
    }
    return refresh(pid)
  }

  /// The row of `fd` now, its identity included.
  func facts(_ pid: Int32, _ fd: Int32) -> DescriptorFacts? {
    guard var facts = reader.facts(pid: pid, fd: fd) else { return nil }
    facts.description = identities.identity(of: .init(pid: pid, fd: fd), facts)
    return facts
  }

  /// The process is gone: every row it had.
  func remove(_ pid: Int32) -> [DescriptorChange] {
    let rows = tables.removeValue(forKey: pid) ?? [:]
    return rows.keys.sorted().map { fd in
      identities.forget(.init(pid: pid, fd: fd))
      return DescriptorChange(pid: pid, fd: fd, now: nil)
    }
  }

  /// `fd` was closed: whatever has its number now is another file.
  func closed(_ pid: Int32, _ fd: Int32) { identities.forget(.init(pid: pid, fd: fd)) }

  /// The last seen row of `fd`.
  func lastSeen(_ pid: Int32, _ fd: Int32) -> DescriptorFacts? { tables[pid]?[fd] }

  private func refresh(_ pid: Int32, _ fd: Int32) -> DescriptorChange? {
    let before = tables[pid]?[fd]
    let now = facts(pid, fd)
    guard before != now else { return nil }
    if now == nil { identities.forget(.init(pid: pid, fd: fd)) }
    tables[pid, default: [:]][fd] = now
    return DescriptorChange(pid: pid, fd: fd, now: now)
  }
}
