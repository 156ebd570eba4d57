import CLinux
import TraceModel

/// A step that is under way.
struct ActiveStep {
  /// Whom it let go last.
  var tid: Int32
  /// The process that alone may be stepped; nil when any may.
  var pid: Int32?
  /// Everybody it has let go.
  var tried: Set<Int32>
}

/// The stepping rule: a step lets one thread go to its next stopping point. One that has to wait
/// in the kernel is left waiting, and the step goes on with another.
extension TracerEngine {
  /// How long a thread must sleep in a call that was not expected to wait before it counts as
  /// waiting: long enough for a page fault or a lock, too short for a person to notice.
  private static let patience: Int64 = 15_000
  /// The same for a sleep that nothing can interrupt: mostly a disk is at work, and a program that
  /// is read from it makes a busy machine wait. A vfork(2) waits like this too.
  private static let diskPatience: Int64 = 150_000
  /// How long after typing the terminal may still be on its way to the program: what ends a line
  /// is waited for longer, since a program mostly waits for it.
  private static let typingDelay: Int64 = 15_000
  private static let lineDelay: Int64 = 200_000
  /// How many steps may wait for the one under way: enough for the fastest fingers, too few for a
  /// surprise when a step that took long has ended at last.
  private static let queueLimit = 16

  func beginStep(of pid: Int32?) {
    guard mode == .stepping else { return }
    guard step == nil else {
      if queuedSteps.count < Self.queueLimit { queuedSteps.append(pid) }
      return
    }
    guard let tid = choose(pid: pid, except: []) else { return }
    go(tid, pid: pid, tried: [])
  }

  private func go(_ tid: Int32, pid: Int32?, tried: Set<Int32>) {
    step = ActiveStep(tid: tid, pid: pid, tried: tried.union([tid]))
    lastStepped = tid
    guard let thread = threads[tid] else { return }
    release(thread, expectingToWait: wouldWait(thread))
  }

  /// Lets a held thread go on, with the experiment that was asked for.
  func release(_ thread: TracedThread, expectingToWait: Bool) {
    if let stop = thread.stop.take() {
      doExperiment(thread, at: stop)
      thread.stop = consume stop
    }
    thread.release(expectingToWait: expectingToWait)
  }

  private func choose(pid: Int32?, except tried: Set<Int32>) -> Int32? {
    let candidates = order.compactMap { tid -> StepPolicy.Candidate? in
      guard let thread = threads[tid], thread.isHeld, !tried.contains(tid),
        pid == nil || thread.pid == pid
      else { return nil }
      return StepPolicy.Candidate(tid: tid, wouldWait: wouldWait(thread))
    }
    return StepPolicy.choose(among: candidates, last: lastStepped)
  }

  private func wouldWait(_ thread: TracedThread) -> Bool {
    thread.call.map { wouldWait($0, pid: thread.pid) } ?? false
  }

  /// The process that the next plain step would let go.
  func nextProcess() -> Int32? {
    guard mode == .stepping, step == nil else { return nil }
    return choose(pid: nil, except: []).flatMap { threads[$0]?.pid }
  }

  /// Looks how far everybody has come, and ends or goes on with the step under way.
  func advance() {
    observe()
    guard let step else { return }
    if let thread = threads[step.tid], thread.isRunning { return }
    if let next = successor(of: step) {
      go(next, pid: step.pid, tried: step.tried)
    } else {
      endStep()
    }
  }

  /// With whom the step goes on when the thread it let go has to wait: anybody when it waits in
  /// the kernel, somebody who need not wait when it was held before waiting.
  private func successor(of step: ActiveStep) -> Int32? {
    guard let thread = threads[step.tid] else { return nil }
    let next = choose(pid: step.pid, except: step.tried)
    switch thread.place {
    case .waiting: return next
    case .held(.before(_, wouldWait: true)):
      return next.flatMap { tid in threads[tid].map(wouldWait) == false ? tid : nil }
    default: return nil
    }
  }

  private func endStep() {
    step = nil
    // Whom it woke has left the kernel's queue by now, if only just.
    for thread in threads.values where thread.isWaiting { lookAgain(thread) }
    let reports = deferred.sorted { position($0.tid) < position($1.tid) }
    deferred = []
    for report in reports { take(report) }
    readTerminals(quietFor: 2)
    refreshPending()
    while step == nil, !queuedSteps.isEmpty { beginStep(of: queuedSteps.removeFirst()) }
  }

  private func position(_ tid: Int32) -> Int { order.firstIndex(of: tid) ?? .max }

  /// What a held thread is about to do may have become possible, or impossible.
  private func refreshPending() {
    for thread in threads.values {
      guard case .held(.before) = thread.place, let call = thread.call else { continue }
      thread.place = .held(pendingState(of: thread, call))
    }
  }

  // MARK: Who waits

  /// Nothing is under way: no step, and nobody between two stopping points.
  var isSettled: Bool {
    step == nil && deferred.isEmpty && typing == nil
      && !threads.values.contains { $0.isRunning }
  }

  /// Somebody may be woken by what was typed.
  func expectWakeUps(from bytes: [UInt8]) {
    // Line feed, Enter, and the end of the input (termios(3), VEOF).
    let endsLine = bytes.contains { [0x0A, 0x0D, 0x04].contains($0) }
    typing = Patience(endsLine ? Self.lineDelay : Self.typingDelay, from: now)
  }

  /// Milliseconds until a running thread should be looked at again; -1 when none runs.
  func lookAgainAfter() -> Int32 {
    if typing != nil { return 1 }
    if jobStop != nil { return 5 }
    if quitDeadline != nil { return 10 }
    guard threads.values.contains(where: \.isRunning) else { return -1 }
    return mode == .stepping || !heldBack.isEmpty ? 1 : Self.calmLooks
  }

  /// Milliseconds between looks at threads that run freely.
  private static let calmLooks: Int32 = 20

  private func observe() {
    if typing != nil {
      typing?.look()
      for thread in threads.values where thread.isWaiting {
        lookAgain(thread)
        if thread.isRunning { typing = Patience(Self.typingDelay, from: now) }
      }
      if typing?.isOver(at: now) == true { typing = nil }
    }
    // Each look reads files in /proc, while stops may come by the thousand.
    let now = now
    let isCalm = mode == .running && typing == nil && heldBack.isEmpty
    if isCalm, now - lastObserved < Int64(Self.calmLooks) * 1000 { return }
    lastObserved = now
    for thread in threads.values where thread.isRunning { observe(thread) }
  }

  private func observe(_ thread: TracedThread) {
    guard let state = ProcessFiles.state(thread.tid), "SD".contains(state),
      var call = ProcessFiles.waitingCall(thread.tid)
    else {
      thread.sleep = nil
      return
    }
    if !thread.isExpectedToWait {
      // On a busy machine looks are far apart, and two of them may see two short sleeps.
      let number = ProcessFiles.sleeps(thread.tid)
      if thread.sleep?.number != number || thread.sleep == nil {
        let patience = state == "D" ? Self.diskPatience : Self.patience
        thread.sleep = (number, Patience(patience, from: now))
      }
      thread.sleep?.patience.look()
      guard thread.sleep?.patience.isOver(at: now) == true else { return }
    }
    if call.number == thread.numbering?.restartCall { call = thread.lastWait ?? call }
    thread.lastWait = call
    let name = thread.numbering?.waitingName(call.number) ?? "system call \(call.number)"
    thread.place = .waiting(
      call: name, fd: Self.takesDescriptor(name) ? Int32(truncatingIfNeeded: call.first) : nil)
  }

  private func lookAgain(_ thread: TracedThread) {
    guard let state = ProcessFiles.state(thread.tid), !"SD".contains(state) else { return }
    thread.place = .running
    thread.sleep = nil
  }

  /// Whether the first argument of a call that can wait is a descriptor.
  private static func takesDescriptor(_ name: String) -> Bool {
    TracedCall(rawValue: name) != nil
      || [
        "recvfrom", "sendto", "recvmmsg", "sendmmsg", "epoll_wait", "epoll_pwait",
        "io_uring_enter",
      ].contains(name)
  }
}
