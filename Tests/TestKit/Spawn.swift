import Glibc

/// A command that could not be started.
public struct SpawnError: Error, CustomStringConvertible {
  /// Which command, and the kernel's reason.
  public let description: String
}

/// Reaps `pid`; nil while it runs.
func exitStatus(of pid: pid_t, _ options: Int32) -> Int32? {
  var status: Int32 = 0
  guard unsafe waitpid(pid, &status, options) == pid else { return nil }
  let signal = status & 0x7f  // WTERMSIG, a macro Swift does not import
  return signal == 0 ? (status >> 8) & 0xff : 128 + signal
}

/// Starts a command whose only descriptors are the three given files.
///
/// Tests run in parallel in one process. A descriptor that another test has open must not slip into
/// this child, where it would keep a socket or a pipe alive. So the child closes all numbers a test
/// can have, open or not: glibc's `closefrom` action is for GNU sources, Swift does not see it.
func spawn(
  _ arguments: [String], _ environment: [String: String],
  stdin: String = "/dev/null", stdout: String = "/dev/null", stderr: String = "/dev/null"
) throws -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  let create = O_WRONLY | O_CREAT | O_TRUNC
  unsafe posix_spawn_file_actions_addopen(&actions, 0, stdin, O_RDONLY, 0)
  unsafe posix_spawn_file_actions_addopen(&actions, 1, stdout, create, 0o600)
  unsafe posix_spawn_file_actions_addopen(&actions, 2, stderr, create, 0o600)
  for descriptor in 3..<min(getdtablesize(), 1024) {
    unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
  }

  var attributes = posix_spawnattr_t()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  var none = sigset_t()
  var all = sigset_t()
  unsafe sigemptyset(&none)
  unsafe sigfillset(&all)
  unsafe posix_spawnattr_setsigmask(&attributes, &none)
  unsafe posix_spawnattr_setsigdefault(&attributes, &all)
  unsafe posix_spawnattr_setpgroup(&attributes, 0)
  let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
  unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

  var argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
  var envp = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
  defer { unsafe (argv + envp).forEach { unsafe free($0) } }
  var pid: pid_t = 0
  let failure = unsafe posix_spawnp(&pid, arguments[0], &actions, &attributes, &argv, &envp)
  guard failure == 0 else {
    let reason = unsafe String(cString: strerror(failure))
    throw SpawnError(description: "Cannot start \(arguments[0]): \(reason).")
  }
  return pid
}
