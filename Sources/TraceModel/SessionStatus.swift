/// Where everything stands right now in a live session. Not part of the timeline: it is replaced,
/// never kept.
public struct SessionStatus: Sendable, Hashable {
  /// What the session does between two keys.
  public enum Mode: Sendable, Hashable {
    /// Every thread waits at its stopping point for a step.
    case stepping
    /// Threads run freely and events are reported as they come.
    case running
    /// No process is left.
    case ended
  }

  /// Whether threads run freely or wait for steps.
  public var mode: Mode
  /// Every thread, in the order of its appearance.
  public var threads: [ThreadStatus]
  /// The process that the next plain step would let go; nil when nobody can.
  public var next: Int32?
  /// Whether nothing is under way: a step that was asked for has come to its end.
  public var isSettled: Bool
  /// How many commands the source has taken up so far.
  public var commandsTaken: Int
  /// What cannot be seen here, as sentences ("kcmp is not permitted: …").
  public var limits: [String]

  /// Makes a status.
  public init(
    mode: Mode, threads: [ThreadStatus] = [], next: Int32? = nil, isSettled: Bool = true,
    commandsTaken: Int = 0, limits: [String] = []
  ) {
    self.mode = mode
    self.threads = threads
    self.next = next
    self.isSettled = isSettled
    self.commandsTaken = commandsTaken
    self.limits = limits
  }
}

/// Where one thread stands.
public struct ThreadStatus: Sendable, Hashable {
  /// Where a thread can stand.
  public enum State: Sendable, Hashable {
    /// Stopped where its program begins, before the first instruction.
    case atStart
    /// Stopped at the entry of a call: `call` is what the kernel is about to be asked;
    /// `wouldWait` when the kernel would let it wait.
    case before(call: TraceEvent, wouldWait: Bool)
    /// Stopped at the return of a call: the event with this sequence number.
    case after(sequence: Int)
    /// In the kernel, waiting.
    case waiting(call: String, fd: Int32?)
    /// Running in its own code, or between two stopping points.
    case running
    /// Stopped by job control (SIGSTOP and its like), not by us.
    case suspended
    /// Gone.
    case ended
  }

  /// The process.
  public var pid: Int32
  /// The thread.
  public var tid: Int32
  /// Where it stands.
  public var state: State

  /// Makes a status.
  public init(pid: Int32, tid: Int32, state: State) {
    self.pid = pid
    self.tid = tid
    self.state = state
  }
}

/// What a user can ask of a live session.
public enum SessionCommand: Sendable, Hashable {
  /// Let one thread go to its next stopping point: one of this process, or the one whose turn
  /// it is.
  case step(pid: Int32?)
  /// Let every thread run.
  case resume
  /// Let every thread run on to its next stopping point and wait there.
  case pause
  /// Change the send or the receive at whose entry a thread is stopped, before the kernel sees it;
  /// nil takes the change back. What cannot be done is told as a remark.
  case experiment(tid: Int32, Experiment?)
  /// Type into the terminal of a process.
  case type(pid: Int32, bytes: [UInt8])
  /// Give the terminal of a process another size; its programs get SIGWINCH.
  case resizeTerminal(pid: Int32, size: TerminalSize)
  /// End the session: what was launched ends, what was attached runs on.
  case quit
}

/// How far a recording was read.
public struct RecordingPart: Sendable {
  /// Everything that was read so far; nil where it is not worth the copy yet.
  public var timeline: Timeline?
  /// How much of the file that is; 100 at its end.
  public var percent: Int

  /// Describes a part.
  public init(timeline: Timeline?, percent: Int) {
    self.timeline = timeline
    self.percent = percent
  }
}

/// What a source tells, in the order in which it happened.
public enum SessionUpdate: Sendable {
  /// The lines that say the events which are told next (``JSONLines``), each with its newline.
  case lines([UInt8])
  /// Something happened.
  case event(TraceEvent)
  /// Where everything stands now.
  case status(SessionStatus)
  /// All that has happened has been told, and the source waits for more: whoever gathers updates
  /// hands on what there is.
  case caughtUp
  /// A recording was read up to here. Indirect, for it is many times as large as all others, of
  /// which there are many more.
  indirect case recording(RecordingPart)
  /// The session goes on, but not all of what the user asked for does: a sentence.
  case remark(String)
  /// The source cannot go on: a sentence.
  case failed(String)
}
