#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Why a process cannot be attached (ptrace(2), PTRACE_SEIZE), as a sentence with the way out.
public struct AttachObstacle: Error, Equatable, CustomStringConvertible {
  /// The reason, what to do about it, and the number and name of the process.
  public let description: String

  private init(_ number: Int32, _ name: String?, _ reason: String, _ cure: String) {
    let name = name.map { " (\($0))" } ?? ""
    description = "Cannot attach to process \(number)\(name): \(reason). \(cure)"
  }

  /// What can be told before trying; nil when a try is worth it.
  public static func before(attaching number: Int32) -> AttachObstacle? {
    let standing = ProcessStanding(of: number)
    // Only for another user's process is there a permission to lack (kill(2)).
    if standing == nil, kill(number, 0) == -1, errno == EPERM {
      return AttachObstacle(
        number, nil,
        "it is another user's, and /proc is mounted so that you do not see it (hidepid)",
        "Run fdpass-tui as that user or as root (sudo).")
    }
    return before(attaching: number, standing, ourselves: getpid())
  }

  static func before(
    attaching number: Int32, _ standing: ProcessStanding?, ourselves: Int32
  ) -> AttachObstacle? {
    guard let standing else {
      return AttachObstacle(
        number, nil, "there is none with this number",
        "Find the number with pgrep, or choose from the list that `fdpass-tui attach` shows.")
    }
    func obstacle(_ reason: String, _ cure: String) -> AttachObstacle {
      AttachObstacle(number, standing.name, reason, cure)
    }
    if standing.pid == ourselves {
      return obstacle("it is this fdpass-tui itself", "Give the number of another process.")
    }
    if standing.isKernelThread {
      return obstacle(
        "it is a thread of the kernel, which has no descriptors",
        "Give the number of a program's process.")
    }
    if standing.tracer != 0 {
      let tracer = ProcessFiles.comm(standing.tracer)
      let who = tracer.isEmpty ? "process \(standing.tracer)" : "\(tracer) \(standing.tracer)"
      return obstacle("\(who) traces it, and there can be only one tracer", "End that one first.")
    }
    if "ZX".contains(standing.state) {
      return obstacle(
        "it has ended, and its parent has not taken note of it yet",
        "Give the number of a running process.")
    }
    return nil
  }

  /// Why the kernel did not let us.
  static func refused(
    _ number: Int32, _ standing: ProcessStanding, code: Int32, user: UInt32, yama: Int?
  ) -> AttachObstacle {
    func obstacle(_ reason: String, _ cure: String) -> AttachObstacle {
      AttachObstacle(number, standing.name, reason, cure)
    }
    guard code == EPERM else {
      return obstacle(
        "the kernel says \(ErrorNames.name(code)) (\(ErrorNames.meaning(code)))", "Try again.")
    }
    if standing.user != user, user != 0 {
      let names = UserNames()
      return obstacle(
        "it belongs to \(names[standing.user]), and you are \(names[user])",
        "Run fdpass-tui as that user or as root (sudo).")
    }
    let scope = yama.map { "kernel.yama.ptrace_scope is \($0)" } ?? "Yama is not in use here"
    return obstacle(
      "ptrace is not permitted (EPERM; \(scope))",
      "Either run fdpass-tui as root (sudo), or where ptrace_scope is 1 allow it for all with "
        + "`echo 0 > /proc/sys/kernel/yama/ptrace_scope`, or launch the program from here with "
        + "`fdpass-tui run`." + (user == 0 ? " A container needs the SYS_PTRACE capability." : ""))
  }
}

/// The value of `kernel.yama.ptrace_scope`; nil where the kernel has no Yama.
func yamaScope() -> Int? {
  ProcessFiles.contents("/proc/sys/kernel/yama/ptrace_scope").flatMap { bytes in
    Int(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
  }
}
