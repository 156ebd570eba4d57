import CLinux
import ControlMessages
import TraceModel

/// The entry of calls: which matter, and where a thread waits.
extension TracerEngine {
  func entered(
    _ thread: TracedThread, _ info: clinux_syscall_info, _ stop: consuming Stop
  ) {
    thread.numbering = CallNumbering(rawValue: info.arch)
    if thread.numbering?.endsHandler(info.number) == true {
      thread.isLeavingHandler = true
      return thread.resume(stop)
    }
    // A filtered thread that runs from call to call stops twice at an entry: the stop of the filter
    // follows (since Linux 4.8), where it picks the call.
    if info.op == TraceOptions.entryOperation, thread.process.isFiltered {
      thread.interruptions.noteOtherCall()
      return thread.resume(stop)
    }
    let before = thread.interruptions.take(at: info)
    takeLastLooks(before: info, by: thread)
    guard var entered = traced(info, by: thread) else {
      thread.call = nil
      return thread.resume(stop)
    }
    noteTable(of: thread, entered.call)
    // The kernel overwrites the headers of a receive, not those of a send.
    if mode == .stepping || !entered.call.isSend { entered.readHeaders(memory) }
    repeatExperiment(of: before, &entered, thread, at: stop)
    if mode == .stepping, goesOnWaiting(entered, after: before, pid: thread.pid) {
      thread.call = entered
      doExperiment(thread, at: stop)
      thread.isExpectedToWait = true
      thread.resume(stop)
    } else if mode == .stepping, isStoppingPoint(entered, process: thread.process) {
      thread.call = entered
      thread.hold(pendingState(of: thread, entered), stop)
    } else if mode == .running, isCloseOfPassed(entered, thread.process) {
      thread.call = nil
      thread.resume(stop)
      reportClose(thread, entered)
    } else {
      thread.call = entered
      doExperiment(thread, at: stop)
      thread.resume(stop)
      prepare(thread)
    }
  }

  /// Whether a thread that sends or receives does so with descriptors of its process.
  private func noteTable(of thread: TracedThread, _ call: TracedCall) {
    guard thread.tid != thread.pid, call.movesMessages else { return }
    let other = watcher.thread(of: thread.pid)
    // A thread that has ended has no table any more.
    thread.hasOwnTable = clinux_kcmp_tables(thread.tid, other) > 0 && StandIns.lives(other)
  }

  /// Whether a call in which a thread was let wait is entered again after a signal: it was stopped
  /// at before.
  private func goesOnWaiting(
    _ entered: EnteredCall, after before: EnteredCall?, pid: Int32
  ) -> Bool {
    guard let before, before.call == entered.call, before.fd == entered.fd else { return false }
    return wouldWait(entered, pid: pid)
  }

  /// Whether a call closes a descriptor that was passed. Programs that pass many close as many,
  /// so a free-running one is not stopped a second time for that; sockets are few.
  private func isCloseOfPassed(_ entered: EnteredCall, _ process: TracedProcess) -> Bool {
    guard entered.call == .close, let fd = entered.fd else { return false }
    if case .passed = interest(of: fd, process: process) { return true }
    return false
  }

  /// Reads what is sent while the kernel sends it: the thread cannot touch its memory before it
  /// has stopped at the return.
  private func prepare(_ thread: TracedThread) {
    guard var entered = thread.call, entered.call.isSend else { return }
    if entered.headers.isEmpty { entered.readHeaders(memory) }
    let sends = decoder(for: thread).sends(entered)
    entered.sends = sends
    thread.call = entered
    for send in sends { heldBack.sendBegins(of: thread.tid, on: send.socket) }
  }

  /// The call that a thread has entered; nil when it does not matter.
  private func traced(_ info: clinux_syscall_info, by thread: TracedThread) -> EnteredCall? {
    guard let numbering = thread.numbering, thread.process.hasBegun else { return nil }
    let all = info.arguments
    var arguments: CallArguments = [all.0, all.1, all.2, all.3, all.4, all.5]
    var call = numbering.call(info.number)
    memory.turn(to: thread.tid)
    var argumentsAddress: UInt64?
    if info.number == numbering.socketCall {
      argumentsAddress = arguments[1] & 0xFFFF_FFFF
      call = CallNumbering.socketCall(arguments[0])
      // Fewer may be readable; what follows them is no argument.
      let count = CallNumbering.socketCallArguments(arguments[0])
      let words = memory.read(arguments[1] & 0xFFFF_FFFF, count: 4 * count)
      arguments = CallArguments { index in
        words.count >= (index + 1) * 4 ? words.number(at: index * 4, width: 4) : 0
      }
    }
    guard let call else { return nil }
    var entered = EnteredCall(call: call, arguments: arguments, abi: numbering.abi, time: now)
    entered.argumentsAddress = argumentsAddress
    return matters(entered, process: thread.process) ? entered : nil
  }

  /// Before a descriptor moves, before a wait and before the end there is something to see.
  private func isStoppingPoint(_ entered: EnteredCall, process: TracedProcess) -> Bool {
    switch entered.call {
    case .exitGroup: return true
    case .sendmsg, .sendmmsg:
      return entered.headers.contains { header in
        let control = header.control(capacity: header.controlLength, in: memory)
        return control?.descriptors.isEmpty == false
      }
    case .recvmsg, .recvmmsg, .recvfrom, .read, .readv, .preadv2:
      let queued = entered.fd.flatMap { watcher.facts(process.pid, $0)?.queued } ?? 0
      return queued > 0 || wouldWait(entered, pid: process.pid)
    default: return wouldWait(entered, pid: process.pid)
    }
  }

  func pendingState(of thread: TracedThread, _ entered: EnteredCall) -> ThreadStatus.State {
    // Others may have been looked at since the thread stopped.
    memory.turn(to: thread.tid)
    let patched = PatchedMemory(base: memory, pieces: entered.experiment?.writes ?? [])
    let call = TraceEvent(
      time: entered.time, entered: entered.time, pid: thread.pid, tid: thread.tid,
      comm: thread.process.comm, body: decoder(for: thread, patched).pending(entered))
    return .before(call: call, wouldWait: wouldWait(entered, pid: thread.pid))
  }

  func wouldWait(_ entered: EnteredCall, pid: Int32) -> Bool {
    guard entered.call.waitsForInput, entered.experiment?.error == nil, let fd = entered.fd,
      let facts = watcher.facts(pid, fd)
    else { return false }
    return WaitForecast.wouldWait(
      entered, pid: pid, isNonBlocking: facts.flags.names.contains("O_NONBLOCK"))
  }
}
