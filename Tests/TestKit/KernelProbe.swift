import Foundation
import Glibc

/// Questions that only a try can answer: configuration, Yama and seccomp all have a say.
enum KernelProbe {
  /// `PTRACE_SEIZE` on a child of our own, ptrace(2).
  static func allowsTracing() -> Bool {
    guard let child = try? spawn(["sleep", "60"], ProcessInfo.processInfo.environment) else {
      return false
    }
    let seize = 0x4206
    let isAllowed = systemCall(ptraceNumber, seize, Int(child), 0, 0, 0) == 0
    kill(child, SIGKILL)
    _ = exitStatus(of: child, 0)
    return isAllowed
  }

  /// Runs a command that ends with 0 where something is allowed.
  static func succeeds(_ command: [String]) -> Bool {
    guard let child = try? spawn(command, ProcessInfo.processInfo.environment) else { return false }
    return exitStatus(of: child, 0) == 0
  }

  /// `KCMP_FILE` of a descriptor of ours and itself, kcmp(2): the answer must be "equal".
  static func allowsComparing() -> Bool {
    let descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    let (file, me) = (0, Int(getpid()))
    return systemCall(kcmpNumber, me, me, file, Int(descriptor), Int(descriptor)) == 0
  }

  /// A dump request for all Unix sockets, sock_diag(7): the answer is either sockets or an error.
  static func answersAboutUnixSockets() -> Bool {
    let sockDiag: Int32 = 4
    let socket = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | O_CLOEXEC, sockDiag)
    guard socket >= 0 else { return false }
    defer { close(socket) }
    // nlmsghdr: length, SOCK_DIAG_BY_FAMILY with NLM_F_REQUEST | NLM_F_DUMP, sequence, port;
    // unix_diag_req: AF_UNIX, all states, no inode, show nothing, two words of cookie.
    let request: [UInt32] = [40, 20 | 0x301 << 16, 1, 0, 1, ~0, 0, 0, 0, 0]
    var answer = [UInt32](repeating: 0, count: 4096)
    let sent = unsafe request.withUnsafeBytes { unsafe send(socket, $0.baseAddress, $0.count, 0) }
    let got = unsafe answer.withUnsafeMutableBytes {
      unsafe recv(socket, $0.baseAddress, $0.count, 0)
    }
    let errorMessage: UInt32 = 2  // NLMSG_ERROR
    return sent == 40 && got >= 16 && answer[1] & 0xffff != errorMessage
  }

  #if arch(x86_64)
    private static let ptraceNumber = 101
    private static let kcmpNumber = 312
  #else
    // The generic table of newer architectures, <asm-generic/unistd.h>.
    private static let ptraceNumber = 117
    private static let kcmpNumber = 272
  #endif

  /// `syscall(2)`, which Swift does not see because it is variadic. On Linux, integer arguments
  /// travel in the same registers whether the callee is variadic or not.
  private static func systemCall(
    _ number: Int, _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ e: Int
  ) -> Int {
    typealias Function = @convention(c) (Int, Int, Int, Int, Int, Int) -> Int
    guard let symbol = unsafe dlsym(nil, "syscall") else { return -1 }
    return unsafe unsafeBitCast(symbol, to: Function.self)(number, a, b, c, d, e)
  }
}
