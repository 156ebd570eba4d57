import CLinux
import SystemPackage

/// A thread that is stopped for us. Only a stopped thread can be inspected, and resuming it
/// consumes the value; a stop that is dropped lets its thread go, so none is ever left stopped.
struct Stop: ~Copyable {
  /// Why it stopped (ptrace(2), "Stopped states").
  enum Reason: Equatable {
    /// At the entry or the exit of a system call.
    case call
    /// A PTRACE_EVENT_* other than the two below.
    case event(Int32)
    /// A signal is about to be delivered.
    case signal(Int32)
    /// Job control stopped the whole process.
    case groupStop
    /// A new thread, or one that we interrupted.
    case attached
  }

  let tid: Int32
  let reason: Reason

  init(_ report: clinux_wait) {
    tid = report.tid
    reason = Self.reason(report)
  }

  /// How far a resumed thread runs.
  enum Reach {
    /// To the next entry or exit of any call.
    case call
    /// To the next call that its seccomp filter picks.
    case filteredCall
  }

  deinit { _ = clinux_ptrace(clinux_ptrace_syscall, tid, 0, 0) }

  /// The call the thread enters or leaves.
  ///
  /// - Throws: `Errno`: ESRCH when the thread was killed meanwhile, EIO where the kernel is too old.
  borrowing func callInfo() throws(Errno) -> clinux_syscall_info {
    var info = clinux_syscall_info()
    let result = unsafe clinux_ptrace_syscall_info(tid, &info)
    guard result == 0 else { throw Errno(rawValue: CInt(clamping: -result)) }
    return info
  }

  /// The number that came with a PTRACE_EVENT stop.
  borrowing func eventMessage() -> UInt {
    var message: UInt = 0
    return unsafe clinux_ptrace_event_message(tid, &message) == 0 ? message : 0
  }

  /// Lets the thread run on, delivering `signal` unless 0. A thread that was killed meanwhile
  /// cannot be resumed and needs not be.
  consuming func resume(to reach: Reach, delivering signal: Int32 = 0) {
    let request = reach == .call ? clinux_ptrace_syscall : clinux_ptrace_cont
    _ = clinux_ptrace(request, tid, 0, UInt(signal))
    discard self
  }

  /// Lets the thread go on without us, delivering `signal` unless 0. One that is stopped at the
  /// entry of a call performs it; one that job control has stopped stays so.
  consuming func detach(delivering signal: Int32 = 0) {
    _ = clinux_ptrace(clinux_ptrace_detach, tid, 0, UInt(signal))
    discard self
  }

  /// The thread is not stopped any more: it was killed, or another has taken its number (execve(2)).
  consuming func forget() { discard self }

  /// Leaves the thread stopped by job control, but reports when it is continued.
  consuming func listen() {
    _ = clinux_ptrace(clinux_ptrace_listen, tid, 0, 0)
    discard self
  }

  private static func reason(_ report: clinux_wait) -> Reason {
    let signal = report.value
    switch report.event {
    case 0: return signal == TraceOptions.callStopSignal ? .call : .signal(signal)
    case TraceOptions.stopEvent:
      return signal == TraceOptions.trapSignal ? .attached : .groupStop
    default: return .event(report.event)
    }
  }
}

/// Numbers of ptrace(2) and linux/ptrace.h, which have no names in Swift.
enum TraceOptions {
  static let trapSignal: Int32 = 5
  /// SIGTRAP | 0x80: PTRACE_O_TRACESYSGOOD marks call stops so.
  static let callStopSignal: Int32 = 5 | 0x80
  /// PTRACE_EVENT_STOP.
  static let stopEvent: Int32 = 128
  static let forkEvent: Int32 = 1
  static let vforkEvent: Int32 = 2
  static let cloneEvent: Int32 = 3
  static let execEvent: Int32 = 4
  static let filterEvent: Int32 = 7

  /// TRACESYSGOOD, TRACEFORK, TRACEVFORK, TRACECLONE, TRACEEXEC.
  static let follow: UInt = 0x01 | 0x02 | 0x04 | 0x08 | 0x10
  /// TRACESECCOMP, for those that run under our filter: without it, a filter of somebody else's
  /// that asks for a tracer gets the answer that there is none.
  static let filtered: UInt = 0x80
  /// PTRACE_O_EXITKILL: what we launched dies with us, even by kill -9.
  static let dieWithUs: UInt = 0x100000

  /// `op` of PTRACE_GET_SYSCALL_INFO.
  static let entryOperation: UInt8 = 1
  static let exitOperation: UInt8 = 2
  static let filterOperation: UInt8 = 3
}
