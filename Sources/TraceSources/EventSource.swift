public import TraceModel

/// Where the events of a session come from. Sources differ, what takes their updates does not.
public protocol EventSource: Sendable {
  /// Runs the session on the calling thread until it has ended and `quit` was asked for, telling
  /// everything to `emit` in order; before events their lines, where lines are asked for.
  func run(withLines: Bool, emit: (SessionUpdate) -> Void)

  /// Asks something of the session, from any thread.
  func send(_ command: SessionCommand)
}
