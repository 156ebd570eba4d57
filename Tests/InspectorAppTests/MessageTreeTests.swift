import ControlMessages
import Testing
import TraceModel

@testable import InspectorApp

/// A tree as it may be drawn.
private func drawing(_ event: TraceEvent, _ story: Story, unicode: Bool = true) -> String {
  MessageTree.nodes(for: event, in: story.timeline, unicode: unicode).map { node in
    let guides = node.guides.map { $0 ? "│ " : "  " }.joined()
    let branch = node.depth == 0 ? "" : node.isLast ? "└ " : "├ "
    return guides + branch
      + [node.label, node.value, node.note].filter { $0 != "" }.joined(separator: "  ")
  }.joined(separator: "\n")
}

@Suite struct MessageTreeTests {
  private func sends(_ story: Story) -> [TraceEvent] {
    story.timeline.events.filter { !($0.message?.descriptors.isEmpty ?? true) }
  }

  @Test("A page of a message shows all received numbers and flags before what goes without saying")
  func page() {
    let roles: [(String, FieldRole, String)] = [
      ("msghdr", .heading, ""), ("socket", .socket, "3"), ("data", .data, ""),
      ("control", .heading, "24"), ("control/0", .heading, ""), ("len", .length, "24"),
      ("level", .level, "1"), ("type", .type, "1"), ("fd/0", .descriptor, "4"),
      ("fd/1", .descriptor, "5"), ("flags", .flags, "0"),
      ("msg_flags", .flags, "MSG_CTRUNC"), ("result", .result, "1"),
    ]
    let nodes = roles.map { MessageNode(id: $0.0, label: $0.0, value: $0.2, note: "", role: $0.1) }
    #expect(MessageWindow.first(of: nodes, around: 8, height: 7) == 5)
    #expect(MessageWindow.first(of: nodes, around: 8, height: 4) == 8)
    #expect(MessageWindow.first(of: nodes, around: 8, height: 1) == 8)
    #expect(MessageWindow.first(of: nodes, around: 0, height: 7) == 0)
    #expect(MessageWindow.first(of: nodes, around: 8, height: 20) == 0)
  }

  @Test("A send before anybody received it") func send() {
    let story = Story.inFlight
    #expect(
      drawing(sends(story)[0], story) == """
        msghdr  sendmsg on 4
        ├ socket  4  stream, connected to client's 3
        ├ data  1 iov, 17 bytes  "Here is my stdout"
        ├ control  24 bytes
        │ └ cmsghdr 1  SCM_RIGHTS
        │   ├ cmsg_len  20  = CMSG_LEN(4)
        │   ├ cmsg_level  1  SOL_SOCKET
        │   ├ cmsg_type  1  SCM_RIGHTS
        │   ├ fd[0]  1  → /dev/pts/3 (its stdout)
        │   └ padding  4 bytes  to CMSG_SPACE(4)
        ├ flags  MSG_NOSIGNAL
        └ result  17  bytes sent
        """)
  }

  @Test("Each side shows the other's number") func numbers() {
    let story = Story.whole
    let texts = sends(story).map { event in
      MessageTree.nodes(for: event, in: story.timeline, unicode: false)
        .first { $0.id == "control/0/fd/0" }.map { "\($0.value) \($0.note)" }
    }
    #expect(
      texts == [
        "1 -> /dev/pts/3 (its stdout), received as client 4 (kcmp)",
        "4 -> /dev/pts/3, sent as server 1 (kcmp)",
      ])
  }

  @Test("A receive that has not returned shows the room it offers") func pending() {
    let story = Story.inFlight
    let event = story.about(
      Story.client,
      .receive(
        MessageRecord(
          call: "recvmsg", socket: Story.clientEnd, flags: .closeOnExec,
          data: DataExcerpt(bytes: [], capacity: 4096),
          control: ControlExcerpt(capacity: 24, length: 0, bytes: Array(repeating: 7, count: 24)))))
    #expect(
      drawing(event, story) == """
        msghdr  recvmsg on 3  not called yet
        ├ socket  3  stream, connected to server's 4
        ├ data  1 iov, room for 4096 bytes  nothing received yet
        ├ control  room for 24 bytes  nothing received yet
        └ flags  MSG_CMSG_CLOEXEC
        """)
  }

  @Test("Credentials, unknown messages, slack, truncation and problems") func others() {
    let story = Story.joined
    let records = Story.control([
      .credentials(SocketCredentials(pid: Story.server, uid: 0, gid: 100)),
      .unknown(level: 1, type: 29, payload: [1, 2, 3]),
    ])
    let control = ControlExcerpt(
      capacity: records.capacity + 24, length: records.length + 16,
      bytes: records.bytes + Array(repeating: 0, count: 24))
    let event = story.about(
      Story.client,
      .receive(
        MessageRecord(
          call: "recvmsg", socket: SocketInfo(fd: 3), result: 0, messageFlags: .controlTruncated,
          data: DataExcerpt(bytes: []), control: control, unreadable: "one buffer is unreadable")))
    #expect(
      drawing(event, story) == """
        msghdr  recvmsg on 3
        ├ socket  3  socket
        ├ data  1 iov, 0 of 0 bytes
        ├ control  72 of 80 bytes
        │ ├ cmsghdr 1  SCM_CREDENTIALS
        │ │ ├ cmsg_len  28  = CMSG_LEN(12)
        │ │ ├ cmsg_level  1  SOL_SOCKET
        │ │ ├ cmsg_type  2  SCM_CREDENTIALS
        │ │ ├ pid  41207  server
        │ │ ├ uid  0  root
        │ │ ├ gid  100
        │ │ └ padding  4 bytes  to CMSG_SPACE(12)
        │ ├ cmsghdr 2  SCM_TIMESTAMP
        │ │ ├ cmsg_len  19  = CMSG_LEN(3)
        │ │ ├ cmsg_level  1  SOL_SOCKET
        │ │ ├ cmsg_type  29  SCM_TIMESTAMP
        │ │ ├ data  3 bytes
        │ │ └ padding  5 bytes  to CMSG_SPACE(3)
        │ ├ malformed  16 bytes  no control message
        │ ├ slack  8 bytes  offered and not used
        │ └ problem  The 16 bytes from offset 56 on are all zero, which reads as a header with \
        cmsg_len 0, and sendmsg fails with EINVAL. Set msg_controllen to the end of the last \
        message, not to the size of the buffer.
        ├ flags  0
        ├ msg_flags  MSG_CTRUNC  control messages were cut
        ├ result  0  bytes received
        └ unreadable  one buffer is unreadable
        """)
  }

  @Test("A failed send says which number is not open") func notOpen() {
    let story = Story.joined
    let event = story.about(
      Story.server,
      .send(
        MessageRecord(
          call: "sendmsg", socket: Story.serverEnd, error: "EBADF", data: Story.text("x"),
          control: Story.rights(1, 99), descriptors: [Story.serverTerminal])))
    let nodes = MessageTree.nodes(for: event, in: story.timeline)
    #expect(nodes.first { $0.id == "control/0/fd/1" }?.note == "not open")
    #expect(nodes.first { $0.id == "result" }?.note == "EBADF")
  }

  @Test("Ids are unique and every span of bytes lies in its part") func spans() {
    let story = Story.whole
    for event in story.timeline.events {
      guard let message = event.message else { continue }
      let nodes = MessageTree.nodes(for: event, in: story.timeline)
      #expect(Set(nodes.map(\.id)).count == nodes.count)
      for node in nodes {
        switch node.bytes {
        case .control(let range): #expect(range.upperBound <= message.control?.bytes.count ?? 0)
        case .data(let range): #expect(range.upperBound <= message.data.length)
        case nil: break
        }
        #expect(node.guides.count == max(0, node.depth - 1))
      }
    }
  }
}
