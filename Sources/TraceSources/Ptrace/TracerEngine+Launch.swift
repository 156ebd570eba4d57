import CLinux
import FDPassing
import SystemPackage
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Starting and ending what we launch.
extension TracerEngine {
  /// Starts every program of the plan, traced from its first instruction on.
  ///
  /// Returns why it could not, as a sentence for the user; what was started before is killed then.
  func launch(_ plan: LaunchPlan) -> String? {
    mode = plan.startsStopped ? .stepping : .running
    report(
      TraceEvent(
        body: .session(
          SessionRecord(
            program: plan.inspector, command: plan.command, kernel: kernelRelease(),
            started: Int64(time(nil))))))
    for program in plan.programs {
      if let failure = start(program) {
        killAll()
        return failure
      }
    }
    return nil
  }

  private func start(_ program: LaunchPlan.Program) -> String? {
    var go: Int32 = -1
    var failure: Int32 = -1
    let pid = spawnHeld(program, &go, &failure)
    guard pid > 0 else {
      return "Cannot start \(program.path): fork failed (\(ErrorNames.meaning(-pid))). "
        + "Close other programs or raise the limits (ulimit -u)."
    }
    let goPipe = OwnedDescriptor(adopting: go)
    let failurePipe = OwnedDescriptor(adopting: failure)
    let options = TraceOptions.follow | TraceOptions.dieWithUs
    let seized = clinux_ptrace(clinux_ptrace_seize, pid, 0, options)
    guard seized == 0 else {
      // End of file on the pipe makes the child leave before it has become the program.
      return Self.seizeSentence(program.path, -Int32(seized))
    }
    register(pid, program)
    var byte: UInt8 = 1
    _ = unsafe write(goPipe.rawValue, &byte, 1)
    var code: Int32 = 0
    // End of file means that the exec has succeeded; its stop is reported to run().
    if unsafe read(failurePipe.rawValue, &code, 4) == 4 {
      return "Cannot run \(program.path): \(ErrorNames.meaning(code)). "
        + "Check the name, and that the file may be executed."
    }
    return nil
  }

  private func spawnHeld(
    _ program: LaunchPlan.Program, _ go: inout Int32, _ failure: inout Int32
  ) -> Int32 {
    unsafe withCStrings(program.arguments) { arguments in
      unsafe withCStrings(program.environment) { environment in
        unsafe program.path.withCString { path in
          var spawn = unsafe clinux_spawn(
            path: path, argv: arguments, envp: environment,
            close_inherited: program.terminal != nil, terminal: program.terminal?.slave ?? -1)
          return unsafe clinux_spawn_held(&spawn, &go, &failure)
        }
      }
    }
  }

  private func register(_ pid: Int32, _ program: LaunchPlan.Program) {
    let thread = TracedThread(tid: pid, pid: pid)
    threads[pid] = thread
    order.append(pid)
    processes[pid] = TracedProcess(
      pid: pid, role: program.role, comm: "", wasLaunched: true,
      waitsForListener: program.waitsForListener)
    if let terminal = program.terminal { terminals.add(pid: pid, master: terminal.master) }
  }

  /// Ends what was launched: with SIGTERM, so that it can clean up, and with SIGKILL when it has
  /// not gone soon after.
  func quit() {
    guard quitDeadline == nil else { return killAll() }
    mode = .running
    step = nil
    queuedSteps = []
    for process in processes.values where process.wasLaunched { kill(process.pid, SIGTERM) }
    quitDeadline = now + 500_000
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
    let cause = "Cannot trace \(path): \(ErrorNames.meaning(code))."
    guard code == EPERM else { return cause }
    return cause + " ptrace is not permitted here: a container without the SYS_PTRACE capability"
      + " or kernel.yama.ptrace_scope 3 forbids it."
  }
}

/// The kernel's release, as `uname -r` prints it.
private func kernelRelease() -> String {
  var name = utsname()
  guard unsafe uname(&name) == 0 else { return "" }
  return unsafe withUnsafeBytes(of: &name.release) { bytes in
    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// Lends a NULL-terminated array of C strings, as execve(2) takes it.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
  defer { unsafe pointers.forEach { unsafe free($0) } }
  return unsafe pointers.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("the array has a last NULL") }
    return unsafe body(base)
  }
}
