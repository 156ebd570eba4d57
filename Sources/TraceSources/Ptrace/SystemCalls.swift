/// The system calls the tracer stops at, under one name for all machines.
enum TracedCall: String, Sendable {
  case socket, socketpair, bind, listen, accept, accept4, connect, shutdown
  case sendmsg, recvmsg
  case read, write, readv, writev
  case dup, dup2, dup3, fcntl, close

  /// Whether the call moves plain data through a descriptor; of interest only when that
  /// descriptor was passed.
  var isPlainTransfer: Bool {
    switch self {
    case .read, .write, .readv, .writev: true
    default: false
    }
  }

  /// Whether the kernel may let the caller wait for somebody else, and for what event
  /// (`POLLIN`, `POLLOUT`) on its first argument.
  var waitsForInput: Bool {
    switch self {
    case .accept, .accept4, .recvmsg, .read, .readv: true
    default: false
    }
  }
}

/// A machine's numbering of system calls (`AUDIT_ARCH_*` of linux/audit.h), as
/// PTRACE_GET_SYSCALL_INFO names it at every stop.
enum CallNumbering: UInt32, Sendable {
  case x86_64 = 0xC000_003E
  case aarch64 = 0xC000_00B7

  /// The call behind a number, where it is one that we trace.
  func call(_ number: UInt64) -> TracedCall? {
    switch self {
    case .x86_64: Self.x86_64Calls[number]
    case .aarch64: Self.aarch64Calls[number]
    }
  }

  /// The name of a call that a thread can wait in, for the screen.
  func waitingName(_ number: UInt64) -> String {
    if let call = call(number) { return call.rawValue }
    let names = self == .x86_64 ? Self.x86_64Waits : Self.aarch64Waits
    return names[number] ?? "system call \(number)"
  }

  // arch/x86/entry/syscalls/syscall_64.tbl
  private static let x86_64Calls: [UInt64: TracedCall] = [
    0: .read, 1: .write, 3: .close, 19: .readv, 20: .writev, 32: .dup, 33: .dup2, 41: .socket,
    42: .connect, 43: .accept, 46: .sendmsg, 47: .recvmsg, 48: .shutdown, 49: .bind, 50: .listen,
    53: .socketpair, 72: .fcntl, 288: .accept4, 292: .dup3,
  ]
  private static let x86_64Waits: [UInt64: String] = [
    7: "poll", 23: "select", 34: "pause", 35: "nanosleep", 44: "sendto", 45: "recvfrom",
    61: "wait4", 128: "rt_sigtimedwait", 130: "rt_sigsuspend", 202: "futex", 230: "clock_nanosleep",
    232: "epoll_wait", 247: "waitid", 270: "pselect6", 271: "ppoll", 281: "epoll_pwait",
    299: "recvmmsg", 307: "sendmmsg", 426: "io_uring_enter", 441: "epoll_pwait2",
  ]

  // include/uapi/asm-generic/unistd.h
  private static let aarch64Calls: [UInt64: TracedCall] = [
    23: .dup, 24: .dup3, 25: .fcntl, 57: .close, 63: .read, 64: .write, 65: .readv, 66: .writev,
    198: .socket, 199: .socketpair, 200: .bind, 201: .listen, 202: .accept, 203: .connect,
    210: .shutdown, 211: .sendmsg, 212: .recvmsg, 242: .accept4,
  ]
  private static let aarch64Waits: [UInt64: String] = [
    22: "epoll_pwait", 72: "pselect6", 73: "ppoll", 95: "waitid", 98: "futex", 101: "nanosleep",
    115: "clock_nanosleep", 133: "rt_sigsuspend", 137: "rt_sigtimedwait", 206: "sendto",
    207: "recvfrom", 243: "recvmmsg", 260: "wait4", 269: "sendmmsg", 426: "io_uring_enter",
    441: "epoll_pwait2",
  ]
}
