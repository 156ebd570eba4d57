import CLinux
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A stop by job control that we share with the program.
struct JobStop {
  var signal: Int32
  /// Until when something else is waited for.
  var deadline: Int64
}

/// Job control where the program shares our terminal. The shell that waits for us is to see us stop
/// when the program does, and not before: to go down with its screen tidied up an editor needs its
/// handler for Ctrl-Z, and that needs a tracer that runs.
extension TracerEngine {
  /// Microseconds that others of its process group may take after the first program has stopped.
  private static let stoppingTime: Int64 = 100_000
  /// Microseconds that a program may need before it stops itself.
  private static let tidyingTime: Int64 = 2_000_000

  /// A signal is about to be delivered.
  func noteSignal(_ signal: Int32, to thread: TracedThread) {
    guard thread.pid == firstProgram, [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal) else { return }
    jobSignal = JobStop(signal: signal, deadline: now + Self.tidyingTime)
  }

  /// Job control has stopped a thread.
  func noteGroupStop(of thread: TracedThread, by signal: Int32) {
    guard let first = firstProgram, thread.tid == first || threads[first] == nil else { return }
    var signal = signal
    // Some that catch Ctrl-Z stop themselves by SIGSTOP in the end.
    if let asked = jobSignal.take(), signal == SIGSTOP, now < asked.deadline {
      signal = asked.signal
    }
    // Whoever else stops a process of our group by SIGSTOP may continue it alone, behind the shell's
    // back, and stopped we could not follow.
    guard signal != SIGSTOP || getpgid(thread.pid) != getpgrp() else { return }
    jobStop = JobStop(signal: signal, deadline: now + Self.stoppingTime)
  }

  /// Stops us as the program was stopped, once the others of its process group are, too.
  func stopWithProgram() {
    guard let stop = jobStop, let first = firstProgram else { return }
    let job = threads[first] == nil ? getpgrp() : getpgid(first)
    let areAllStopped = threads.values.allSatisfy { $0.isSuspended || getpgid($0.pid) != job }
    if let leader = threads[first], !leader.isSuspended { jobStop = nil }
    guard jobStop != nil, areAllStopped || threads[first] != nil && now >= stop.deadline else {
      return
    }
    jobStop = nil
    // Nobody would continue us.
    guard !Self.isOrphaned else { return }
    stopOurselves(by: stop.signal, with: job)
  }

  /// Stops, and goes on with a job that has a process group of its own, as a shell's has.
  private func stopOurselves(by signal: Int32, with job: Int32) {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    let hadTerminal = terminal >= 0 && tcgetpgrp(terminal) == job
    clinux_stop_ourselves([SIGTTIN, SIGTSTP].contains(signal) ? signal : SIGTSTP)
    guard job != getpgrp() else { return closeTerminal(terminal) }
    if hadTerminal, tcgetpgrp(terminal) == getpgrp() { _ = tcsetpgrp(terminal, job) }
    kill(-job, SIGCONT)
    closeTerminal(terminal)
  }

  private func closeTerminal(_ number: Int32) { if number >= 0 { close(number) } }

  /// Whether no shell of our session waits for our process group (setpgid(2), "orphaned"). The
  /// kernel does not stop such a group by the terminal's signals either.
  private static var isOrphaned: Bool {
    ![getpid(), getpgrp()].contains { member in
      guard let parent = ProcessFiles.family(member)?.parent else { return false }
      return getsid(parent) == getsid(0) && getpgid(parent) != getpgrp()
    }
  }
}
