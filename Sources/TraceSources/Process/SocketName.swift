import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What names a bound Unix socket, whoever uses whichever spelling of it.
struct SocketName: Hashable {
  enum Place: Hashable {
    case file(SocketFile, path: String)
    case abstract(String)
  }

  let place: Place
  /// Whether the socket is one to connect to; otherwise one to send datagrams to.
  let isListening: Bool

  /// The name that a process means by an address: a path in its own file system, or `@name`. Nil
  /// where there is no such file.
  init?(_ address: String, of pid: Int32, isListening: Bool) {
    self.isListening = isListening
    if address.hasPrefix("@") {
      place = .abstract(address)
      return
    }
    let start = address.hasPrefix("/") ? "root" : "cwd"
    var status = stat()
    guard unsafe stat("/proc/\(pid)/\(start)/\(address)", &status) == 0 else { return nil }
    place = .file(SocketFile(status), path: address)
  }

  /// Whether it is the name of a socket.
  func names(_ socket: DiagnosedSocket) -> Bool {
    isListening
      ? socket.isListening && place.names(socket)
      : socket.type == .datagram && place.names(socket)
  }
}

extension SocketName.Place {
  func names(_ socket: DiagnosedSocket) -> Bool {
    switch self {
    case .abstract(let name): socket.path == name
    case .file(let file, let path):
      // Device numbers differ on some file systems; the name tells then.
      socket.file == file || socket.file?.inode == file.inode && socket.path == path
    }
  }
}

/// Sockets that were looked up by name, to be found again without listing all there are.
struct NamedSockets {
  private var inodes: [SocketName: UInt64] = [:]
  private var nobodys: Set<SocketName> = []

  /// The only socket of this name; nil where there is none, or more than one.
  mutating func socket(
    _ name: SocketName, known: (UInt64) -> DiagnosedSocket?, all: () -> [DiagnosedSocket]
  ) -> UInt64? {
    if let inode = inodes[name], known(inode).map(name.names) == true { return inode }
    guard !nobodys.contains(name) else { return nil }
    let found = all().filter(name.names)
    inodes[name] = found.count == 1 ? found[0].inode : nil
    if found.count != 1 { nobodys.insert(name) }
    return inodes[name]
  }

  mutating func forgetNobodys() { nobodys.removeAll() }
}
