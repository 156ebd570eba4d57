import TextUI
import TraceModel

/// An event in its timeline: who did it, to whom, and what the numbers in it stand for.
///
/// Everything that another program chose (names, paths, data) leaves here as visible text.
struct Scene {
  let event: TraceEvent
  let timeline: Timeline

  /// The moment whose tables count: that of the event, or now for a call that has not returned.
  var moment: Int { event.sequence > 0 ? event.sequence : timeline.lastSequence }

  /// The process the event is about.
  var actor: String { name(event.pid) }

  /// What to call a process; by what the event says when the timeline does not know it.
  func name(_ pid: Int32) -> String {
    if timeline.process(pid) == nil, pid == event.pid, !event.comm.isEmpty {
      return visible(event.comm)
    }
    return visible(timeline.name(of: pid))
  }

  /// The descriptor at the other end of a connection.
  func peer(of socket: SocketInfo) -> DescriptorHolder? {
    guard let inode = socket.peer else { return nil }
    let holders = timeline.holders(ofSocket: inode, at: moment)
    return holders.first { $0.pid != event.pid } ?? holders.first
  }

  /// The descriptor that was at the other end before it was closed.
  func formerPeer(of socket: SocketInfo) -> DescriptorHolder? {
    guard let inode = socket.peer, peer(of: socket) == nil else { return nil }
    return timeline.lastHolder(ofSocket: inode, at: moment)
  }

  /// The process at the other end, in words that fit a sentence.
  func peerName(of socket: SocketInfo) -> String {
    guard let peer = peer(of: socket) ?? formerPeer(of: socket) else { return "the other side" }
    return peer.pid == event.pid ? "\(actor) itself" : name(peer.pid)
  }

  /// A row of a process's table, the event's own process unless another is named.
  func row(_ fd: Int32, of pid: Int32? = nil) -> DescriptorFacts? {
    timeline.tables(at: moment)[pid ?? event.pid]?[fd]
  }

  /// The rows of the event's process that the event removed.
  var gone: [DescriptorFacts] { timeline.tables(at: moment)[event.pid]?.gone ?? [] }

  /// Descriptors that kcmp found to be the same open file as `row`, but for the one named.
  func sharers(of row: DescriptorFacts, except own: DescriptorHolder) -> [DescriptorHolder] {
    guard let description = row.description else { return [] }
    let tables = timeline.tables(at: moment)
    return tables.keys.sorted().flatMap { pid in
      (tables[pid]?.rows ?? []).filter { $0.description == description }
        .map { DescriptorHolder(pid: pid, fd: $0.fd) }
    }
    .filter { $0 != own }
  }

  /// `server's 0, 1 and 2 and client's 4`.
  func list(_ holders: [DescriptorHolder]) -> String {
    var pids: [Int32] = []
    for holder in holders where !pids.contains(holder.pid) { pids.append(holder.pid) }
    let owners = pids.map { pid in
      let numbers = holders.filter { $0.pid == pid }.map { String($0.fd) }
      return "\(name(pid))'s \(Wording.shortList(numbers))"
    }
    return Wording.shortList(owners)
  }

  /// What a descriptor refers to: `/dev/pts/3`, `a socket listening at /run/fdpass.sock`.
  func target(_ row: DescriptorFacts) -> String {
    guard let socket = row.socket else { return visible(row.name) }
    if socket.isListening { return "a socket listening at \(Self.address(socket))" }
    if let peer = peer(of: socket) { return "a socket connected to \(list([peer]))" }
    return "a socket"
  }

  /// The name a socket is bound to.
  static func address(_ socket: SocketInfo) -> String {
    socket.path.map { visible($0) } ?? "no name"
  }

  /// `descriptor 1 (/dev/pts/3)`, without the bracket where the target is unknown.
  func descriptor(_ fd: Int32) -> String {
    guard let row = row(fd) else { return "descriptor \(fd)" }
    return "descriptor \(fd) (\(target(row)))"
  }
}
