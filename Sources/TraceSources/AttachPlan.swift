/// The running processes of a session.
public struct AttachPlan: Sendable {
  /// The processes, each with all of its threads.
  public var processes: [Int32]
  /// Whether one that cannot be attached is left out, with a word about it, rather than ending the
  /// session: right when somebody else has chosen them.
  public var leavesOut: Bool
  /// Whether everything stops at its first event.
  public var startsStopped: Bool
  /// What the user asked for, for the session line.
  public var command: [String]
  /// Our name and version, for the session line.
  public var inspector: String

  /// Describes a session.
  public init(
    processes: [Int32], leavesOut: Bool = false, startsStopped: Bool, command: [String],
    inspector: String
  ) {
    self.processes = processes
    self.leavesOut = leavesOut
    self.startsStopped = startsStopped
    self.command = command
    self.inspector = inspector
  }
}
