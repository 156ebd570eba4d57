import SystemPackage
public import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Who holds which Unix socket, all over the machine: sock_diag(7) names the sockets, and
/// `/proc/*/fd` the processes that have them open.
public struct SocketCensus {
  /// A descriptor that refers to a socket.
  struct Holder: Hashable {
    let pid: Int32
    let fd: Int32
  }

  private(set) var sockets: [UInt64: DiagnosedSocket] = [:]
  private(set) var holders: [UInt64: [Holder]] = [:]
  /// Sockets that are joined with a socket: its peer, those whose peer it is, and those that wait
  /// to be accepted.
  private(set) var joined: [UInt64: Set<UInt64>] = [:]
  private var hidden = 0
  private(set) var limitation: String?

  /// Counts everybody now.
  public static func take() -> SocketCensusResult { SocketCensus().result() }

  init() {
    do throws(Errno) {
      for socket in try SocketDiagnostics().allSockets() { sockets[socket.inode] = socket }
    } catch {
      limitation = SocketDirectory.sentence(error)
    }
    for socket in sockets.values {
      for other in socket.pending + [socket.peer].compactMap({ $0 }) {
        joined[socket.inode, default: []].insert(other)
        joined[other, default: []].insert(socket.inode)
      }
    }
    for pid in ProcessFiles.processes() { note(pid) }
  }

  private mutating func note(_ pid: Int32) {
    guard let numbers = ProcessFiles.descriptors(pid) else {
      // A process that has ended meanwhile is no secret.
      if ProcessFiles.state(pid) != nil { hidden += 1 }
      return
    }
    for fd in numbers {
      guard let inode = ProcessFiles.socketInode(pid, fd), sockets[inode] != nil else { continue }
      holders[inode, default: []].append(Holder(pid: pid, fd: fd))
    }
  }

  /// The processes that hold one of some sockets.
  func processes(holding inodes: some Sequence<UInt64>) -> [Int32] {
    Set(inodes.flatMap { holders[$0] ?? [] }.map(\.pid)).sorted()
  }

  // MARK: As a list

  private func result() -> SocketCensusResult {
    var held: [Int32: Set<UInt64>] = [:]
    for (inode, holders) in holders {
      for holder in holders { held[holder.pid, default: []].insert(inode) }
    }
    let names = UserNames()
    let processes = held.keys.sorted().filter { $0 != getpid() }.compactMap { pid in
      process(pid, holding: held[pid] ?? [], names)
    }
    return SocketCensusResult(processes: processes, hidden: hidden, limitation: limitation)
  }

  /// Nil when it is joined with nobody and could not be.
  private func process(_ pid: Int32, holding inodes: Set<UInt64>, _ names: UserNames)
    -> SocketProcess?
  {
    let own = inodes.sorted().compactMap { sockets[$0] }
    let others = Set(own.flatMap { joined[$0.inode] ?? [] })
    let peers = processes(holding: others).filter { $0 != pid }
    let listening = own.filter(\.isListening).compactMap(\.path)
    let bound = own.filter { !$0.isListening }.compactMap(\.path)
    let connected = others.sorted().compactMap { sockets[$0]?.path }
    var seen: Set<String> = []
    let paths = (listening + bound + connected).filter { seen.insert($0).inserted }
    guard !peers.isEmpty || !listening.isEmpty || !bound.isEmpty else { return nil }
    return SocketProcess(
      pid: pid, comm: ProcessFiles.comm(pid), user: names[ProcessFiles.user(pid) ?? 0],
      paths: paths, peers: peers.map { .init(pid: $0, comm: ProcessFiles.comm($0)) },
      queued: own.reduce(0) { $0 + queuedDescriptors($1, of: pid) })
  }

  private func queuedDescriptors(_ socket: DiagnosedSocket, of pid: Int32) -> Int {
    // Without anything queued there is no descriptor, and nothing to read.
    guard socket.queued > 0, let holder = holders[socket.inode]?.first(where: { $0.pid == pid })
    else { return 0 }
    return ProcessFiles.queuedDescriptors(pid, holder.fd)
  }
}
