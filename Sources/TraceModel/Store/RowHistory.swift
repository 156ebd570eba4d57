/// When each row of each table changed: where to look for what it was at any moment.
struct RowHistory: Sendable {
  private struct Row: Sendable {
    /// Sequence numbers, ascending; with ``closed`` where the number is free from then on.
    var changes: [UInt32] = []
    /// The socket behind it now; 0 where it is none.
    var socket: UInt64 = 0
  }

  private struct Process: Sendable {
    /// Every number it ever had.
    var numbers: [Int32] = []
    /// How many of them are in use.
    var openCount = 0
    /// The last change that left none in use.
    var emptied: UInt32 = 0
  }

  private var rows: [DescriptorHolder: Row] = [:]
  private var processes: [Int32: Process] = [:]

  private static let closed: UInt32 = 0x8000_0000

  /// Takes note of a row; returns the socket that was behind it before, 0 for none.
  mutating func note(_ row: EventSketch.Row, at sequence: UInt32) -> UInt64 {
    let holder = DescriptorHolder(pid: row.pid, fd: row.fd)
    let change = row.isOpen ? sequence : sequence | Self.closed
    var wasOpen = false
    let before = rows[holder]?.socket ?? 0
    if let last = rows[holder]?.changes.last {
      wasOpen = last & Self.closed == 0
      // Of several changes in one event the last one stays.
      if last & ~Self.closed == sequence { rows[holder]?.changes.removeLast() }
    } else {
      processes[row.pid, default: Process()].numbers.append(row.fd)
    }
    rows[holder, default: Row()].changes.append(change)
    rows[holder]?.socket = row.isOpen ? row.socket : 0
    if wasOpen != row.isOpen { count(row, at: sequence) }
    return before
  }

  private mutating func count(_ row: EventSketch.Row, at sequence: UInt32) {
    processes[row.pid]?.openCount += row.isOpen ? 1 : -1
    if processes[row.pid]?.openCount == 0 { processes[row.pid]?.emptied = sequence }
  }

  /// The rows in use just after an event, each with the event that made it what it was then.
  func open(at sequence: Int) -> [(holder: DescriptorHolder, since: Int)] {
    var found: [(holder: DescriptorHolder, since: Int)] = []
    for (pid, process) in processes {
      // Most processes of a long session are gone for good.
      if process.openCount == 0, process.emptied <= sequence { continue }
      for fd in process.numbers {
        let holder = DescriptorHolder(pid: pid, fd: fd)
        if let since = lastOpening(of: holder, upTo: sequence) { found.append((holder, since)) }
      }
    }
    return found
  }

  /// The event that made a row what it is just after the event `sequence`; nil when its number
  /// is free then.
  func lastOpening(of holder: DescriptorHolder, upTo sequence: Int) -> Int? {
    guard let changes = rows[holder]?.changes else { return nil }
    let place = changes.partitionPoint { Int($0 & ~Self.closed) <= sequence }
    guard place > 0, changes[place - 1] & Self.closed == 0 else { return nil }
    return Int(changes[place - 1])
  }

  /// The events that changed a row since its number was last free, ascending; none when it is free
  /// just after the event `sequence`.
  func changesSinceOpening(of holder: DescriptorHolder, upTo sequence: Int) -> [Int] {
    guard let changes = rows[holder]?.changes else { return [] }
    let place = changes.partitionPoint { Int($0 & ~Self.closed) <= sequence }
    let open = changes[..<place].reversed().prefix { $0 & Self.closed == 0 }
    return open.reversed().map { Int($0) }
  }

  /// The first event after `sequence` that freed a number.
  func firstClosing(of holder: DescriptorHolder, after sequence: Int) -> Int? {
    later(holder, sequence).first { $0 & Self.closed != 0 }.map { Int($0 & ~Self.closed) }
  }

  /// The events between two others that changed a row.
  func changes(of holder: DescriptorHolder, after sequence: Int, before end: Int) -> [Int] {
    later(holder, sequence).prefix { Int($0 & ~Self.closed) < end }
      .map { Int($0 & ~Self.closed) }
  }

  private func later(_ holder: DescriptorHolder, _ sequence: Int) -> ArraySlice<UInt32> {
    guard let changes = rows[holder]?.changes else { return [] }
    return changes[changes.partitionPoint { Int($0 & ~Self.closed) <= sequence }...]
  }

  /// Forgets what was before an event, but for what each row was then.
  mutating func forget(before sequence: Int) {
    for (holder, row) in rows {
      let place = row.changes.partitionPoint { Int($0 & ~Self.closed) <= sequence }
      guard place > 0 else { continue }
      let isGone = place == row.changes.count && row.changes[place - 1] & Self.closed != 0
      if isGone {
        rows[holder] = nil
        processes[holder.pid]?.numbers.removeAll { $0 == holder.fd }
        if processes[holder.pid]?.numbers.isEmpty ?? false { processes[holder.pid] = nil }
      } else {
        rows[holder]?.changes.removeFirst(place - 1)
      }
    }
  }
}
