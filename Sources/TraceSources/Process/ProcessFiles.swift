import CLinux
import FDPassing
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What /proc tells of a process (proc(5)). Everything may vanish between two looks, so each
/// answer is optional and none is an error.
enum ProcessFiles {
  /// `/proc/PID/comm`: the name, at most 15 bytes.
  static func comm(_ pid: Int32) -> String {
    guard let bytes = contents("/proc/\(pid)/comm") else { return "" }
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
  }

  /// `/proc/PID/cmdline` as words.
  static func arguments(_ pid: Int32) -> [String] {
    guard let bytes = contents("/proc/\(pid)/cmdline") else { return [] }
    var words = bytes.split(separator: 0, omittingEmptySubsequences: false)
      .dropLast().map { String(decoding: $0, as: UTF8.self) }
    // A program that has written a title over its arguments fills up with NULs (sshd).
    while words.count > 2, words.suffix(2).allSatisfy(\.isEmpty) { words.removeLast() }
    return words
  }

  /// The process a thread belongs to, that process's parent, and the thread that traces it, 0 when
  /// nobody does.
  typealias Family = (process: Int32, parent: Int32, tracer: Int32)

  /// Whom a thread belongs to, from `/proc/TID/status`.
  static func family(_ tid: Int32) -> Family? {
    guard let bytes = contents("/proc/\(tid)/status") else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let process = field("Tgid:", in: text), let parent = field("PPid:", in: text) else {
      return nil
    }
    return (process, parent, field("TracerPid:", in: text) ?? 0)
  }

  /// The effective user (the second number of `Uid` in `/proc/PID/status`).
  static func user(_ pid: Int32) -> UInt32? {
    guard let bytes = contents("/proc/\(pid)/status") else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("Uid:") }
    let words = line?.split(whereSeparator: \.isWhitespace) ?? []
    return words.count > 2 ? UInt32(words[2]) : nil
  }

  /// How full the descriptor table is, and its soft limit (`Max open files` in
  /// `/proc/PID/limits`).
  static func room(_ pid: Int32) -> DescriptorRoom? {
    guard let numbers = descriptors(pid), let bytes = contents("/proc/\(pid)/limits") else {
      return nil
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("Max open files") }
    let words = line?.split(whereSeparator: \.isWhitespace) ?? []
    guard words.count > 3, let limit = Int(words[3]) else { return nil }
    return DescriptorRoom(open: numbers.count { $0 < limit }, limit: limit)
  }

  /// Where the first thread's stack is mapped (`[stack]` in `/proc/PID/maps`).
  static func mainStack(_ pid: Int32) -> Range<UInt64>? {
    guard let bytes = contents("/proc/\(pid)/maps") else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasSuffix(" [stack]") }
    let bounds = line?.prefix { $0 != " " }.split(separator: "-") ?? []
    guard bounds.count == 2, let start = UInt64(bounds[0], radix: 16),
      let end = UInt64(bounds[1], radix: 16), start < end
    else { return nil }
    return start..<end
  }

  /// How often a thread has gone to sleep (`voluntary_ctxt_switches` in `/proc/TID/status`): the
  /// same number at two looks is one sleep.
  static func sleeps(_ tid: Int32) -> Int32? {
    guard let bytes = contents("/proc/\(tid)/status") else { return nil }
    return field("voluntary_ctxt_switches:", in: String(decoding: bytes, as: UTF8.self))
  }

  /// How many seccomp filters a process has, its creator's included (`Seccomp_filters` in
  /// `/proc/PID/status`).
  static func filterCount(_ pid: Int32) -> Int32 {
    guard let bytes = contents("/proc/\(pid)/status") else { return 0 }
    return field("Seccomp_filters:", in: String(decoding: bytes, as: UTF8.self)) ?? 0
  }

  /// One letter for what a thread is doing: R runs, S and D wait, t is stopped by a tracer.
  static func state(_ tid: Int32) -> Character? {
    guard let bytes = contents("/proc/\(tid)/stat", short: true) else { return nil }
    // The name stands in parentheses and may contain both spaces and parentheses.
    guard let close = bytes.lastIndex(of: UInt8(ascii: ")")), close + 2 < bytes.count else {
      return nil
    }
    return Character(Unicode.Scalar(bytes[close + 2]))
  }

  /// The number and the first argument of the call a thread waits in, from
  /// `/proc/TID/syscall`; nil while it runs.
  static func waitingCall(_ tid: Int32) -> (number: UInt64, first: UInt64)? {
    guard let bytes = contents("/proc/\(tid)/syscall", short: true) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count > 2, let number = UInt64(words[0]),
      let first = UInt64(words[1].dropFirst(2), radix: 16)
    else { return nil }
    return (number, first)
  }

  /// The numbers in `/proc/PID/fd`, ascending; nil when the process is gone or not ours to see.
  static func descriptors(_ pid: Int32) -> [Int32]? { numbers("/proc/\(pid)/fd") }

  /// The inode of the socket behind a descriptor; nil when it is something else.
  static func socketInode(_ pid: Int32, _ fd: Int32) -> UInt64? {
    let prefix = "socket:["
    guard let target = linkTarget("/proc/\(pid)/fd/\(fd)"), target.hasPrefix(prefix) else {
      return nil
    }
    return UInt64(target.dropFirst(prefix.count).dropLast())
  }

  /// The name of a socket's protocol: `UDP`, `UNIX-STREAM`; nil when the descriptor is something
  /// else (`sockfs_xattr_get` in `net/socket.c`).
  static func socketProtocol(_ pid: Int32, _ fd: Int32) -> String? {
    var name = [CChar](repeating: 0, count: 64)
    let path = "/proc/\(pid)/fd/\(fd)"
    let length = unsafe clinux_socket_protocol(path, &name, name.count)
    guard length > 0 else { return nil }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// How many descriptors are queued to a socket: `scm_fds` in `/proc/PID/fdinfo/FD`.
  static func queuedDescriptors(_ pid: Int32, _ fd: Int32) -> Int {
    guard let bytes = contents("/proc/\(pid)/fdinfo/\(fd)") else { return 0 }
    return field("scm_fds:", in: String(decoding: bytes, as: UTF8.self)).map { Int($0) } ?? 0
  }

  /// The threads of a process; none when it is gone.
  static func threads(_ pid: Int32) -> [Int32] { numbers("/proc/\(pid)/task") ?? [] }

  /// The youngest child of a thread (`/proc/PID/task/TID/children`, proc(5), which has them in the
  /// order of their birth); nil also where the kernel was built without that file.
  static func youngestChild(of tid: Int32, in pid: Int32) -> Int32? {
    let bytes = contents("/proc/\(pid)/task/\(tid)/children") ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: " ").last.flatMap { Int32($0) }
  }

  /// All processes.
  static func processes() -> [Int32] { numbers("/proc") ?? [] }

  /// The names in a folder that are numbers, ascending; nil when it cannot be read.
  private static func numbers(_ path: String) -> [Int32]? {
    guard let directory = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(directory) }
    var numbers: [Int32] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let number = Int32(name) { numbers.append(number) }
    }
    return numbers.sorted()
  }

  /// The target of a symbolic link, or nil when it cannot be read.
  static func linkTarget(_ path: String) -> String? {
    let target = unsafe [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
      let length = unsafe readlink(path, start.assumingMemoryBound(to: CChar.self), buffer.count)
      count = max(0, length)
    }
    return target.isEmpty ? nil : String(decoding: target, as: UTF8.self)
  }

  /// A whole file, or nil when it cannot be opened or read. One that is known to be `short` comes
  /// with the first read.
  static func contents(_ path: String, short: Bool = false) -> [UInt8]? {
    let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    let file = OwnedDescriptor(adopting: number)
    var bytes: [UInt8] = []
    while true {
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        unsafe count = max(0, read(file.rawValue, buffer.baseAddress, buffer.count))
      }
      if short { return chunk }
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
  }

  private static func field(_ name: String, in text: String) -> Int32? {
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      return line.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first
        .flatMap { Int32($0) }
    }
    return nil
  }
}
