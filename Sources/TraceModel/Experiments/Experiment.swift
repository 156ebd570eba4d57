/// A change to a send or a receive that the user asked for, made before the kernel sees the call,
/// to find out what then happens.
public enum Experiment: Sendable, Hashable {
  /// Says another size of the control buffer in `msg_controllen`, in bytes. A larger one than the
  /// program's own is put elsewhere in its memory, so that nothing of the program is overwritten.
  case resizeControl(to: Int)
  /// Gives no control buffer: `msg_control` NULL and `msg_controllen` 0.
  case removeControl
  /// Passes these flags to the call as well.
  case addFlags(MessageFlags)
  /// Does not pass these flags to the call.
  case removeFlags(MessageFlags)
  /// Leaves a descriptor out of a send: its place among all those of the message, from 0.
  case dropDescriptor(at: Int)
  /// Sends another number in the place of a descriptor.
  case replaceDescriptor(at: Int, by: Int32)
  /// Writes this number into `cmsg_len` of the first control message of a send.
  case declareLength(Int)
  /// Gives no data buffers: `msg_iovlen` 0.
  case noData
  /// Lowers the process's soft limit RLIMIT_NOFILE (getrlimit(2)) for the time of the call.
  case limitDescriptors(to: Int)
  /// Lets the call fail with this error (`EMFILE`); the kernel does nothing else.
  case fail(error: String)
}

/// An experiment as it was done to a call.
public struct ExperimentRecord: Sendable, Hashable {
  /// One thing that was changed.
  public struct Change: Sendable, Hashable {
    /// What C calls it: `msg_controllen`, `cmsg_len`, `fd[0]`, `flags`, `RLIMIT_NOFILE`.
    public var field: String
    /// What the program had given.
    public var was: String
    /// What the kernel got instead.
    public var now: String

    /// Describes a change.
    public init(_ field: String, was: String, now: String) {
      self.field = field
      self.was = was
      self.now = now
    }
  }

  /// What was asked for.
  public var experiment: Experiment
  /// What was changed for it.
  public var changes: [Change]

  /// Describes what was done.
  public init(_ experiment: Experiment, changes: [Change]) {
    self.experiment = experiment
    self.changes = changes
  }
}
