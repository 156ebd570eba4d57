import TextUI
import TraceModel

/// A row of a descriptor table as words, before it is fitted to a width.
struct DescriptorRow: Sendable, Hashable {
  var fd: Int32
  var target: String
  /// The target without what can be guessed: its folders, or that it is a socket.
  var shortTarget: String
  var kind: FileKind
  /// Offset, flags of the open file, close-on-exec.
  var details: [String]
  /// Whether its details stand in the common column; what sockets are called is too long for it.
  var isAligned: Bool
  /// What is queued in the socket.
  var queued: String?
  var mark: DescriptorTable.Mark?
  /// Whether it is gone because an exec closed it.
  var isClosedByExec = false
  /// Which numbers of the other process are proven to be the same open file description.
  var sameAs: Partner?

  /// The other process, and its numbers: `taker` and `4`.
  struct Partner: Sendable, Hashable {
    var name: String
    var numbers: String
  }

  /// `═ same as taker 4`.
  func same(_ glyphs: Glyphs) -> String? {
    sameAs.map { "\(glyphs.same) same as \($0.name) \($0.numbers)" }
  }
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
      var row = maker.row(gone, mark: .gone)
      row.isClosedByExec = gone.closeOnExec && isExec(of: pid)
      rows.insert(row, at: index)
    }
    return rows
  }

  private func isExec(of pid: Int32) -> Bool {
    guard let event = scene.event, case .process(let record) = event.body else { return false }
    return event.pid == pid && record.event == .executed
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
      details: details(facts), isAligned: facts.socket == nil, queued: queued(facts), mark: mark,
      sameAs: mark == .gone ? nil : sameAs(facts))
  }

  private func target(_ facts: DescriptorFacts) -> String {
    guard let socket = facts.socket else { return visible(facts.name) }
    let name = socket.path.map { shortened(visible($0)) }
    if socket.isListening { return Self.socket + Self.listen + (name ?? "") }
    if let peer = peers.peer(of: socket) {
      return "socket \(look.glyphs.joined) \(label(peer.pid)) \(peer.fd)"
    }
    if let peer = socket.peer {
      return "socket \(look.glyphs.joined) " + (former(peer) ?? "(not seen)")
    }
    if let listener = socket.listener {
      let queue = peers.holder(ofSocket: listener).map { "\(label($0.pid)) \($0.fd)" }
      return Self.socket + Self.waiting + (queue ?? former(listener) ?? "one not seen")
    }
    return Self.socket + (name ?? "not joined")
  }

  private func former(_ socket: UInt64) -> String? {
    formerHolder(socket).map { "\(label($0.pid)) \($0.fd) (closed)" }
  }

  private func shortTarget(_ facts: DescriptorFacts) -> String {
    let whole = target(facts)
    if facts.socket != nil { return socketTarget(whole) }
    // A device is known by its whole path: /dev/pts/3.
    return whole.hasPrefix("/") && !whole.hasPrefix("/dev/") ? shortened(whole) : whole
  }

  private func socketTarget(_ whole: String) -> String {
    let rest = whole.dropFirst(Self.socket.count)
    let beginnings = [look.glyphs.joined, Self.listen, Self.waiting]
    return beginnings.contains { rest.hasPrefix($0) } ? String(rest) : whole
  }

  private static let socket = "socket "
  private static let listen = "LISTEN "
  /// A connection that nobody has accepted yet.
  private static let waiting = "in the queue of "

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

  private func sameAs(_ facts: DescriptorFacts) -> DescriptorRow.Partner? {
    guard let other else { return nil }
    let numbers = peers.same(as: facts, in: other)
    guard !numbers.isEmpty else { return nil }
    return DescriptorRow.Partner(
      name: label(other), numbers: TimelineText.list(numbers, look: look))
  }
}
