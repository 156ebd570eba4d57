import CLinux
import Lessons

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Performer {
  /// What makes descriptors; nil for everything else.
  func open(_ action: Action) -> Outcome? {
    switch action {
    case .open(let path, let flags):
      return .made(unsafe Glibc.open(path, Self.bits(flags), 0o600))
    case .openBelow(let folder, let path, let flags):
      return .made(unsafe openat(one(folder), path, Self.bits(flags)))
    case .openBeneath(let folder, let path):
      let result = unsafe clinux_open_beneath(one(folder), path)
      return result < 0 ? .failed(-result) : .done([result])
    case .reopen(let file, let flags):
      return .made(unsafe Glibc.open("/proc/self/fd/\(one(file))", Self.bits(flags)))
    case .memory:
      let result = clinux_memory_file()
      return result < 0 ? .failed(-result) : .done([result])
    case .socketPair(let type):
      var pair: [Int32] = [-1, -1]
      guard unsafe socketpair(AF_UNIX, type.number, 0, &pair) == 0 else { return .failed(errno) }
      return .done(pair)
    case .listen(let path): return listen(path)
    case .accept(let listener): return .made(accept(one(listener), nil, nil))
    case .connect(let path): return connect(path)
    case .ownPidDescriptor:
      let result = clinux_pidfd_open(getpid())
      return result < 0 ? .failed(-result) : .done([result])
    case .duplicate(let file): return .made(dup(one(file)))
    default: return nil
    }
  }

  private static func bits(_ flags: [OpenFlag]) -> Int32 {
    flags.reduce(0) { bits, flag in
      switch flag {
      case .read: bits | O_RDONLY
      case .write: bits | O_WRONLY
      case .readWrite: bits | O_RDWR
      case .append: bits | O_APPEND
      case .create: bits | O_CREAT
      case .directory: bits | O_DIRECTORY
      case .closeOnExec: bits | O_CLOEXEC
      case .path: bits | 0o10000000  // O_PATH, which Glibc declares for _GNU_SOURCE only.
      }
    }
  }

  private func listen(_ path: String) -> Outcome {
    let fd = socket(AF_UNIX, SocketType.stream.number, 0)
    guard fd >= 0 else { return .failed(errno) }
    let bound = unsafe withAddress(path) { unsafe bind(fd, $0, $1) }
    guard bound == 0, Glibc.listen(fd, 5) == 0 else { return .failed(errno) }
    return .done([fd])
  }

  private func connect(_ path: String) -> Outcome {
    let fd = socket(AF_UNIX, SocketType.stream.number, 0)
    guard fd >= 0 else { return .failed(errno) }
    let result = unsafe withAddress(path) { unsafe Glibc.connect(fd, $0, $1) }
    return result == 0 ? .done([fd]) : .failed(errno)
  }

  private func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
      for (place, byte) in zip(bytes.indices.dropLast(), path.utf8) { unsafe bytes[place] = byte }
    }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  /// What changes something that is there.
  func change(_ action: Action) -> Outcome {
    switch action {
    case .plainReceive(let socket, let count):
      var bytes = [UInt8](repeating: 0, count: count)
      return .checked(unsafe recv(one(socket), &bytes, count, 0))
    case .read(let file, let count):
      var bytes = [UInt8](repeating: 0, count: count)
      return .checked(unsafe Glibc.read(one(file), &bytes, count))
    case .write(let file, let text):
      let bytes = Array(text.utf8)
      return .checked(unsafe Glibc.write(one(file), bytes, bytes.count))
    case .seek(let file, let offset): return .checked(lseek(one(file), offset, SEEK_SET))
    case .truncate(let file, let size): return .checked(ftruncate(one(file), size))
    case .close(let files):
      let results = files.flatMap(all).map { Glibc.close($0) }
      return .checked(results.min() ?? -1)
    case .map(let file): return mappings.map(one(file))
    case .look(let file): return mappings.look(one(file))
    case .waitForHangUp(let socket): return waitForHangUp(one(socket))
    default: return setting(action)
    }
  }

  private func setting(_ action: Action) -> Outcome {
    switch action {
    case .nonBlocking(let file):
      let flags = fcntl(one(file), F_GETFL)
      return .checked(fcntl(one(file), F_SETFL, flags | O_NONBLOCK))
    case .closeOnExec(let file, let isOn):
      return .checked(fcntl(one(file), F_SETFD, isOn ? FD_CLOEXEC : 0))
    case .limit(let count): return .coded(clinux_limit_descriptors(UInt(count)))
    case .option(let socket, let option, let isOn):
      var value: Int32 = isOn ? 1 : 0
      return .checked(unsafe setsockopt(one(socket), SOL_SOCKET, option.number, &value, 4))
    case .seal(let memory, let seals):
      // F_ADD_SEALS, which Glibc declares for _GNU_SOURCE only.
      return .checked(fcntl(one(memory), 1033, seals.reduce(0) { $0 | $1.bit }))
    case .dropRoot:
      return .checked(geteuid() == 0 ? min(setgid(65534), setuid(65534)) : 0)
    case .jail(let path): return jail(path)
    default: return .failed(ENOSYS)
    }
  }

  private func jail(_ path: String) -> Outcome {
    if geteuid() != 0 {
      let result = clinux_own_user_namespace()
      guard result == 0 else { return .failed(-result) }
    }
    return .checked(unsafe chroot(path) == 0 ? chdir("/") : -1)
  }

  private func waitForHangUp(_ socket: Int32) -> Outcome {
    var request = pollfd(fd: socket, events: 0, revents: 0)
    return .checked(unsafe poll(&request, 1, -1))
  }
}

extension SocketType {
  var number: Int32 {
    switch self {
    case .stream: Int32(SOCK_STREAM.rawValue)
    case .dgram: Int32(SOCK_DGRAM.rawValue)
    case .seqpacket: Int32(SOCK_SEQPACKET.rawValue)
    }
  }
}

extension SocketOption {
  /// asm-generic/socket.h
  fileprivate var number: Int32 {
    switch self {
    case .passCredentials: 16
    case .passPidDescriptor: 76
    case .passRights: 83
    }
  }
}

extension Seal {
  /// linux/fcntl.h
  fileprivate var bit: Int32 {
    switch self {
    case .seal: 1
    case .shrink: 2
    case .grow: 4
    case .write: 8
    }
  }
}
