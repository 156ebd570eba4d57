import TextUI
import TraceModel

/// What can be followed from event to event.
struct Followed: Sendable, Hashable {
  enum Thing: Sendable, Hashable {
    /// The sockets of a connection, or one alone, by their inodes.
    case sockets(Set<UInt64>)
    /// An open file description, under whatever numbers; see ``DescriptorFacts/description``.
    case openFile(Int)
    case number(DescriptorHolder)
  }

  var thing: Thing
  /// What to call it in a sentence.
  var name: String
}

/// Going to the next event of the same thing. Which thing that is the focus decides: in a table
/// the chosen number, in a message the open file of the chosen descriptor, else the socket.
extension Inspector {
  mutating func follow(forward: Bool) {
    guard let step = cursorStep else { return }
    guard let what = followed ?? thingInFocus else {
      notice = "This step has nothing to follow: no socket, and no number of a descriptor."
      return
    }
    followed = what
    search = SearchUnderWay(
      .followed(what), start: step, forward: forward, count: history.steps.count)
    searchOn()
  }

  private var thingInFocus: Followed? {
    switch focus {
    case .descriptors(let side):
      let rows = descriptorRows(side)
      guard let pid = lanes.pid(side), let index = chosenRow(side, rows) else { return nil }
      return number(rows[index].fd, of: pid)
    case .message, .bytes:
      guard let shown = scene.message, let message = shown.event.message else { return nil }
      return openFile(chosenIn: message, of: shown.event) ?? connection(message.socket, shown.event)
    case .timeline, .terminal, .explanation, .lesson:
      guard let event = scene.event else { return nil }
      if let message = event.message { return connection(message.socket, event) }
      guard case .call(let call) = event.body, let fd = call.fd ?? call.created.first else {
        return nil
      }
      if let socket = call.socket { return connection(socket, event) }
      return openFile(fd, of: event) ?? number(fd, of: event.pid)
    }
  }

  private func number(_ fd: Int32, of pid: Int32) -> Followed {
    Followed(
      thing: .number(DescriptorHolder(pid: pid, fd: fd)), name: "\(owner(pid)) \(fd)")
  }

  private func owner(_ pid: Int32) -> String { visible(history.label(pid)) + "'s" }

  /// Both ends: what is done at the other one belongs to it.
  private func connection(_ socket: SocketInfo, _ event: TraceEvent) -> Followed? {
    guard socket.inode != 0 else { return number(socket.fd, of: event.pid) }
    let name = "the socket behind \(owner(event.pid)) \(socket.fd)"
    return Followed(
      thing: .sockets(Set([socket.inode] + [socket.peer].compactMap(\.self))), name: name)
  }

  private func openFile(chosenIn message: MessageRecord, of event: TraceEvent) -> Followed? {
    guard let node = selectedNode, node.role == .descriptor, case .control(let range) = node.bytes,
      let bytes = message.control?.bytes, range.count == 4,
      bytes.indices.contains(range.upperBound - 1)
    else { return nil }
    let fd = bytes[range].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    return openFile(Int32(bitPattern: fd), of: event)
  }

  private func openFile(_ fd: Int32, of event: TraceEvent) -> Followed? {
    let row = history.timeline.facts(of: event).first { $0.fd == fd }
    guard let row, let description = row.description else { return nil }
    return Followed(
      thing: .openFile(description), name: "\(owner(event.pid)) \(fd), \(visible(row.name))")
  }
}

extension Timeline {
  /// Whether an event has to do with a thing.
  func concerns(_ thing: Followed.Thing, _ event: TraceEvent) -> Bool {
    switch thing {
    case .number(let holder):
      return event.pid == holder.pid && event.descriptorNumbers.contains(holder.fd)
        || event.changes.contains { $0.pid == holder.pid && $0.fd == holder.fd && $0.now == nil }
    case .openFile(let description):
      return (facts(of: event) + event.changes.compactMap(\.now))
        .contains { $0.description == description }
    case .sockets(let inodes):
      if let socket = event.message?.socket { return inodes.contains(socket.inode) }
      guard case .call(let call) = event.body else { return false }
      return call.socket.map { inodes.contains($0.inode) } ?? false
        || event.changes.contains { change in
          change.pid == event.pid && call.created.contains(change.fd)
            && change.now?.socket.map { inodes.contains($0.inode) } ?? false
        }
    }
  }
}
