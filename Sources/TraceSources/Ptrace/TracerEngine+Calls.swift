import CLinux
import SystemPackage
import TraceModel

/// The stops at calls.
extension TracerEngine {
  func atCall(_ thread: TracedThread, _ stop: consuming Stop) {
    let info: clinux_syscall_info
    do throws(Errno) {
      info = try stop.callInfo()
    } catch {
      thread.resume(stop)
      // ESRCH: it was killed meanwhile.
      if error != .noSuchProcess { fail(Self.blindnessSentence(error)) }
      return
    }
    if info.op == TraceOptions.filterOperation, info.mark != CallFilter.mark {
      // A filter of the program's own asks for a tracer of its own. There is none, and it gets
      // what it would get without us (seccomp(2), SECCOMP_RET_TRACE).
      stop.refuseCall()
      return thread.resume(stop)
    }
    if info.op == TraceOptions.filterOperation, !thread.process.isFiltered, thread.isInCall {
      // It was told at its entry, which comes before any filter.
      return thread.resume(stop)
    }
    thread.isInCall = info.op == TraceOptions.entryOperation
    switch info.op {
    case TraceOptions.entryOperation, TraceOptions.filterOperation: entered(thread, info, stop)
    case TraceOptions.exitOperation: returned(thread, info, stop)
    default: thread.resume(stop)
    }
  }

  private static func blindnessSentence(_ error: Errno) -> String {
    "Cannot tell which calls are made: PTRACE_GET_SYSCALL_INFO failed "
      + "(\(ErrorNames.name(error.rawValue))). It needs Linux 5.3 or later."
  }

  func decoder<Memory: TraceeMemory>(
    for thread: TracedThread, _ memory: Memory
  ) -> CallDecoder<Memory, ProcessDescriptors> {
    CallDecoder(
      memory: memory,
      lookup: ProcessDescriptors(
        process: thread.process, hasOwnTable: thread.hasOwnTable, engine: self))
  }

  func decoder(
    for thread: TracedThread
  ) -> CallDecoder<ProcessMemory, ProcessDescriptors> {
    decoder(for: thread, memory)
  }
}
