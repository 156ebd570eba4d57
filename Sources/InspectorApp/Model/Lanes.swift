import TraceModel

/// Which two processes the screen compares, and which more have lanes where there is room.
struct Lanes: Sendable, Hashable {
  var left: Int32?
  var right: Int32?
  /// The processes of the lanes to the right of those two.
  var further: [Int32] = []
  /// The sides that keep their process, whatever the chosen event is about.
  var pinned: Set<Side> = []

  var sides: [Side] { right == nil ? [.left] : [.left, .right] }

  func pid(_ side: Side) -> Int32? { side == .left ? left : right }

  func side(of pid: Int32) -> Side? {
    if pid == left { return .left }
    return pid == right ? .right : nil
  }

  /// The place of a process's lane: 0 is left of the kernel's, the others are right of it.
  func place(of pid: Int32) -> Int? {
    if pid == left { return 0 }
    if pid == right { return 1 }
    return further.firstIndex(of: pid).map { $0 + 2 }
  }

  /// Shows the next process on a side and pins it there; after the last one the side follows the
  /// events again.
  mutating func turn(_ side: Side, through known: [ProcessSummary]) {
    let other = pid(side == .left ? .right : .left)
    var choices: [Int32] = []
    for process in known where process.pid != other && !choices.contains(process.pid) {
      choices.append(process.pid)
    }
    guard !choices.isEmpty else { return }
    let place = pid(side).flatMap { choices.firstIndex(of: $0) }
    let next = place.map { $0 + 1 } ?? 0
    if pinned.contains(side), next == choices.count {
      pinned.remove(side)
    } else {
      pinned.insert(side)
      put(choices[next % choices.count], on: side)
    }
  }

  mutating func put(_ pid: Int32, on side: Side) {
    if side == .left { left = pid } else { right = pid }
  }

  /// The lanes for what the screen shows: those there were, unless `event` is about others.
  mutating func follow(
    _ event: TraceEvent?, in history: History, tables: [Int32: DescriptorTable]
  ) {
    let known = history.timeline.processes
    fill(from: known)
    guard let event, event.pid != 0 else { return }
    var pair = [event.pid]
    if let other = Self.other(of: event, in: history, tables: tables), other != event.pid {
      pair.append(other)
    }
    guard pinned.isEmpty else {
      follow(pair)
      return
    }
    if pair.allSatisfy({ side(of: $0) != nil }) { return }
    if pair.count < 2,
      let keep = [left, right].compactMap(\.self).first(where: { $0 != event.pid })
    {
      pair.append(keep)
    }
    set(pair, from: known)
  }

  /// Brings a process that is spoken of to a side, beside the one that the event is about.
  mutating func show(_ pid: Int32, beside event: TraceEvent?, from known: [ProcessSummary]) {
    guard side(of: pid) == nil, pinned.isEmpty else { return }
    let keep = event.flatMap { side(of: $0.pid) == nil ? nil : $0.pid } ?? left
    set([keep, pid].compactMap(\.self), from: known)
  }

  /// Gives the side that is not pinned to one of these processes.
  private mutating func follow(_ pair: [Int32]) {
    for free in Side.allCases where !pinned.contains(free) {
      let fixed = pid(free == .left ? .right : .left)
      if let pid = pair.first(where: { $0 != fixed }) { put(pid, on: free) }
    }
  }

  /// The first two processes are shown as soon as they are there.
  private mutating func fill(from known: [ProcessSummary]) {
    guard left == nil || right == nil else { return }
    for process in known.prefix(2) where side(of: process.pid) == nil {
      set([left, process.pid].compactMap(\.self), from: known)
    }
  }

  /// Servers stand on the left and clients on the right; others in the order of appearance.
  private mutating func set(_ pair: [Int32], from known: [ProcessSummary]) {
    func rank(_ pid: Int32) -> Int {
      let index = known.firstIndex { $0.pid == pid } ?? known.count
      switch known.indices.contains(index) ? known[index].role : nil {
      case "server": return index - known.count
      case "client": return index + known.count
      default: return index
      }
    }
    let sorted = pair.sorted { rank($0) < rank($1) }
    left = sorted.first
    right = sorted.count > 1 ? sorted[1] : nil
  }

  /// The process at the other end of what `event` was done to.
  private static func other(
    of event: TraceEvent, in history: History, tables: [Int32: DescriptorTable]
  ) -> Int32? {
    if let counterpart = history.counterpart(of: event) { return counterpart.event.pid }
    var socket = event.message?.socket
    if case .call(let call) = event.body { socket = call.socket }
    guard let peer = socket?.peer else { return nil }
    let holders = tables.values.filter { table in table.rows.contains { $0.inode == peer } }
    return holders.map(\.pid).filter { $0 != event.pid }.min()
  }
}
