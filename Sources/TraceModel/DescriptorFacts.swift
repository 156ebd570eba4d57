/// What was read about one descriptor of one process: a row of its table.
public struct DescriptorFacts: Sendable, Hashable {
  /// The number in the process's table.
  public var fd: Int32
  /// What `/proc/PID/fd/FD` points at: a path, or `socket:[inode]` and its like.
  public var target: String
  /// The kind of file behind it.
  public var kind: FileKind
  /// `st_dev` and `st_ino` of the file; 0 when they could not be read.
  public var device: UInt64
  /// See ``device``.
  public var inode: UInt64
  /// The offset in the open file description; nil where unknown.
  public var position: Int64?
  /// Status flags as `/proc/PID/fdinfo` shows them, without close-on-exec.
  public var flags: OpenFlags
  /// Whether an exec closes it: a flag of this number, not of the open file description.
  public var closeOnExec: Bool
  /// Names one open file description within the session: two rows have the same number only
  /// when kcmp(2) said that they are the same. Nil when kcmp could not be asked.
  public var description: Int?
  /// Descriptors queued in this socket and not yet received (`scm_fds` in fdinfo); nil where
  /// the file is no Unix socket or the kernel does not tell.
  public var queued: Int?
  /// The Unix socket behind it, where it is one.
  public var socket: SocketInfo?
  /// What a socket of TCP or UDP is bound to and connected with: `tcp 127.0.0.1:80 LISTEN`; nil for
  /// everything else.
  public var internet: String?
  /// The user the file belongs to (`st_uid`); nil when it could not be read.
  public var owner: UInt32?
  /// The file's permission bits (the lower twelve of `st_mode`); nil when they could not be read.
  public var mode: UInt16?
  /// The mount the file was opened in (`mnt_id` in fdinfo, the first column of
  /// `/proc/PID/mountinfo`); nil where unknown.
  public var mount: Int?

  /// Makes a row.
  public init(
    fd: Int32, target: String, kind: FileKind = .other, device: UInt64 = 0, inode: UInt64 = 0,
    position: Int64? = nil, flags: OpenFlags = OpenFlags(rawValue: 0), closeOnExec: Bool = false,
    description: Int? = nil, queued: Int? = nil, socket: SocketInfo? = nil, internet: String? = nil,
    owner: UInt32? = nil,
    mode: UInt16? = nil, mount: Int? = nil
  ) {
    self.fd = fd
    self.target = target
    self.kind = kind
    self.device = device
    self.inode = inode
    self.position = position
    self.flags = flags
    self.closeOnExec = closeOnExec
    self.description = description
    self.queued = queued
    self.socket = socket
    self.internet = internet
    self.owner = owner
    self.mode = mode
    self.mount = mount
  }

  /// What the descriptor refers to, in the shortest words that say it: ``target`` says nothing of a
  /// socket but its inode.
  public var name: String {
    guard let socket, let path = socket.path else { return internet ?? target }
    return socket.isListening ? "socket LISTEN \(path)" : "socket \(path)"
  }

  /// Whether the file is one that not every user should be handed: a directory, which leads on to
  /// all that is in it, or a file of root's that is open for writing and not by everybody's right.
  public var isDelicate: Bool { kind == .directory || isWritableOfRoot }

  /// Whether it lets its holder write to root's regular file or block device, which others may
  /// not open for writing. A deleted file is nobody's concern but the holders'.
  var isWritableOfRoot: Bool {
    guard kind == .regular || kind == .block, owner == 0, let mode, mode & 0o002 == 0 else {
      return false
    }
    return flags.canWrite && !target.hasSuffix(" (deleted)")
  }

  /// Whether both rows show the same file (not necessarily the same open file description).
  public func isSameFile(as other: DescriptorFacts) -> Bool {
    inode != 0 && device == other.device && inode == other.inode
  }
}

/// The kind of a file, by the names of the JSON `file`.
public enum FileKind: String, Sendable, Hashable, CaseIterable {
  case regular = "reg"
  case directory = "dir"
  case character = "chr"
  case block = "blk"
  case fifo = "fifo"
  case socket = "sock"
  case link = "lnk"
  /// No file system holds it: eventfd, epoll, pidfd and their like.
  case anonymous = "anon"
  case other = "other"
}

/// Status flags of an open file description (open(2), fcntl(2) F_GETFL).
public struct OpenFlags: Sendable, Hashable {
  /// The kernel's bits.
  public let rawValue: UInt32

  /// Takes the kernel's bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `O_CLOEXEC` as fdinfo mixes it in among the status flags.
  public static let closeOnExecBit: UInt32 = 0o2000000

  /// Whether a holder may write: neither O_RDONLY nor O_PATH.
  var canWrite: Bool { rawValue & 3 != 0 && rawValue & 0o10000000 == 0 }

  private static let named: [(bit: UInt32, name: String)] = [
    (0o2000, "O_APPEND"), (0o4000, "O_NONBLOCK"), (0o20000, "O_ASYNC"), (0o10000000, "O_PATH"),
  ]

  /// The access mode and the flags that matter for a passed descriptor, by name.
  public var names: [String] {
    let access =
      switch rawValue & 3 {
      case 0: "O_RDONLY"
      case 1: "O_WRONLY"
      default: "O_RDWR"
      }
    return [access] + Self.named.filter { rawValue & $0.bit != 0 }.map(\.name)
  }
}

/// One row of one table as it is from now on.
public struct DescriptorChange: Sendable, Hashable {
  /// Whose table.
  public var pid: Int32
  /// The number.
  public var fd: Int32
  /// The row from now on; nil when the number is free.
  public var now: DescriptorFacts?

  /// Makes a change.
  public init(pid: Int32, fd: Int32, now: DescriptorFacts?) {
    self.pid = pid
    self.fd = fd
    self.now = now
  }
}
