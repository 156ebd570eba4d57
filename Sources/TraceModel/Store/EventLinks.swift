/// Which events an event is named by: a send by its transfers, an event by what was found in it.
struct EventLinks: Sendable {
  /// There is hardly ever more than one, and a dictionary of numbers costs little.
  private var first: [UInt32: UInt32] = [:]
  private var more: [UInt32: [UInt32]] = [:]

  /// All events that are named by some other, in no order.
  var named: [Int] { first.keys.map { Int($0) } }

  mutating func add(_ sequence: Int, naming named: Int) {
    // Only a damaged recording names what no session can have.
    guard let sequence = UInt32(exactly: sequence), let named = UInt32(exactly: named) else {
      return
    }
    if first[named] == nil {
      first[named] = sequence
    } else {
      more[named, default: []].append(sequence)
    }
  }

  /// The events that name this one, in the order of the session.
  subscript(named: Int) -> [Int] {
    guard let named = UInt32(exactly: named), let first = first[named] else { return [] }
    return [Int(first)] + (more[named] ?? []).map { Int($0) }
  }

  mutating func forget(before sequence: Int) {
    first = first.filter { $0.key >= sequence }
    more = more.filter { $0.key >= sequence }
  }
}
