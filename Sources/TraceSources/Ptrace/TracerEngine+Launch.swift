import CLinux
import FDPassing
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Starting and ending what we launch.
extension TracerEngine {
  /// Starts every program of the plan, traced from its first instruction on. None runs before all
  /// are there: one that waits for another to listen must not come too late to see it.
  ///
  /// Returns why it could not, as a sentence for the user; what was started before is killed then.
  func launch(_ plan: LaunchPlan) -> String? {
    missing = MissingFacilities.sentences(launching: true)
    mode = .stepping
    reportSession(command: plan.command, inspector: plan.inspector)
    for program in plan.programs {
      if let failure = start(program) {
        killAll()
        // They are our children: what nobody waits for stays a zombie as long as we live.
        while !threads.isEmpty {
          takeReports()
          sleep()
        }
        return failure
      }
      // One after the other, so that the same plan always gives the same beginning.
      while processes.values.contains(where: { $0.launch != nil }) {
        takeReports()
        sleep()
      }
    }
    if plan.stopsWithProgram { firstProgram = order.first }
    if !plan.startsStopped { resumeAll() }
    return nil
  }

  /// The first event of every session.
  func reportSession(command: [String], inspector: String) {
    toldLimits.formUnion(limits)
    let record = SessionRecord(
      program: inspector, command: command, kernel: kernelRelease(),
      started: Int64(time(nil)), limits: limits)
    report(TraceEvent(body: .session(record)))
  }

  /// Starts one program; returns why it could not, as a sentence.
  private func start(_ program: LaunchPlan.Program) -> String? {
    do throws(HeldChildError) {
      let child = try HeldChild(program)
      let seized = clinux_ptrace(
        clinux_ptrace_seize, child.pid, 0,
        TraceOptions.follow | TraceOptions.filtered | TraceOptions.dieWithUs)
      guard seized == 0 else {
        child.abandon()
        return Self.seizeSentence(program.path, -Int32(seized))
      }
      let process = register(child.pid, program)
      process.launch = PendingLaunch(path: program.path, failure: child.letGo())
      return nil
    } catch {
      return "Cannot start \(program.path): fork failed (\(ErrorNames.meaning(error.code))). "
        + "Close other programs or raise the limits (ulimit -u)."
    }
  }

  private func register(_ pid: Int32, _ program: LaunchPlan.Program) -> TracedProcess {
    let process = TracedProcess(
      pid: pid, role: program.role, comm: "", wasLaunched: true,
      waitsForListener: program.waitsForListener)
    processes[pid] = process
    threads[pid] = TracedThread(tid: pid, process: process)
    order.append(pid)
    if let terminal = program.terminal { terminals.add(pid: pid, master: terminal.master) }
    return process
  }

  /// Ends a session that cannot go on.
  func fail(_ sentence: String) {
    guard quitDeadline == nil else { return }
    emit(.failed(sentence))
    quit()
  }

  /// A child ended before it had become its program.
  func launchFailed(_ launch: borrowing PendingLaunch) {
    let error = HeldChildError(from: launch.failure.rawValue)
    let cause =
      error.map {
        ErrorNames.meaning($0.code) + ". Check the name, and that the file may be executed."
      } ?? "it was killed before it began. Run it again."
    emit(.failed("Cannot run \(launch.path): \(cause)"))
    quitDeadline = now
    killAll()
  }

  /// Ends what was launched: with SIGTERM, so that it can clean up, and with SIGKILL when it has
  /// not gone soon after. What was attached runs on.
  func quit() {
    guard quitDeadline == nil else { return killAll() }
    mode = .running
    step = nil
    queuedSteps = []
    for process in processes.values where process.wasLaunched { kill(process.pid, SIGTERM) }
    quitDeadline = now + 500_000
    giveUpExperiments()
    if isAttached { letEverybodyGo() }
    releaseHeld()
  }

  func killWhenOverdue() {
    if let deadline = quitDeadline, now >= deadline { killAll() }
  }

  /// SIGKILL ends even a thread that is stopped for us.
  private func killAll() {
    for process in processes.values where process.wasLaunched { kill(process.pid, SIGKILL) }
  }

  private static func seizeSentence(_ path: String, _ code: Int32) -> String {
    let cause = "Cannot trace \(path): \(ErrorNames.meaning(code)). "
    guard code == EPERM || code == ENOSYS else { return cause + "Try again." }
    let scope = yamaScope().map { "kernel.yama.ptrace_scope is \($0), and 3 forbids it to all" }
    return cause + "ptrace is not permitted here (\(ErrorNames.name(code))"
      + (scope.map { "; \($0)" } ?? "") + "). In a container, start it with the SYS_PTRACE "
      + "capability and a seccomp profile that allows ptrace."
  }
}

/// A launch whose exec has not been seen.
struct PendingLaunch: ~Copyable {
  let path: String
  let failure: OwnedDescriptor
}

/// The kernel's release, as `uname -r` prints it.
private func kernelRelease() -> String {
  var name = utsname()
  guard unsafe uname(&name) == 0 else { return "" }
  return unsafe withUnsafeBytes(of: &name.release) { bytes in
    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
