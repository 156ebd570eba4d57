import CLinux
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The return of calls: what they gave, as events.
extension TracerEngine {
  func returned(
    _ thread: TracedThread, _ info: clinux_syscall_info, _ stop: consuming Stop
  ) {
    guard let entered = thread.call else { return leftCall(thread, info, stop) }
    thread.call = nil
    memory.turn(to: thread.tid)
    let outcome: CallOutcome =
      info.is_error ? .failure(Int32(clamping: -info.result)) : .success(info.result)
    // ERESTARTSYS and its kin (include/linux/errno.h): a signal interrupts the call, and the
    // kernel enters it again afterwards.
    if case .failure(512...516) = outcome {
      undoExperiment(entered, outcome, thread, at: stop)
      thread.interruptions.add(entered, at: info)
      return thread.resume(stop)
    }
    if mode == .running, isAllRead(of: entered, outcome, thread.process) {
      thread.resume(stop)
      memory.seal()
      _ = report(complete(thread, entered, outcome), entered, by: thread)
      return
    }
    let completed = complete(thread, entered, outcome)
    undoExperiment(entered, outcome, thread, at: stop)
    tell(completed, entered, thread, stop)
  }

  private func tell(
    _ completed: CompletedCall, _ entered: EnteredCall, _ thread: TracedThread,
    _ stop: consuming Stop
  ) {
    if mode == .stepping {
      let sequence = report(completed, entered, by: thread)
      thread.hold(.after(sequence: sequence), stop)
    } else {
      // All that has to be read of a stopped thread is read.
      thread.resume(stop)
      _ = report(completed, entered, by: thread)
    }
  }

  /// A call that does not matter has returned. By sigreturn(2) a thread gets back what it had when
  /// the signal came: the place after the interrupted call and EINTR where that is not entered again
  /// (signal(7), SA_RESTART).
  private func leftCall(
    _ thread: TracedThread, _ info: clinux_syscall_info, _ stop: consuming Stop
  ) {
    let endsHandler = thread.isLeavingHandler
    thread.isLeavingHandler = false
    guard endsHandler, info.is_error, info.result == -Int64(EINTR),
      let entered = thread.interruptions.take(at: info)
    else { return thread.resume(stop) }
    memory.turn(to: thread.tid)
    tell(complete(thread, entered, .failure(EINTR)), entered, thread, stop)
  }

  /// Reads what has to be read of a thread at the return of a send or a receive, and says whether
  /// that is all, so that the thread may go on while it is worked out: a CPU that is idle for some
  /// microseconds longer takes several times as long to wake up.
  ///
  /// What is not read here is known, or is asked of kcmp(2) about numbers that mean the same until
  /// a next call of the process, which stops and waits for us. Only a kill is faster.
  private func isAllRead(
    of entered: EnteredCall, _ outcome: CallOutcome, _ process: TracedProcess
  ) -> Bool {
    guard let result = outcome.result, entered.experiment == nil else { return false }
    switch entered.call {
    case .sendmsg: return entered.sends?.count == 1
    case .recvmsg:
      guard let offered = entered.headers.first,
        case .socket(let socket)? = process.interests[entered.fd ?? -1],
        let sender = socket.peer,
        let header = MessageHeader(at: entered.arguments[1], abi: entered.abi, in: memory),
        !MessageFlags(rawValue: header.flags).contains(.controlTruncated),
        header.controlLength == 0 || watcher.expectsPlainFiles(from: sender)
      else { return false }
      header.load(moved: Int(clamping: result), capacity: offered.controlLength, in: memory)
      return true
    default: return false
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
  func reportClose(_ thread: TracedThread, _ entered: EnteredCall) {
    let body = decoder(for: thread).pending(entered)
    if let fd = entered.fd { forget(fd, thread.process) }
    let completed = CompletedCall(bodies: [body], changes: watcher.takeChanges(with: thread.pid))
    _ = report(completed, entered, by: thread)
  }

  private func complete(
    _ thread: TracedThread, _ entered: EnteredCall, _ outcome: CallOutcome
  ) -> CompletedCall {
    let process = thread.process
    let bodies = decoder(for: thread).returned(entered, outcome: outcome)
    forgetReplaced(entered, outcome, bodies, process: process)
    notePassed(bodies, by: process.pid)
    notePeers(bodies, of: process.pid)
    if entered.flagCommand != nil, let fd = entered.fd { watcher.lookAgain(process.pid, fd) }
    watcher.refresh(process.pid, touched: Self.touched(entered, bodies))
    lookElsewhere(than: process.pid)
    // A call that a filter hands to a supervisor is not handed to us, and may be made all the same
    // (seccomp_unotify(2), SECCOMP_USER_NOTIF_FLAG_CONTINUE).
    if entered.makesListener, outcome.result != nil { process.isFiltered = false }
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
}
