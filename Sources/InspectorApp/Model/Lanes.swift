import TraceModel

/// Which two processes the screen compares.
struct Lanes: Sendable, Hashable {
  var left: Int32?
  var right: Int32?

  var sides: [Side] { right == nil ? [.left] : [.left, .right] }

  func pid(_ side: Side) -> Int32? { side == .left ? left : right }

  func side(of pid: Int32) -> Side? {
    if pid == left { return .left }
    return pid == right ? .right : nil
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
    if pair.allSatisfy({ side(of: $0) != nil }) { return }
    if pair.count < 2,
      let keep = [left, right].compactMap(\.self).first(where: { $0 != event.pid })
    {
      pair.append(keep)
    }
    set(pair, from: known)
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
