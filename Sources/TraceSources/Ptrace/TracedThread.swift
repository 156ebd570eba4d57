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
  let pid: Int32
  /// Present while the thread is stopped for us.
  var stop: Stop?
  var place = Place.running
  /// The call it has entered and not left.
  var call: EnteredCall?
  var numbering: CallNumbering?
  /// Whether the call it was let into was expected to wait.
  var isExpectedToWait = false
  /// When it was first seen asleep since it was let go, in microseconds.
  var asleepSince: Int64?

  init(tid: Int32, pid: Int32) {
    self.tid = tid
    self.pid = pid
  }

  var isHeld: Bool { if case .held = place { true } else { false } }
  var isRunning: Bool { if case .running = place { true } else { false } }
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
    asleepSince = nil
    place = .running
    if let stop = self.stop.take() { stop.resume() }
  }
}

/// A process we trace.
final class TracedProcess {
  let pid: Int32
  let role: String?
  var comm: String
  let wasLaunched: Bool
  var waitsForListener: Bool
  /// Whether its program runs; before that a launched process is still a copy of ours.
  var hasBegun = false

  init(pid: Int32, role: String?, comm: String, wasLaunched: Bool, waitsForListener: Bool) {
    self.pid = pid
    self.role = role
    self.comm = comm
    self.wasLaunched = wasLaunched
    self.waitsForListener = waitsForListener
  }
}
