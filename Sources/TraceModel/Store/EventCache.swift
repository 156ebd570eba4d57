import Synchronization

/// What was decoded lately. A screen asks for the same few events over and over.
///
/// It holds nothing that could not be had again, so copies of a timeline may share it as long as
/// neither of them grows.
final class EventCache: Sendable {
  private struct State {
    var young: [Int: TraceEvent] = [:]
    var old: [Int: TraceEvent] = [:]
    var blocks: [(number: Int, bytes: [UInt8])] = []
    var rows: [RowPlace: DescriptorFacts?] = [:]
    var tables: (sequence: Int, tables: TablesAtMoment)?
  }

  /// A row, and the event that made it what it is.
  private struct RowPlace: Hashable {
    var holder: DescriptorHolder
    var sequence: Int
  }

  private let state = Mutex(State())
  /// At most twice as many events are kept.
  private static let eventLimit = 512
  private static let blockLimit = 4
  private static let rowLimit = 1024

  func event(_ sequence: Int) -> TraceEvent? {
    state.withLock { state in
      if let event = state.young[sequence] { return event }
      guard let event = state.old[sequence] else { return nil }
      Self.keep(event, in: &state)
      return event
    }
  }

  func keep(_ event: TraceEvent) {
    state.withLock { Self.keep(event, in: &$0) }
  }

  private static func keep(_ event: TraceEvent, in state: inout State) {
    if state.young.count >= eventLimit {
      state.old = state.young
      state.young = [:]
    }
    state.young[event.sequence] = event
  }

  /// The `count` bytes of a block, by `read` where they are not here; only one reads at a time.
  func block(_ number: Int, count: Int, read: () -> [UInt8]?) -> [UInt8]? {
    state.withLock { state in
      if let index = state.blocks.firstIndex(where: { $0.number == number }) {
        if state.blocks[index].bytes.count >= count { return state.blocks[index].bytes }
        // While a recording is being read its last block grows.
        state.blocks.remove(at: index)
      }
      guard let bytes = read() else { return nil }
      if state.blocks.count >= Self.blockLimit { state.blocks.removeFirst() }
      state.blocks.append((number, bytes))
      return bytes
    }
  }

  /// What an event says about a row, by `read` where it is not here.
  func row(
    of holder: DescriptorHolder, in sequence: Int, read: () -> DescriptorFacts?
  ) -> DescriptorFacts? {
    let place = RowPlace(holder: holder, sequence: sequence)
    if let known = state.withLock({ $0.rows[place] }) { return known }
    let row = read()
    state.withLock { state in
      if state.rows.count >= Self.rowLimit { state.rows.removeAll(keepingCapacity: true) }
      state.rows[place] = .some(row)
    }
    return row
  }

  /// The tables that were worked out last, and after which event; they are gone from here then,
  /// so that they can be changed in place.
  func takeTables() -> (sequence: Int, tables: TablesAtMoment)? {
    state.withLock { state in
      defer { state.tables = nil }
      return state.tables
    }
  }

  func keepTables(_ tables: TablesAtMoment, at sequence: Int) {
    state.withLock { $0.tables = (sequence, tables) }
  }

  /// The tables just after an event, if they are those that were worked out last.
  func tables(at sequence: Int) -> TablesAtMoment? {
    state.withLock { $0.tables?.sequence == sequence ? $0.tables?.tables : nil }
  }
}
