import ControlMessages
import TextUI
public import TraceModel

/// The `msghdr` of a send or a receive as a tree, each field with its bytes and its meaning.
public enum MessageTree {
  /// The node of what an experiment changed.
  static let changedNode = "changed"

  /// Builds the tree.
  ///
  /// - Parameters:
  ///   - event: A send or a receive, returned or about to be made.
  ///   - timeline: The session, which knows the other side's numbers.
  ///   - unicode: Whether arrows may be used; else the tree's own text is plain ASCII.
  /// - Returns: Its lines from top to bottom; none when the event is no message.
  public static func nodes(
    for event: TraceEvent, in timeline: Timeline, unicode: Bool = true
  ) -> [MessageNode] {
    guard let message = event.message else { return [] }
    let scene = Scene(event: event, timeline: timeline)
    return MessageTreeBuilder(scene: scene, message: message, unicode: unicode).root.lines()
  }
}

/// Builds the branches of one message.
struct MessageTreeBuilder {
  let scene: Scene
  let message: MessageRecord
  let unicode: Bool

  var arrow: String { unicode ? "→" : "->" }

  var root: Branch {
    let children = [experiment, socket, data, control, flags, messageFlags, result, unreadable]
    return Branch(
      "msghdr", "msghdr", value: Wording.call(message.call, on: message.socket.fd),
      note: isPending ? "not called yet" : "", role: .heading,
      children: children.compactMap { $0 })
  }

  private var isPending: Bool { message.result == nil && message.error == nil }

  /// What the program had given beside what the kernel got.
  private var experiment: Branch? {
    guard let record = message.experiment else { return nil }
    let changes = record.changes.enumerated().map { index, change in
      Branch(
        "\(MessageTree.changedNode)/\(index)", visible(change.field), value: visible(change.now),
        note: "was \(visible(change.was))", role: .warning)
    }
    return Branch(
      MessageTree.changedNode, "changed", note: "you \(ExperimentWords.deed(record))",
      role: .warning,
      children: changes)
  }

  private var socket: Branch {
    let socket = message.socket
    let type = socket.type == .unknown ? "socket" : socket.type.rawValue
    let other =
      scene.peer(of: socket).map { ", connected to \(scene.list([$0]))" }
      ?? scene.formerPeer(of: socket).map { ", was connected to \(scene.list([$0]))" }
    return Branch(
      "socket", "socket", value: "\(socket.fd)", note: type + (other ?? ""), role: .socket)
  }

  private var data: Branch {
    let data = message.data
    let buffers = "\(data.buffers) iov"
    guard message.isFilled else {
      return Branch(
        "data", "data", value: "\(buffers), room for \(Wording.count(data.capacity, "byte"))",
        note: "nothing received yet", role: .data)
    }
    let room = message.isReceive ? " of \(data.capacity)" : ""
    let size =
      room.isEmpty ? Wording.count(data.length, "byte") : "\(data.length)\(room) bytes"
    return Branch(
      "data", "data", value: "\(buffers), \(size)",
      note: data.length > 0 ? Wording.quote(data, limit: 64, unicode: unicode) : "",
      bytes: data.length > 0 ? .data(0..<data.length) : nil, role: .data)
  }

  private var flags: Branch {
    let names = message.flags.names
    return Branch(
      "flags", "flags", value: names.isEmpty ? "0" : names.joined(separator: "|"), role: .flags)
  }

  private var messageFlags: Branch? {
    guard let flags = message.messageFlags else { return nil }
    let note: String =
      if flags.contains(.controlTruncated) {
        "control messages were cut"
      } else if flags.contains(.truncated) {
        "data was cut"
      } else {
        ""
      }
    return Branch(
      "msg_flags", "msg_flags", value: flags.isEmpty ? "0" : flags.names.joined(separator: "|"),
      note: note, role: note.isEmpty ? .flags : .warning)
  }

  private var result: Branch? {
    if let error = message.error {
      return Branch(
        "result", "result", value: "-1", note: visible(error), role: .warning)
    }
    return message.result.map {
      Branch(
        "result", "result", value: "\($0)",
        note: message.isReceive ? "bytes received" : "bytes sent", role: .result)
    }
  }

  private var unreadable: Branch? {
    message.unreadable.map {
      Branch("unreadable", "unreadable", note: visible($0), role: .warning)
    }
  }
}
