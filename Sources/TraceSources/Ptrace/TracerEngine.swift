import CLinux
import FDPassing
import SystemPackage
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The tracer. It lives on one thread, because ptrace(2) belongs to the thread that attached.
///
/// Its stopping points are the return of a call that matters, and the entry of one that is about
/// to move a descriptor or to wait. While stepping every thread waits at its own.
final class TracerEngine {
  private let teller: DerivedUpdates.Teller
  let commands: Mailbox<SessionCommand>
  let sockets = SocketDirectory()
  let watcher: DescriptorWatcher
  let memory = ProcessMemory()
  var terminals = TerminalLines()

  var mode = SessionStatus.Mode.stepping {
    didSet { watcher.isThorough = mode == .stepping }
  }
  var threads: [Int32: TracedThread] = [:]
  /// Thread numbers in the order of their appearance.
  var order: [Int32] = []
  var processes: [Int32: TracedProcess] = [:]
  /// Identities of open file descriptions that were sent or received.
  var passed: Set<Int> = []
  /// The inodes of sockets that descriptors were sent to.
  var fed: Set<UInt64> = []
  var step: ActiveStep?
  /// Steps that were asked for while another was under way: of which process, nil for any.
  var queuedSteps: [Int32?] = []
  var lastStepped: Int32?
  /// Reports of threads that another thread's step woke; taken up when that step has ended, so
  /// that the order of events does not depend on who is faster.
  var deferred: [clinux_wait] = []
  /// While what was typed may still be on its way to the program.
  var typing: Patience?
  /// Whether the session is over processes that ran before it, and run on after it.
  var isAttached = false
  /// While running processes are being attached: everybody who stops is held.
  var isGathering = false
  /// Whether nobody looks any more, and who stops is let go.
  var isLettingGo = false
  /// What this machine withholds.
  var missing: [String] = []
  /// What cannot be seen in this session, beside what cannot be seen on this machine.
  var notes: [String] = []
  /// The limits that were told.
  var toldLimits: Set<String> = []
  /// When what has not ended by itself is killed; nil while nobody asked to quit.
  var quitDeadline: Int64?
  /// The program with which we stop when job control stops it; nil where it has a terminal of its own.
  var firstProgram: Int32?
  /// The stop that we are about to share.
  var jobStop: JobStop?
  /// What the terminal asked the program to do, and it may do in its own way.
  var jobSignal: JobStop?

  /// The filters that we run under ourselves, which everything launched inherits.
  let ownFilters = ProcessFiles.filterCount(getpid())
  /// Microseconds for which reports are taken before anything else gets its turn again.
  private static let roundLimit: Int64 = 20_000
  private var vigil = Vigil()
  private let ticks = Ticks()
  var heldBack = HeldBackReports()
  private var lastTime: Int64 = 0
  /// Whether something was told since ``SessionUpdate/caughtUp``.
  private var isBehind = false
  private var reported = 0
  /// When running threads were last looked at.
  var lastObserved: Int64 = 0
  private var commandsTaken = 0
  private var lastStatus: SessionStatus?
  private let began = TracerEngine.clock

  init(commands: Mailbox<SessionCommand>, teller: DerivedUpdates.Teller) {
    self.commands = commands
    self.teller = teller
    watcher = DescriptorWatcher(sockets: sockets)
  }

  /// Microseconds since the session began.
  var now: Int64 { Self.clock - began }

  /// Microseconds of the clock that `ContinuousClock` has, too, without its arithmetic on
  /// attoseconds: every stop asks for the time.
  private static var clock: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }

  func emit(_ update: SessionUpdate) { teller.tell(update) }

  /// Numbers an event, tells it, and returns its number among those of the tracer.
  @discardableResult
  func report(_ event: consuming TraceEvent) -> Int {
    // Later than everything before it, also when it was kept back.
    event.time = max(event.time, lastTime)
    lastTime = event.time
    event.isStepped = mode == .stepping
    reported += 1
    event.sequence = reported
    emit(.event(event))
    isBehind = true
    return reported
  }

  /// Runs until the session is over and the user asked to quit.
  func run() {
    clinux_block_signal(SIGCHLD)
    while true {
      for command in commands.takeAll() { obey(command) }
      takeReports()
      reportHeldBack()
      readTerminals()
      killWhenOverdue()
      advance()
      if threads.isEmpty {
        mode = .ended
        publishStatus()
        if quitDeadline != nil { return }
      }
      publishStatus()
      stopWithProgram()
      sleep()
    }
  }

  /// Reports what was printed; see ``TerminalLines/readAll(quietFor:_:)``.
  func readTerminals(quietFor milliseconds: Int32 = 0) {
    terminals.readAll(quietFor: milliseconds) { pid, record in
      report(
        TraceEvent(
          time: now, pid: pid, comm: processes[pid]?.comm ?? "", body: .output(record)))
    }
  }

  /// Takes every report there is, and those that come so soon after that going to sleep for long
  /// would cost more than waiting for them here: most of what a stop costs a program is the time
  /// until its tracer goes on.
  func takeReports() {
    let end = now + Self.roundLimit
    var looks = 0
    while looks < vigil.rounds {
      let sleeps = mode == .running && vigil.sleeps && ticks.start()
      var report = clinux_wait()
      guard unsafe clinux_wait_any(&report, sleeps) == 0 else { return }
      if report.tid == 0 {
        // No sched_yield(2): on a busy machine it gives away milliseconds, not this moment.
        looks += sleeps ? vigil.looksInTick : 1
        if !sleeps { teller.useMoment() }
      } else {
        take(report)
        let now = now
        vigil.succeeded(after: looks, at: now)
        if now >= end { return }
        looks = 0
      }
    }
    ticks.stop()
    vigil.failed()
  }

  private func obey(_ command: SessionCommand) {
    commandsTaken += 1
    switch command {
    case .step(let pid): beginStep(of: pid)
    case .resume: resumeAll()
    case .pause: if mode == .running { mode = .stepping }
    case .experiment(let tid, let experiment): take(experiment, for: tid)
    case .type(let pid, let bytes):
      terminals.type(bytes, to: pid)
      expectWakeUps(from: bytes)
    case .resizeTerminal(let pid, let size):
      // What was printed so far was meant for the old size.
      readTerminals()
      terminals.resize(pid, to: size)
      expectWakeUps(from: [])
    case .quit: quit()
    }
  }

  func resumeAll() {
    guard mode == .stepping else { return }
    mode = .running
    step = nil
    queuedSteps = []
    releaseHeld()
  }

  /// Lets every held thread go that need not wait for a listener first.
  func releaseHeld() {
    for tid in order {
      guard let thread = threads[tid], thread.isHeld else { continue }
      if processes[thread.pid]?.waitsForListener == true, quitDeadline == nil { continue }
      release(thread, expectingToWait: false)
    }
    let reports = deferred
    deferred = []
    for report in reports { take(report) }
  }

  /// Reports what was kept back until sends returned, as far as they have. One that sleeps waits
  /// for room in its queue, and may do so for ever.
  func reportHeldBack() {
    while !heldBack.isEmpty {
      for tid in heldBack.awaited where !isOnItsWay(tid) { heldBack.sendReturned(of: tid) }
      let ready = heldBack.takeReady()
      if ready.isEmpty { return }
      for event in ready { report(event) }
    }
  }

  /// Whether a thread is running, or has stopped for us and is about to be looked at.
  private func isOnItsWay(_ tid: Int32) -> Bool {
    guard threads[tid] != nil, let state = ProcessFiles.state(tid) else { return false }
    return ["R", "D", "t"].contains(state)
  }

  /// Sleeps until a stop, a command or terminal output, or until it is time to look whether a
  /// running thread has begun to wait.
  func sleep() {
    if isBehind { emit(.caughtUp) }
    isBehind = false
    var requests = [pollfd(fd: commands.descriptor, events: Int16(POLLIN), revents: 0)]
    requests += terminals.pollRequests
    _ = unsafe clinux_sleep(&requests, UInt(requests.count), lookAgainAfter())
  }

  /// Tells where everything stands, if that is news.
  func publishStatus() {
    let status = SessionStatus(
      mode: mode, threads: order.compactMap { threads[$0]?.status }, next: nextProcess(),
      isSettled: isSettled, commandsTaken: commandsTaken, limits: limits)
    guard status != lastStatus else { return }
    // What stands in the session line need not be said again.
    for sentence in status.limits where toldLimits.insert(sentence).inserted {
      emit(.remark(sentence))
    }
    lastStatus = status
    emit(.status(status))
  }

  var limits: [String] { [sockets.limitation].compactMap { $0 } + missing + notes }
}
