import CBrokers
import FDPassing
import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// A directory, and regular files below it; nothing that a path could lead to elsewhere.
///
/// The kernel resolves the whole path in one call, openat2(2), and stops at `..` beyond the root, at
/// absolute paths, symbolic links, magic links of /proc, and other file systems. So there is no
/// moment between a check and an opening in which somebody could swap something.
struct FileTree: ~Copyable {
  /// An opened file, and what fstat(2) says of it: of this file and no other.
  struct Opened: ~Copyable {
    let descriptor: OwnedDescriptor
    /// Bytes.
    let size: Int64
    /// Since the last change of the content; negative when that lies in the future.
    let age: Duration
  }

  private let root: OwnedDescriptor

  /// Opens the root. It is found once: what is put in its place later is not served.
  ///
  /// - Throws: `BrokerError` when it is no directory, or one of the kernel's own file systems.
  init(_ path: FilePath) throws(BrokerError) {
    let opened = OwnedDescriptor(
      adopting: try file("open the root \(path)") {
        try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
      }.rawValue)
    // What looks like regular files there are questions to the kernel.
    var status = statfs()
    let isKernels =
      unsafe fstatfs(opened.rawValue, &status) == 0
      && Self.kernelFileSystems.contains(UInt32(truncatingIfNeeded: status.f_type))
    if isKernels { throw .unsafeRoot(path) }
    root = opened
  }

  /// procfs, sysfs, debugfs, tracefs, securityfs, cgroups. Source: linux/magic.h.
  private static let kernelFileSystems: Set<UInt32> = [
    0x9fa0, 0x6265_6572, 0x6462_6720, 0x7472_6163, 0x7363_6673, 0x27_e0eb, 0x6367_7270,
  ]

  /// RESOLVE_NO_XDEV, _NO_MAGICLINKS, _NO_SYMLINKS (the last name included) and _BENEATH of
  /// linux/openat2.h.
  private static let resolve: UInt64 = 0x01 | 0x02 | 0x04 | 0x08
  /// O_PATH of asm-generic/fcntl.h, which Swift's module of the C library leaves out.
  private static let pathOnly: Int32 = 0o10_000_000

  /// Opens a regular file below the root.
  ///
  /// - Parameters:
  ///   - path: From the root; any bytes but zero.
  ///   - writable: Whether it is opened for writing as well.
  /// - Returns: The file, and what it is.
  /// - Throws: The reason against it.
  borrowing func open(_ path: [UInt8], writable: Bool) throws(Refusal) -> Opened {
    if path.isEmpty || path.contains(0) { throw Refusal("A path has bytes, and none is zero.") }
    // Looked at before it is opened: opening a named pipe or a device does something to it. What
    // counts is the second look, at what was opened.
    _ = try regular(try resolve(path, Self.pathOnly))
    // O_NONBLOCK: should it be a named pipe by now, nobody waits for its other end.
    let access = writable ? O_RDWR : O_RDONLY
    let descriptor = try resolve(path, access | O_NONBLOCK | O_NOCTTY)
    let status = try regular(descriptor)
    // The flag is shared with whoever gets the file, and has done its work.
    setBlocking(descriptor.fileDescriptor, true)
    return Opened(
      descriptor: descriptor, size: Int64(status.st_size), age: Self.age(status.st_mtim))
  }

  private borrowing func resolve(
    _ path: [UInt8], _ flags: Int32
  ) throws(Refusal) -> OwnedDescriptor {
    let name = path.map(CChar.init(bitPattern:)) + [0]
    // While something above the file is being renamed the kernel cannot say whether `..` leads
    // out, and says EAGAIN.
    for _ in 0..<100 {
      let number = unsafe cbrokers_openat2(
        root.rawValue, name, UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), Self.resolve)
      if number >= 0 { return OwnedDescriptor(adopting: number) }
      if errno != EAGAIN && errno != EINTR { break }
    }
    throw Refusal(Self.reason(Errno(rawValue: errno)))
  }

  private static func reason(_ code: Errno) -> String {
    switch code {
    case .noSuchFileOrDirectory: "There is no such file below the root."
    case Errno(rawValue: EXDEV): "The path leads out of the root, or to another file system."
    case .tooManySymbolicLinkLevels: "A symbolic link is in the path, and none is followed."
    case .permissionDenied: "The server itself may not open it."
    case .noFunction: "This kernel has no openat2(2), and nothing else is safe: Linux 5.6 has it."
    default: "It cannot be opened: \(code)."
    }
  }

  private borrowing func regular(_ descriptor: borrowing OwnedDescriptor) throws(Refusal) -> stat {
    var status = stat()
    if unsafe fstat(descriptor.rawValue, &status) == -1 {
      throw Refusal(Self.reason(Errno(rawValue: errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Refusal("It is no regular file.")
    }
    // Whoever may write below the root may give a file from elsewhere a name there.
    if status.st_nlink > 1 {
      throw Refusal("It has \(status.st_nlink) names, and one of them may be outside the root.")
    }
    return status
  }

  private static func age(_ change: timespec) -> Duration {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return .seconds(now.tv_sec - change.tv_sec) + .nanoseconds(now.tv_nsec - change.tv_nsec)
  }
}
