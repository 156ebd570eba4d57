/// What a line of an actor does: mostly one system call.
public enum Action: Sendable, Hashable {
  /// open(2) of a file in the lesson's folder.
  case open(path: String, [OpenFlag])
  /// open(2) of what a descriptor refers to, through `/proc/self/fd`.
  case reopen(Reference, [OpenFlag])
  /// memfd_create(2), sealable.
  case memory
  case socketPair(SocketType)
  /// socket(2), bind(2) and listen(2) at a path in the lesson's folder.
  case listen(path: String)
  case accept(Reference)
  case connect(path: String)
  /// pidfd_open(2) of the actor itself.
  case ownPidDescriptor
  case duplicate(Reference)
  case send(Sending)
  case receive(Receiving)
  /// recv(2) without room for control messages.
  case plainReceive(Reference, count: Int)
  case read(Reference, count: Int)
  case write(Reference, String)
  case seek(Reference, offset: Int)
  case truncate(Reference, size: Int)
  case close([Reference])
  /// mmap(2) of a page, shared, for reading.
  case map(Reference)
  /// Reads a byte of what was mapped.
  case look(Reference)
  /// fcntl(2) F_SETFL with O_NONBLOCK.
  case nonBlocking(Reference)
  /// fcntl(2) F_SETFD: FD_CLOEXEC on or off.
  case closeOnExec(Reference, Bool)
  /// setrlimit(2) RLIMIT_NOFILE, the soft limit.
  case limit(Int)
  case option(Reference, SocketOption, Bool)
  /// fcntl(2) F_ADD_SEALS.
  case seal(Reference, [Seal])
  /// chroot(2) to a folder, in a user namespace of one's own where that is needed.
  case jail(path: String)
  /// setuid(2) to nobody, for who is root.
  case dropRoot
  /// openat(2) of `path` below a folder's descriptor.
  case openBelow(Reference, path: String, [OpenFlag])
  /// openat2(2) with RESOLVE_BENEATH: no way out of the folder.
  case openBeneath(Reference, path: String)
  /// poll(2) until the other end of a socket has been closed.
  case waitForHangUp(Reference)
  /// execve(2) of ourselves in another part.
  case become(actor: String)
  case exit(Int)

  /// The actor that this makes of somebody.
  var madeActor: String? { if case .become(let actor) = self { actor } else { nil } }
}

/// A descriptor, by the name that a line gave it or by its number.
public struct Reference: Sendable, Hashable {
  /// A name, or a number in digits.
  public var name: String
  /// Which of several, from 0; nil for all of them.
  public var index: Int?
}

/// How a file is opened (open(2)).
public enum OpenFlag: String, Sendable, Hashable, CaseIterable {
  case read, write
  case readWrite = "read-write"
  case append, create, directory, path
  case closeOnExec = "cloexec"
}

/// One sendmsg(2).
public struct Sending: Sendable, Hashable {
  /// Over which socket.
  public var socket: Reference
  /// The data.
  public var text: String
  /// What goes along.
  public var descriptors: [Reference] = []
  /// How often they are listed.
  public var copies = 1
  /// Whether every descriptor has a control message of its own.
  public var isSeparate = false
  /// What stands in `cmsg_len` of the only control message; nil for what is right.
  public var length: Int?
  /// Whether credentials go along, and of which process; 0 is one's own.
  public var credentialsOf: Int?
}

/// One recvmsg(2).
public struct Receiving: Sendable, Hashable {
  /// From which socket.
  public var socket: Reference
  /// Bytes of room for data.
  public var data = 64
  /// Bytes of room for control messages; nil for no buffer at all.
  public var control: Int? = 64
  /// Its flags.
  public var flags: [ReceiveFlag] = []
}

/// Flags of a receive (recv(2)).
public enum ReceiveFlag: String, Sendable, Hashable, CaseIterable {
  case closeOnExec = "cloexec"
  case peek
  case waitAll = "waitall"
}

/// Options of Unix sockets (unix(7)).
public enum SocketOption: String, Sendable, Hashable, CaseIterable {
  case passCredentials = "passcred"
  case passPidDescriptor = "passpidfd"
  case passRights = "passrights"
}

/// Seals of memory (fcntl(2)).
public enum Seal: String, Sendable, Hashable, CaseIterable {
  case write, shrink, grow, seal
}
