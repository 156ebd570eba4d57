/// The descriptors of one process at one moment, with what the moment's event changed.
public struct DescriptorTable: Sendable, Hashable {
  /// How a row differs from the event before.
  public enum Mark: Sendable, Hashable {
    case new
    case changed
    case gone
  }

  /// Whose table.
  public let pid: Int32
  /// The rows by ascending number.
  public private(set) var rows: [DescriptorFacts]
  /// What the last event did to rows, by number.
  public private(set) var marks: [Int32: Mark]
  /// Rows that the last event removed, by ascending number.
  public private(set) var gone: [DescriptorFacts]

  /// An empty table.
  public init(pid: Int32) {
    self.pid = pid
    rows = []
    marks = [:]
    gone = []
  }

  /// The row of a number.
  public subscript(fd: Int32) -> DescriptorFacts? {
    let index = position(of: fd)
    return index < rows.count && rows[index].fd == fd ? rows[index] : nil
  }

  /// Descriptors sent to sockets of this process and not yet received (`scm_fds`).
  public var queued: Int { rows.reduce(0) { $0 + ($1.queued ?? 0) } }

  mutating func forgetMarks(butGone keepsGone: Bool = false) {
    if keepsGone {
      marks = marks.filter { $0.value == .gone }
    } else {
      marks.removeAll(keepingCapacity: true)
      gone.removeAll(keepingCapacity: true)
    }
  }

  mutating func apply(_ change: DescriptorChange) {
    let index = position(of: change.fd)
    let isHeld = index < rows.count && rows[index].fd == change.fd
    switch (change.now, isHeld) {
    case (let facts?, true):
      marks[change.fd] = Self.mark(from: rows[index], to: facts)
      rows[index] = facts
    case (let facts?, false):
      marks[change.fd] = .new
      rows.insert(facts, at: index)
    case (nil, true):
      marks[change.fd] = .gone
      gone.append(rows.remove(at: index))
    case (nil, false): break
    }
  }

  /// A number that was closed and opened again between two looks is new, not changed.
  private static func mark(from old: DescriptorFacts, to new: DescriptorFacts) -> Mark {
    old.target == new.target && old.description == new.description ? .changed : .new
  }

  private func position(of fd: Int32) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].fd < fd { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
