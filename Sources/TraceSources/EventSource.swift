public import TraceModel

/// Where the events of a session come from. Sources differ, what takes their updates does not.
public protocol EventSource: Sendable {
  /// Runs the session on the calling thread until it has ended and `quit` was asked for, telling
  /// everything to `emit` in order, events in the form that is asked for.
  func run(telling form: EventForm, emit: (SessionUpdate) -> Void)

  /// Asks something of the session, from any thread.
  func send(_ command: SessionCommand)
}

/// How events are told. Lines are made where there is time for it, and whoever writes nothing but
/// lines need not be handed each event as well.
public enum EventForm: Sendable {
  /// The events.
  case events
  /// Their lines of JSON; of the events themselves only those in which a process begins or ends.
  case lines
  /// Before events their lines.
  case both
}
