import SystemPackage
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Reads what one descriptor of one process refers to, from `/proc/PID/fd` and
/// `/proc/PID/fdinfo`.
struct DescriptorReader {
  let sockets: SocketDirectory

  /// The row of `fd`, without the identity that only kcmp can give; nil when the number is free.
  func facts(pid: Int32, fd: Int32) -> DescriptorFacts? {
    let path = "/proc/\(pid)/fd/\(fd)"
    guard let target = ProcessFiles.linkTarget(path) else { return nil }
    var facts = DescriptorFacts(fd: fd, target: target)
    var status = stat()
    if unsafe stat(path, &status) == 0 {
      facts.kind = Self.kind(status.st_mode, target: target)
      facts.device = UInt64(status.st_dev)
      facts.inode = UInt64(status.st_ino)
      facts.owner = status.st_uid
      facts.mode = UInt16(status.st_mode & 0o7777)
    }
    readInfo(pid, fd, into: &facts)
    if facts.kind == .socket {
      facts.socket = sockets.socket(inode: facts.inode, fd: fd, of: pid)
      if facts.socket == nil { facts.internet = InternetSocketName.read(pid: pid, fd: fd) }
    }
    return facts
  }

  private func readInfo(_ pid: Int32, _ fd: Int32, into facts: inout DescriptorFacts) {
    guard let bytes = ProcessFiles.contents("/proc/\(pid)/fdinfo/\(fd)", short: true) else {
      return
    }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count >= 2 else { continue }
      switch words[0] {
      case "pos:": facts.position = Int64(words[1])
      case "flags:":
        guard let flags = UInt32(words[1], radix: 8) else { continue }
        facts.closeOnExec = flags & OpenFlags.closeOnExecBit != 0
        facts.flags = OpenFlags(rawValue: flags & ~OpenFlags.closeOnExecBit)
      case "mnt_id:": facts.mount = Int(words[1])
      case "scm_fds:": facts.queued = Int(words[1])
      default: continue
      }
    }
  }

  private static func kind(_ mode: mode_t, target: String) -> FileKind {
    switch mode & S_IFMT {
    case S_IFREG: .regular
    case S_IFDIR: .directory
    case S_IFCHR: .character
    case S_IFBLK: .block
    case S_IFIFO: .fifo
    case S_IFSOCK: .socket
    case S_IFLNK: .link
    default: target.hasPrefix("anon_inode:") ? .anonymous : .other
    }
  }
}
