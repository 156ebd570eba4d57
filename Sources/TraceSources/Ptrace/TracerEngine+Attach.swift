import CLinux
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Taking hold of running processes, and letting them go.
extension TracerEngine {
  /// How long the threads of attached processes may take to stop. One in a call that nothing
  /// interrupts, such as vfork(2), joins later.
  private static let gatheringTime: Int64 = 500_000

  /// Attaches every thread of every process of the plan. All of them stop for a moment, so that
  /// no message can go between one that is seen already and one that is not yet.
  ///
  /// Returns why it could not, as a sentence for the user; nobody is stopped then.
  func attach(_ plan: AttachPlan) -> String? {
    missing = MissingFacilities.sentences(launching: false)
    mode = plan.startsStopped ? .stepping : .running
    isAttached = true
    isGathering = true
    var obstacles: [AttachObstacle] = []
    for number in plan.processes {
      guard let obstacle = seize(number) else { continue }
      obstacles.append(obstacle)
      if !plan.leavesOut { break }
    }
    if let first = obstacles.first, processes.isEmpty || !plan.leavesOut {
      letEverybodyGo()
      return first.description
    }
    notes += obstacles.map(\.description)
    reportSession(command: plan.command, inspector: plan.inspector)
    gather()
    for process in order.compactMap({ threads[$0]?.process }) where !process.hasBegun {
      reportBeginning(of: process.pid, .attached)
    }
    findSharedTables()
    isGathering = false
    for thread in order.compactMap({ threads[$0] }) where thread.isHeld {
      thread.release(expectingToWait: false)
    }
    return nil
  }

  /// Attaches one process; the number may be that of any of its threads.
  private func seize(_ number: Int32) -> AttachObstacle? {
    if let obstacle = AttachObstacle.before(attaching: number) { return obstacle }
    guard let standing = ProcessStanding(of: number) else { return .before(attaching: number) }
    guard processes[standing.pid] == nil else { return nil }
    let process = TracedProcess(
      pid: standing.pid, role: nil, comm: standing.name, wasLaunched: false,
      waitsForListener: false)
    processes[standing.pid] = process
    let code = seizeThreads(of: process)
    if threads.values.contains(where: { $0.pid == standing.pid }) { return nil }
    processes[standing.pid] = nil
    return AttachObstacle.before(attaching: number)
      ?? .refused(number, standing, code: code, user: geteuid(), yama: yamaScope())
  }

  /// Looks for threads until there are none that are not attached: those that are made meanwhile
  /// by attached ones are attached by the kernel. Returns the last error number.
  private func seizeThreads(of process: TracedProcess) -> Int32 {
    var seen: Set<Int32> = []
    var failure = ESRCH
    while true {
      let new = ProcessFiles.threads(process.pid).filter { seen.insert($0).inserted }
      guard !new.isEmpty else { return failure }
      for tid in new where threads[tid] == nil {
        let result = clinux_ptrace(clinux_ptrace_seize, tid, 0, TraceOptions.follow)
        guard result == 0 else {
          failure = -Int32(result)
          continue
        }
        let thread = TracedThread(tid: tid, process: process)
        thread.isNew = false
        thread.lastWait = ProcessFiles.waitingCall(tid)
        threads[tid] = thread
        order.append(tid)
        interrupt(tid)
      }
    }
  }

  /// Finds out which processes shared their table before they were attached. The kernel has an order
  /// for tables, in which those that are one stand side by side; where kcmp(2) does not answer, that
  /// stays unknown.
  private func findSharedTables() {
    func compare(_ one: TracedProcess, _ other: TracedProcess) -> Int {
      clinux_kcmp_tables(watcher.thread(of: one.pid), watcher.thread(of: other.pid))
    }
    guard processes.count > 1 else { return }
    let ordered = processes.values.filter { compare($0, $0) == 0 }.sorted { compare($0, $1) == 1 }
    for (one, other) in zip(ordered, ordered.dropFirst()) where compare(one, other) == 0 {
      share(one, other)
    }
  }

  private func interrupt(_ tid: Int32) { _ = clinux_ptrace(clinux_ptrace_interrupt, tid, 0, 0) }

  private func gather() {
    let deadline = now + Self.gatheringTime
    while threads.values.contains(where: \.isRunning), now < deadline {
      takeReports()
      sleep()
    }
  }

  /// Holds a thread that has stopped while the others are still on their way.
  func gather(_ thread: TracedThread, _ stop: consuming Stop) {
    switch stop.reason {
    case .attached:
      thread.numbering = (try? stop.callInfo()).flatMap { CallNumbering(rawValue: $0.arch) }
      thread.hold(.running, stop)
    case .groupStop:
      thread.place = .suspended
      stop.listen()
    case .signal(let number):
      stop.resume(to: .filteredCall, delivering: number)
      interrupt(thread.tid)
    case .event(TraceOptions.execEvent):
      dropOthers(than: thread)
      thread.process.comm = ProcessFiles.comm(thread.pid)
      stop.resume(to: .filteredCall)
      interrupt(thread.tid)
    case .event, .call:
      stop.resume(to: .filteredCall)
      interrupt(thread.tid)
    }
  }

  // MARK: Letting go

  /// Lets every attached process go on without us. Those that are stopped for us are detached
  /// here, the others by the kernel when the tracing thread ends: to detach them here they would
  /// have to be interrupted, and not every call survives that.
  func letEverybodyGo() {
    isLettingGo = true
    for report in deferred { Stop(report).detach() }
    deferred = []
    for thread in threads.values {
      if let stop = thread.stop.take() { stop.detach() }
    }
    threads = [:]
    order = []
    processes = [:]
  }

  /// Detaches a thread that stopped when nobody looks any more.
  func letGo(_ stop: consuming Stop) {
    if case .signal(let number) = stop.reason {
      stop.detach(delivering: number)
    } else {
      stop.detach()
    }
  }
}
