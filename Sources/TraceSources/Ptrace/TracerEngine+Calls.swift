import CLinux
import ControlMessages
import SystemPackage
import TraceModel

/// The entry and the exit of calls.
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

  private func entered(
    _ thread: TracedThread, _ info: clinux_syscall_info, _ stop: consuming Stop
  ) {
    // A filtered thread that runs from call to call stops twice at an entry.
    if info.op == TraceOptions.filterOperation, thread.call != nil { return thread.resume(stop) }
    thread.numbering = CallNumbering(rawValue: info.arch)
    guard var entered = traced(info, by: thread) else {
      thread.call = nil
      return thread.resume(stop)
    }
    // The kernel overwrites the headers of a receive, not those of a send.
    if mode == .stepping || !entered.call.isSend { entered.readHeaders(memory) }
    if mode == .stepping, isStoppingPoint(entered, process: thread.process) {
      thread.call = entered
      thread.hold(pendingState(of: thread, entered), stop)
    } else if mode == .running, isCloseOfPassed(entered, thread.process) {
      thread.call = nil
      thread.resume(stop)
      reportClose(thread, entered)
    } else {
      thread.call = entered
      thread.resume(stop)
      prepare(thread)
    }
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
    let sends = decoder(for: thread.process).sends(entered)
    entered.sends = sends
    thread.call = entered
    for send in sends { heldBack.sendBegins(of: thread.tid, on: send.socket) }
  }

  /// The call that a thread has entered; nil when it does not matter.
  private func traced(_ info: clinux_syscall_info, by thread: TracedThread) -> EnteredCall? {
    guard let numbering = thread.numbering, thread.process.hasBegun else { return nil }
    let all = info.arguments
    var arguments = [all.0, all.1, all.2, all.3, all.4, all.5]
    var call = numbering.call(info.number)
    memory.turn(to: thread.pid)
    if info.number == numbering.socketCall {
      call = CallNumbering.socketCall(arguments[0])
      // Six is the most that any of them takes; fewer may be readable.
      let words = memory.read(arguments[1] & 0xFFFF_FFFF, count: 24)
      arguments = (0..<6).map { index in
        words.count >= (index + 1) * 4 ? words.number(at: index * 4, width: 4) : 0
      }
    }
    guard let call else { return nil }
    let entered = EnteredCall(call: call, arguments: arguments, abi: numbering.abi, time: now)
    return matters(entered, process: thread.process) ? entered : nil
  }

  /// Before a descriptor moves, before a wait and before the end there is something to see.
  private func isStoppingPoint(_ entered: EnteredCall, process: TracedProcess) -> Bool {
    switch entered.call {
    case .exitGroup: return true
    case .sendmsg, .sendmmsg:
      return entered.headers.contains { header in
        let control = header.control(capacity: header.controlLength, in: memory)
        return control?.decoding.descriptors.isEmpty == false
      }
    case .recvmsg, .recvmmsg, .recvfrom, .read, .readv:
      let queued = entered.fd.flatMap { watcher.facts(process.pid, $0)?.queued } ?? 0
      return queued > 0 || wouldWait(entered, pid: process.pid)
    default: return wouldWait(entered, pid: process.pid)
    }
  }

  func pendingState(of thread: TracedThread, _ entered: EnteredCall) -> ThreadStatus.State {
    let call = TraceEvent(
      time: entered.time, entered: entered.time, pid: thread.pid, tid: thread.tid,
      comm: thread.process.comm, body: decoder(for: thread.process).pending(entered))
    return .before(call: call, wouldWait: wouldWait(entered, pid: thread.pid))
  }

  func wouldWait(_ entered: EnteredCall, pid: Int32) -> Bool {
    guard entered.call.waitsForInput, let fd = entered.fd, let facts = watcher.facts(pid, fd)
    else { return false }
    return WaitForecast.wouldWait(
      entered, pid: pid, isNonBlocking: facts.flags.names.contains("O_NONBLOCK"))
  }

  private func returned(
    _ thread: TracedThread, _ info: clinux_syscall_info, _ stop: consuming Stop
  ) {
    guard let entered = thread.call else { return thread.resume(stop) }
    thread.call = nil
    memory.turn(to: thread.pid)
    let outcome: CallOutcome =
      info.is_error ? .failure(Int32(clamping: -info.result)) : .success(info.result)
    // ERESTARTSYS and its kin (include/linux/errno.h): a signal interrupts the call, and the
    // kernel enters it again afterwards.
    if case .failure(512...516) = outcome { return thread.resume(stop) }
    let completed = complete(thread.process, entered, outcome)
    if mode == .stepping {
      let sequence = report(completed, entered, by: thread)
      thread.hold(.after(sequence: sequence), stop)
    } else {
      // All that has to be read of a stopped thread is read.
      thread.resume(stop)
      _ = report(completed, entered, by: thread)
    }
  }

  /// A call that has returned, with what it changed.
  private struct CompletedCall {
    let bodies: [TraceEvent.Body]
    let changes: [DescriptorChange]

    /// What goes with one of the messages: the rows that it brought; with the first also the rest.
    func changes(at index: Int) -> [DescriptorChange] {
      guard bodies.count > 1 else { return changes }
      func brought(_ index: Int) -> [Int32] {
        if case .receive(let message) = bodies[index] { message.descriptorNumbers } else { [] }
      }
      if index > 0 { return changes.filter { brought(index).contains($0.fd) } }
      let later = Set(bodies.indices.dropFirst().flatMap(brought))
      return changes.filter { !later.contains($0.fd) }
    }
  }

  /// Reports a close that is let go without a stop at its return: the number is free from now on
  /// whatever close(2) returns, and that stays unknown.
  private func reportClose(_ thread: TracedThread, _ entered: EnteredCall) {
    let body = decoder(for: thread.process).pending(entered)
    if let fd = entered.fd { forget(fd, thread.process) }
    let completed = CompletedCall(bodies: [body], changes: watcher.takeChanges(with: thread.pid))
    _ = report(completed, entered, by: thread)
  }

  private func complete(
    _ process: TracedProcess, _ entered: EnteredCall, _ outcome: CallOutcome
  ) -> CompletedCall {
    let bodies = decoder(for: process).returned(entered, outcome: outcome)
    forgetReplaced(entered, outcome, bodies, process: process)
    notePassed(bodies, by: process.pid)
    notePeers(bodies, of: process.pid)
    if entered.flagCommand != nil, let fd = entered.fd { watcher.lookAgain(process.pid, fd) }
    watcher.refresh(process.pid, touched: Self.touched(entered, bodies))
    lookElsewhere(than: process.pid)
    if entered.call == .listen, outcome.result != nil { listenerIsThere() }
    return CompletedCall(bodies: bodies, changes: watcher.takeChanges(with: process.pid))
  }

  /// Reports a call, one event for each message of it, and returns the last event's number.
  private func report(
    _ completed: CompletedCall, _ entered: EnteredCall, by thread: TracedThread
  ) -> Int {
    var events: [TraceEvent] = []
    for (index, body) in completed.bodies.enumerated() {
      events.append(
        TraceEvent(
          time: now, entered: entered.time, pid: thread.pid, tid: thread.tid,
          comm: thread.process.comm, body: body, changes: completed.changes(at: index)))
    }
    if mode == .running, heldBack.keeps(events, of: thread.tid) {
      if entered.call.isSend { heldBack.sendReturned(of: thread.tid) }
      return 0
    }
    var sequence = 0
    for event in events { sequence = report(event) }
    if entered.call.isSend {
      heldBack.sendReturned(of: thread.tid)
      reportHeldBack()
    }
    return sequence
  }

  /// Looks what else is different now, while somebody looks at every step.
  func lookElsewhere(than pid: Int32) {
    guard mode == .stepping else { return }
    for other in processes.keys.sorted() where other != pid {
      let calls = threads.values.filter { $0.pid == other && !$0.isHeld }.compactMap(\.call)
      if calls.isEmpty {
        watcher.refresh(other, touched: [])
      } else {
        watcher.refresh(other, inCallsOn: Set(calls.compactMap(\.fd)))
      }
    }
  }

  /// Numbers that a call closed, or gave another meaning.
  private func forgetReplaced(
    _ entered: EnteredCall, _ outcome: CallOutcome, _ bodies: [TraceEvent.Body],
    process: TracedProcess
  ) {
    guard outcome.result != nil else { return }
    if entered.call == .close, let fd = entered.fd { forget(fd, process) }
    if entered.call == .connect || entered.call == .bind, let fd = entered.fd {
      lookAgain(at: fd, process)
    }
    if entered.call == .closeRange { forgetRange(entered.arguments, process) }
    // Whatever was known of a new number was about its predecessor.
    for case .call(let record) in bodies {
      for fd in record.created { forget(fd, process) }
    }
  }

  private func forgetRange(_ arguments: [UInt64], _ process: TracedProcess) {
    let first = UInt32(truncatingIfNeeded: arguments[0])
    let last = UInt32(truncatingIfNeeded: arguments[1])
    let closesOnExec = arguments[2] & 4 != 0  // CLOSE_RANGE_CLOEXEC
    for fd in watcher.known(process.pid) where (first...last).contains(UInt32(bitPattern: fd)) {
      if closesOnExec { watcher.lookAgain(process.pid, fd) } else { forget(fd, process) }
    }
    // Not all that mattered was looked at.
    for fd in process.interests.keys where UInt32(bitPattern: fd) >= first {
      process.interests[fd] = nil
    }
  }

  func forget(_ fd: Int32, _ process: TracedProcess) {
    process.interests[fd] = nil
    watcher.closed(process.pid, fd)
  }

  private func notePassed(_ bodies: [TraceEvent.Body], by pid: Int32) {
    for case .send(let message) in bodies where message.result != nil {
      note(message)
      watcher.sent(
        pid, message.descriptors.map(\.fd), through: message.socket.inode)
    }
    for case .receive(let message) in bodies { note(message) }
    func note(_ message: MessageRecord) {
      let before = passed.count
      passed.formUnion(message.descriptors.compactMap(\.description))
      // A file that was of no interest may have become one, under any number.
      guard passed.count != before else { return }
      for process in processes.values { process.forgetDull() }
      // Closed by everybody: it will never be met again.
      if passed.count.isMultiple(of: 1024) { passed = passed.filter(watcher.isHeld) }
    }
  }

  private static func touched(_ entered: EnteredCall, _ bodies: [TraceEvent.Body]) -> [Int32] {
    var numbers = entered.call == .close ? [] : [entered.fd].compactMap { $0 }
    for body in bodies {
      switch body {
      case .call(let record): numbers += record.created
      case .receive(let message): numbers += message.descriptors.map(\.fd)
      default: break
      }
    }
    return numbers
  }

  private func listenerIsThere() {
    for process in processes.values { process.waitsForListener = false }
    if mode == .running { releaseHeld() }
  }

  private func decoder(
    for process: TracedProcess
  ) -> CallDecoder<ProcessMemory, ProcessDescriptors> {
    CallDecoder(
      memory: memory,
      lookup: ProcessDescriptors(process: process, engine: self))
  }
}
