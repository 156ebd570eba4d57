import TextUI
import TraceModel

/// A row of a descriptor table as words, before it is fitted to a width.
struct DescriptorRow: Sendable, Hashable {
  var fd: Int32
  var target: String
  /// The target without its folders, where these take much room.
  var shortTarget: String
  var kind: FileKind
  /// Offset, access flags, close-on-exec: the first ones matter most.
  var details: [String]
  /// Whether its details stand in the common column; what sockets are called is too long for it.
  var isAligned: Bool
  /// What is queued in the socket.
  var queued: String?
  var mark: DescriptorTable.Mark?
  /// Which numbers of the other process are proven to be the same open file description.
  var same: String?
}

extension Inspector {
  /// The table of one side, with the rows that just went in their old places.
  func allDescriptorRows(_ side: Side) -> [DescriptorRow] {
    guard let pid = lanes.pid(side), let table = scene.tables[pid] else { return [] }
    let other = lanes.pid(side == .left ? .right : .left)
    let maker = DescriptorRowMaker(
      look: look, peers: scene.peers, other: other, label: { visible(history.label($0)) },
      formerHolder: { history.timeline.lastHolder(ofSocket: $0, at: lastShownEvent) })
    var rows = table.rows.map { maker.row($0, mark: table.marks[$0.fd]) }
    for gone in table.gone where table[gone.fd] == nil {
      let index = rows.firstIndex { $0.fd > gone.fd } ?? rows.count
      rows.insert(maker.row(gone, mark: .gone), at: index)
    }
    return rows
  }
}

/// Puts what is known about a descriptor into words.
private struct DescriptorRowMaker {
  var look: Look
  var peers: PeerIndex
  var other: Int32?
  var label: (Int32) -> String
  /// The last descriptor by which a socket was reached that nobody holds any more.
  var formerHolder: (UInt64) -> DescriptorHolder?

  func row(_ facts: DescriptorFacts, mark: DescriptorTable.Mark?) -> DescriptorRow {
    DescriptorRow(
      fd: facts.fd, target: target(facts), shortTarget: shortTarget(facts), kind: facts.kind,
      details: details(facts),
      isAligned: facts.socket == nil, queued: queued(facts),
      mark: mark, same: mark == .gone ? nil : same(facts))
  }

  private func target(_ facts: DescriptorFacts) -> String {
    guard let socket = facts.socket else { return visible(facts.name) }
    let name = socket.path.map { shortened(visible($0)) }
    if socket.isListening { return "socket LISTEN " + (name ?? "") }
    if let peer = peers.peer(of: socket) {
      return "socket \(look.glyphs.joined) \(label(peer.pid)) \(peer.fd)"
    }
    if let peer = socket.peer {
      let past = formerHolder(peer).map { "\(label($0.pid)) \($0.fd) (closed)" }
      return "socket \(look.glyphs.joined) " + (past ?? "(not seen)")
    }
    return "socket " + (name ?? "not joined")
  }

  private func shortTarget(_ facts: DescriptorFacts) -> String {
    let whole = target(facts)
    return facts.socket == nil && whole.hasPrefix("/") && whole.count > Self.longPath
      ? shortened(whole) : whole
  }

  private static let longPath = 24

  /// Directories of a socket's path say less than its name.
  private func shortened(_ path: String) -> String {
    let last = TimelineText.lastComponent(path)
    return last.count + 2 < path.count ? "\(look.glyphs.ellipsis)/\(last)" : path
  }

  private func details(_ facts: DescriptorFacts) -> [String] {
    var details: [String] = []
    if facts.socket == nil {
      if let position = facts.position { details.append("pos \(position)") }
      details += facts.flags.names
    } else {
      details += facts.flags.names.dropFirst()
    }
    if facts.closeOnExec { details.append("CLOEXEC") }
    return details
  }

  private func queued(_ facts: DescriptorFacts) -> String? {
    facts.queued.flatMap { $0 > 0 ? "\($0) queued" : nil }
  }

  private func same(_ facts: DescriptorFacts) -> String? {
    guard let other else { return nil }
    let numbers = peers.same(as: facts, in: other)
    guard !numbers.isEmpty else { return nil }
    return "\(look.glyphs.same) same as \(label(other)) \(TimelineText.list(numbers, look: look))"
  }
}
