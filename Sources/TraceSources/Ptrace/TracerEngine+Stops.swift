import CLinux
import TraceModel

/// What becomes of each report of wait(2).
extension TracerEngine {
  func take(_ report: clinux_wait) {
    switch report.kind {
    case CLINUX_EXITED: ended(report.tid, .exited(status: report.value))
    case CLINUX_KILLED: ended(report.tid, .killed(signal: report.value))
    case CLINUX_STOPPED:
      if mustWaitItsTurn(report) {
        deferred.append(report)
      } else {
        stopped(report)
      }
    default: break
    }
  }

  /// While one thread is stepped, others that it wakes are taken up after it.
  private func mustWaitItsTurn(_ report: clinux_wait) -> Bool {
    guard let step, let thread = threads[report.tid] else { return false }
    return thread.tid != step.tid && thread.call != nil
      && report.value == TraceOptions.callStopSignal
  }

  private func stopped(_ report: clinux_wait) {
    let stop = Stop(report)
    if isLettingGo { return letGo(stop) }
    let thread = threads[report.tid] ?? adopt(report.tid, ProcessFiles.family(report.tid))
    // Whoever execs takes the leader's number, which may have been held.
    if let stale = thread.stop.take() { stale.forget() }
    thread.place = .running
    thread.sleep = nil
    if isGathering { return gather(thread, stop) }
    switch stop.reason {
    case .call, .event(TraceOptions.filterEvent): atCall(thread, stop)
    case .event(TraceOptions.execEvent): executed(thread, stop)
    case .event(TraceOptions.forkEvent), .event(TraceOptions.vforkEvent),
      .event(TraceOptions.cloneEvent):
      let child = Int32(truncatingIfNeeded: stop.eventMessage())
      thread.resume(stop)
      meet(child)
    case .event: thread.resume(stop)
    case .signal(let number):
      noteSignal(number, to: thread)
      noteInterruptedWait(of: thread)
      thread.resume(stop, delivering: number)
    case .groupStop:
      thread.place = .suspended
      stop.listen()
      noteGroupStop(of: thread, by: report.value)
    case .attached: begun(thread, stop)
    }
  }

  /// Notes the call that a signal interrupts before it was seen to wait: one that the kernel takes
  /// up again has its name no longer.
  private func noteInterruptedWait(of thread: TracedThread) {
    guard let call = ProcessFiles.waitingCall(thread.tid) else { return }
    if call.number != thread.numbering?.restartCall { thread.lastWait = call }
  }

  /// Takes in a new thread, unless it was faster than its creator's report and has ended by now. A
  /// new process has its table already, however long it waits for a CPU: what its creator closes
  /// meanwhile is still open there.
  private func meet(_ tid: Int32) {
    guard tid != 0, threads[tid] == nil, let state = ProcessFiles.state(tid) else { return }
    // One that has ended may be a zombie until its creator waits for it, and its number may have
    // been given to somebody else.
    guard state != "Z", state != "X", let family = ProcessFiles.family(tid),
      family.tracer == clinux_own_thread()
    else { return }
    _ = adopt(tid, family)
  }

  /// Takes in children that have not been reported. Their creator may wait for a CPU while another
  /// thread of it goes on; that one has reported its own before it made another call.
  func meetChildren(besides thread: TracedThread) {
    for tid in ProcessFiles.threads(thread.pid) where tid != thread.tid {
      if let child = ProcessFiles.youngestChild(of: tid, in: thread.pid) { meet(child) }
    }
  }

  /// A thread that the kernel attached for us because its creator is traced.
  private func adopt(_ tid: Int32, _ family: ProcessFiles.Family?) -> TracedThread {
    let pid = family?.process ?? tid
    let process = processes[pid] ?? beginProcess(pid, parent: family?.parent)
    let thread = TracedThread(tid: tid, process: process)
    threads[tid] = thread
    order.append(tid)
    return thread
  }

  private func beginProcess(_ pid: Int32, parent: Int32?) -> TracedProcess {
    let creator = parent.flatMap { processes[$0] }
    let process = TracedProcess(
      pid: pid, role: nil, comm: ProcessFiles.comm(pid),
      wasLaunched: creator?.wasLaunched ?? !isAttached, waitsForListener: false)
    process.isFiltered = creator?.isFiltered ?? false
    processes[pid] = process
    if let creator, clinux_kcmp_tables(pid, watcher.thread(of: creator.pid)) == 0 {
      share(process, creator)
    }
    reportBeginning(of: pid, .started(parent: parent))
    return process
  }

  /// The two work on one table of descriptors (clone(2), CLONE_FILES).
  func share(_ one: TracedProcess, _ other: TracedProcess) {
    one.sharesTable = true
    other.sharesTable = true
    watcher.share(one.pid, other.pid)
  }

  private func begun(_ thread: TracedThread, _ stop: consuming Stop) {
    // A thread that we have seen before was continued by job control, and goes on as it was.
    let isNew = thread.isNew
    thread.isNew = false
    if mode == .stepping, isNew, thread.call == nil, thread.numbering == nil {
      thread.hold(.atStart, stop)
    } else {
      thread.resume(stop)
    }
  }

  private func executed(_ thread: TracedThread, _ stop: consuming Stop) {
    // After an exec only the caller is left, and it has become the leader.
    dropOthers(than: thread)
    thread.call = nil
    thread.interruptions = Interruptions()
    thread.isLeavingHandler = false
    thread.isInCall = false
    let process = thread.process
    let isFirst = !process.hasBegun
    process.comm = ProcessFiles.comm(process.pid)
    process.interests = [:]
    process.sharesTable = false
    watcher.executed(process.pid)
    memory.executed()
    process.launch = nil
    if isFirst { process.isFiltered = ProcessFiles.filterCount(process.pid) > ownFilters }
    reportBeginning(of: thread.pid, isFirst ? .started(parent: nil) : .executed)
    if mode == .running, !process.waitsForListener {
      thread.resume(stop)
    } else {
      thread.hold(.atStart, stop)
    }
  }

  func reportBeginning(of pid: Int32, _ event: ProcessRecord.Event) {
    let process = processes[pid]
    process?.hasBegun = true
    watcher.refresh(pid)
    let record = ProcessRecord(
      event: event, role: process?.role, arguments: ProcessFiles.arguments(pid),
      rightsNotGiven: event == .attached ? nil : ProcessFiles.rightsNotGiven(pid),
      user: ProcessFiles.user(pid))
    let beginning = TraceEvent(
      time: now, pid: pid, comm: process?.comm ?? "", body: .process(record),
      changes: watcher.takeChanges(with: pid))
    if mode == .running, heldBack.keeps([beginning], of: pid) { return }
    report(beginning)
  }

  private func ended(_ tid: Int32, _ event: ProcessRecord.Event) {
    guard let thread = threads[tid] else { return }
    drop(tid)
    // A first thread that had ended before we came is never reported.
    let pid = thread.pid
    guard tid == pid || !threads.values.contains(where: { $0.pid == pid }),
      let process = processes.removeValue(forKey: pid)
    else { return }
    if let launch = process.launch.take() { return launchFailed(launch) }
    guard process.hasBegun else { return }
    // Whoever it was waiting for goes on alone.
    for other in processes.values { other.waitsForListener = false }
    reportHeldBack()
    readTerminals()
    watcher.remove(pid)
    lookElsewhere(than: pid)
    let record = ProcessRecord(event: event, role: process.role)
    let end = TraceEvent(
      time: now, pid: pid, comm: process.comm, body: .process(record),
      changes: watcher.takeChanges(with: pid))
    if mode != .running || !heldBack.keeps([end], of: pid) { report(end) }
    if mode == .running { releaseHeld() }
  }

  func dropOthers(than thread: TracedThread) {
    for tid in order where tid != thread.tid && threads[tid]?.pid == thread.pid { drop(tid) }
  }

  private func drop(_ tid: Int32) {
    heldBack.sendReturned(of: tid)
    undoLimit(threads[tid]?.call?.experiment, threads[tid]?.pid ?? tid)
    threads[tid] = nil
    order.removeAll { $0 == tid }
    deferred.removeAll { $0.tid == tid }
  }
}
