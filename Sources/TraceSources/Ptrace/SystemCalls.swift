import ControlMessages

/// The system calls the tracer stops at, under one name for all machines.
enum TracedCall: String, Sendable {
  case socket, socketpair, bind, listen, accept, accept4, connect, shutdown
  case sendmsg, recvmsg, sendmmsg, recvmmsg
  case read, write, readv, writev, preadv2, pwritev2, sendto, recvfrom, splice, sendfile
  case dup, dup2, dup3, fcntl, ioctl, close, closeRange = "close_range"
  case exitGroup = "exit_group"
  case ioUringSetup = "io_uring_setup"
  case seccomp, prctl

  /// Whether the call moves plain data: of interest on a Unix socket, whose queue it moves, and on
  /// a descriptor that was passed.
  var isPlainTransfer: Bool {
    switch self {
    case .read, .write, .readv, .writev, .preadv2, .pwritev2, .sendto, .recvfrom, .splice,
      .sendfile:
      true
    default: false
    }
  }

  /// Whether the kernel may let the caller wait until its first argument can be read.
  var waitsForInput: Bool {
    switch self {
    case .accept, .accept4, .recvmsg, .recvmmsg, .read, .readv, .preadv2, .recvfrom: true
    default: false
    }
  }

  /// Whether it sends or receives messages with headers.
  var movesMessages: Bool { isSend || self == .recvmsg || self == .recvmmsg }

  /// Whether it sends messages with headers.
  var isSend: Bool { self == .sendmsg || self == .sendmmsg }

  /// Where among the arguments the `MSG_*` flags stand, if anywhere.
  var flagsArgument: Int? {
    switch self {
    case .sendmsg, .recvmsg: 2
    case .sendmmsg, .recvmmsg, .sendto, .recvfrom: 3
    default: nil
    }
  }
}

/// A machine's numbering of system calls (`AUDIT_ARCH_*` of linux/audit.h), as
/// PTRACE_GET_SYSCALL_INFO names it at every stop.
enum CallNumbering: UInt32, Sendable {
  case x86_64 = 0xC000_003E
  case i386 = 0x4000_0003
  case aarch64 = 0xC000_00B7

  /// The numberings that programs of this machine can use, the usual one first.
  static var native: [CallNumbering] {
    #if arch(x86_64)
      [.x86_64, .i386]
    #else
      [.aarch64]
    #endif
  }

  /// The sizes of pointers and lengths in the structures of such a program.
  var abi: ControlABI { self == .i386 ? .bits32 : .bits64 }

  /// The call behind a number, where it is one that we trace. ``socketCall`` is none by itself.
  func call(_ number: UInt64) -> TracedCall? { calls[number] }

  /// Every number at which to stop, but for ``ioctlNumber``.
  var tracedNumbers: [UInt64] {
    calls.keys.filter { $0 != ioctlNumber } + [socketCall].compactMap { $0 }
  }

  /// `ioctl(2)`, at which to stop for few commands only.
  var ioctlNumber: UInt64 {
    switch self {
    case .x86_64: 16
    case .i386: 54
    case .aarch64: 29
    }
  }

  /// `restart_syscall(2)`, by which the kernel goes on with a call that waits for some time.
  var restartCall: UInt64 {
    switch self {
    case .x86_64: 219
    case .i386: 0
    case .aarch64: 128
    }
  }

  /// Whether it is `sigreturn(2)`, by which a signal handler ends.
  func endsHandler(_ number: UInt64) -> Bool {
    switch self {
    case .x86_64: number == 15
    case .i386: number == 119 || number == 173
    case .aarch64: number == 139
    }
  }

  /// `socketcall(2)`: the call's name and arguments stand in memory.
  var socketCall: UInt64? { self == .i386 ? 102 : nil }

  /// The call that the first argument of `socketcall` selects (linux/net.h).
  static func socketCall(_ selector: UInt64) -> TracedCall? {
    switch selector {
    case 1: .socket
    case 2: .bind
    case 3: .connect
    case 4: .listen
    case 5: .accept
    case 8: .socketpair
    case 9, 11: .sendto
    case 10, 12: .recvfrom
    case 13: .shutdown
    case 16: .sendmsg
    case 17: .recvmsg
    case 18: .accept4
    case 19: .recvmmsg
    case 20: .sendmmsg
    default: nil
    }
  }

  /// How many words `socketcall` reads at most: send(2) and recv(2), which we take for sendto(2) and
  /// recvfrom(2), have no address.
  static func socketCallArguments(_ selector: UInt64) -> Int {
    selector == 9 || selector == 10 ? 4 : 6
  }

  /// The name of a call that a thread can wait in, for the screen.
  func waitingName(_ number: UInt64) -> String {
    calls[number]?.rawValue ?? waits[number] ?? "system call \(number)"
  }

  private var calls: [UInt64: TracedCall] {
    switch self {
    case .x86_64: Self.x86_64Calls
    case .i386: Self.i386Calls
    case .aarch64: Self.aarch64Calls
    }
  }

  private var waits: [UInt64: String] {
    switch self {
    case .x86_64: Self.x86_64Waits
    case .i386: Self.i386Waits
    case .aarch64: Self.aarch64Waits
    }
  }

  // arch/x86/entry/syscalls/syscall_64.tbl
  private static let x86_64Calls: [UInt64: TracedCall] = [
    0: .read, 1: .write, 3: .close, 16: .ioctl, 19: .readv, 20: .writev, 32: .dup, 33: .dup2,
    40: .sendfile, 41: .socket, 42: .connect, 43: .accept, 44: .sendto, 45: .recvfrom, 46: .sendmsg,
    47: .recvmsg, 48: .shutdown, 49: .bind, 50: .listen, 53: .socketpair, 72: .fcntl, 157: .prctl,
    231: .exitGroup, 275: .splice, 288: .accept4, 292: .dup3, 299: .recvmmsg, 307: .sendmmsg,
    317: .seccomp, 327: .preadv2, 328: .pwritev2, 425: .ioUringSetup, 436: .closeRange,
  ]
  private static let x86_64Waits: [UInt64: String] = [
    7: "poll", 23: "select", 34: "pause", 35: "nanosleep", 61: "wait4", 128: "rt_sigtimedwait",
    130: "rt_sigsuspend", 202: "futex", 230: "clock_nanosleep", 232: "epoll_wait", 247: "waitid",
    270: "pselect6", 271: "ppoll", 281: "epoll_pwait", 426: "io_uring_enter", 441: "epoll_pwait2",
  ]

  // arch/x86/entry/syscalls/syscall_32.tbl
  private static let i386Calls: [UInt64: TracedCall] = [
    3: .read, 4: .write, 6: .close, 41: .dup, 54: .ioctl, 55: .fcntl, 63: .dup2, 145: .readv,
    146: .writev, 172: .prctl, 187: .sendfile, 221: .fcntl, 239: .sendfile, 252: .exitGroup,
    313: .splice, 330: .dup3, 337: .recvmmsg, 345: .sendmmsg, 354: .seccomp, 359: .socket,
    360: .socketpair, 361: .bind, 362: .connect, 363: .listen, 364: .accept4, 369: .sendto,
    370: .sendmsg, 371: .recvfrom, 372: .recvmsg, 373: .shutdown, 378: .preadv2, 379: .pwritev2,
    417: .recvmmsg, 425: .ioUringSetup, 436: .closeRange,
  ]
  private static let i386Waits: [UInt64: String] = [
    7: "waitpid", 29: "pause", 102: "socketcall", 114: "wait4", 142: "select", 162: "nanosleep",
    168: "poll", 177: "rt_sigtimedwait", 179: "rt_sigsuspend", 240: "futex", 256: "epoll_wait",
    267: "clock_nanosleep", 284: "waitid", 308: "pselect6", 309: "ppoll", 319: "epoll_pwait",
    407: "clock_nanosleep", 413: "pselect6", 414: "ppoll", 421: "rt_sigtimedwait", 422: "futex",
    426: "io_uring_enter", 441: "epoll_pwait2",
  ]

  // include/uapi/asm-generic/unistd.h
  private static let aarch64Calls: [UInt64: TracedCall] = [
    23: .dup, 24: .dup3, 25: .fcntl, 29: .ioctl, 57: .close, 63: .read, 64: .write, 65: .readv,
    66: .writev, 71: .sendfile, 76: .splice, 94: .exitGroup, 167: .prctl, 198: .socket,
    199: .socketpair, 200: .bind, 201: .listen, 202: .accept, 203: .connect, 206: .sendto,
    207: .recvfrom, 210: .shutdown, 211: .sendmsg, 212: .recvmsg, 242: .accept4, 243: .recvmmsg,
    269: .sendmmsg, 277: .seccomp, 286: .preadv2, 287: .pwritev2, 425: .ioUringSetup,
    436: .closeRange,
  ]
  private static let aarch64Waits: [UInt64: String] = [
    22: "epoll_pwait", 72: "pselect6", 73: "ppoll", 95: "waitid", 98: "futex", 101: "nanosleep",
    115: "clock_nanosleep", 133: "rt_sigsuspend", 137: "rt_sigtimedwait", 260: "wait4",
    426: "io_uring_enter", 441: "epoll_pwait2",
  ]
}
