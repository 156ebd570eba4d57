import TraceModel

/// The first program of a session, whose end is passed on as ours.
struct FirstProgram {
  private var pid: Int32?
  /// How it ended, once it has.
  private(set) var end: ProcessRecord.Event?

  var hasBegun: Bool { pid != nil }

  mutating func take(_ event: TraceEvent) {
    guard end == nil, case .process(let record) = event.body else { return }
    if pid == nil { pid = event.pid }
    if event.pid == pid, !record.event.isBeginning { end = record.event }
  }
}
