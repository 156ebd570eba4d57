import TraceModel

/// A thread we trace, and where it stands. Belongs to the tracer's thread.
final class TracedThread {
  /// Where a thread can stand, from the tracer's side.
  enum Place {
    /// Stopped and waiting for a step.
    case held(ThreadStatus.State)
    /// Let go, and not known to wait for anything.
    case running
    /// Let go, and seen waiting in the kernel.
    case waiting(call: String, fd: Int32?)
    /// Stopped by job control.
    case suspended
  }

  let tid: Int32
  let process: TracedProcess
  /// Present while the thread is stopped for us.
  var stop: Stop?
  var place = Place.running
  /// The call it has entered and not left.
  var call: EnteredCall?
  /// Whether it has a table of descriptors for itself (unshare(2), CLONE_FILES).
  var hasOwnTable = false
  /// Whether it has stopped at the entry of a call and not at its return.
  var isInCall = false
  var interruptions = Interruptions()
  /// Whether it has stopped at the entry of the call by which a handler ends (sigreturn(2)).
  var isLeavingHandler = false
  var numbering: CallNumbering?
  /// Whether the call it was let into was expected to wait.
  var isExpectedToWait = false
  /// Whether its next first stop is where it begins, rather than where we took hold of it.
  var isNew = true
  /// The call it was last seen waiting in. Where the kernel restarts one it may call it
  /// `restart_syscall`, which tells nothing.
  var lastWait: (number: UInt64, first: UInt64)?
  /// The sleep it was last seen in since it was let go: which of its life, and how long until that
  /// counts as waiting.
  var sleep: (number: Int32?, patience: Patience)?

  init(tid: Int32, process: TracedProcess) {
    self.tid = tid
    self.process = process
  }

  var pid: Int32 { process.pid }

  var isHeld: Bool { if case .held = place { true } else { false } }
  var isRunning: Bool { if case .running = place { true } else { false } }
  var isSuspended: Bool { if case .suspended = place { true } else { false } }
  var isWaiting: Bool { if case .waiting = place { true } else { false } }

  var status: ThreadStatus {
    let state: ThreadStatus.State =
      switch place {
      case .held(let state): state
      case .running: .running
      case .waiting(let call, let fd): .waiting(call: call, fd: fd)
      case .suspended: .suspended
      }
    return ThreadStatus(pid: pid, tid: tid, state: state)
  }

  func hold(_ state: ThreadStatus.State, _ stop: consuming Stop) {
    self.stop = consume stop
    place = .held(state)
  }

  /// Lets a held thread go on.
  func release(expectingToWait: Bool) {
    isExpectedToWait = expectingToWait
    sleep = nil
    place = .running
    if let stop = self.stop.take() { resume(stop) }
  }

  /// Lets the thread run to the next stop that matters: the return of the call it is in, or the
  /// next call; while one is interrupted any call, for the return from a handler tells more.
  func resume(_ stop: consuming Stop, delivering signal: Int32 = 0) {
    stop.resume(
      to: process.isFiltered && call == nil && interruptions.isEmpty ? .filteredCall : .call,
      delivering: signal)
  }
}

/// A process we trace.
final class TracedProcess {
  let pid: Int32
  let role: String?
  var comm: String
  let wasLaunched: Bool
  var waitsForListener: Bool
  /// Whether a seccomp filter picks the calls that stop it; otherwise all do.
  var isFiltered = false
  /// What is known of its descriptors as far as calls on them matter.
  var interests: [Int32: Interest] = [:]
  /// Whether another process works on the same table of descriptors.
  var sharesTable = false
  /// Present until the program runs; before that a launched process is still a copy of ours.
  var launch: PendingLaunch?
  var hasBegun = false

  init(pid: Int32, role: String?, comm: String, wasLaunched: Bool, waitsForListener: Bool) {
    self.pid = pid
    self.role = role
    self.comm = comm
    self.wasLaunched = wasLaunched
    self.waitsForListener = waitsForListener
  }
}

/// Why calls on a descriptor matter. Kept for every descriptor that was asked about, so that a
/// program that reads files costs no look into /proc for each read.
enum Interest {
  case none
  /// A Unix socket, as it was when it was looked at.
  case socket(SocketInfo)
  /// Refers to an open file description that was sent or received.
  case passed
}
