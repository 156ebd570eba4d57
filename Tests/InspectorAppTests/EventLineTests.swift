import ControlMessages
import InspectorApp
import Testing
import TraceModel

@Suite struct EventLineTests {
  @Test("The account of one pass reads from top to bottom") func wholePass() {
    #expect(
      Story.whole.account(unicode: true) == """
        0.000250  session         demo stdout (fdpass-tui 1.0, Linux 6.18)
        0.000500  server 41207    starts: fdpass-server
        0.000750  client 41208    starts: fdpass-client
        0.001000  server 41207    socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3
        0.001250  server 41207    bind(3, /run/fdpass.sock) = 0
        0.001500  server 41207    listen(3, 128) = 0
        0.001750  client 41208    socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3
        0.002000  client 41208    connect(3, /run/fdpass.sock) = 0
        0.002250  server 41207    accept4(3, SOCK_CLOEXEC) = 4
        0.002500  client 41208    sendmsg(3 ⇄ server 4) 19 bytes "Send me your Stdout" \
        MSG_NOSIGNAL = 19
        0.002750  server 41207    recvmsg(4 ⇄ client 3) 19 bytes "Send me your Stdout" \
        MSG_CMSG_CLOEXEC = 19
        0.003000  server 41207    sendmsg(4 ⇄ client 3) 17 bytes "Here is my stdout" \
        + SCM_RIGHTS [1 → /dev/pts/3] MSG_NOSIGNAL = 17
                                  in flight: the kernel holds what server's 1 refers to until \
        client receives it
        0.003250  client 41208    recvmsg(3 ⇄ server 4) 17 bytes "Here is my stdout" \
        + SCM_RIGHTS [4 → /dev/pts/3] MSG_CMSG_CLOEXEC = 17
                                  arrived: the kernel chose client's lowest free number, 4
                                  ⇒ server's 1 is now also client's 4, the same open file \
        (proven by kcmp)
        0.003500  server 41207    close(4 ⇄ client 3) = 0
        0.003750  client 41208    write(4) 6 bytes "hello␊" = 6
        0.004000  server 41207    terminal shows "hello", written by client through its 4
        0.004250  client 41208    ends with status 0
        """)
  }

  @Test("A sender that closed its end is still named") func closedPeer() {
    var story = Story.inFlight
    story.call(
      Story.server, CallRecord(name: "close", fd: 4, result: 0, socket: Story.serverEnd), gone: [4])
    let event = story.add(Story.client, .receive(Story.answerTaken), [Story.received])[0]
    #expect(
      EventLine.text(event, in: story.timeline).contains("recvmsg(3 ⇄ server 4, closed) 17 bytes"))
    #expect(
      MessageTree.nodes(for: event, in: story.timeline)[1].note
        == "stream, was connected to server's 4")
  }

  @Test("The way of a descriptor is told by the times of the lines; a screen counts its steps")
  func longerWay() throws {
    var story = Story.inFlight
    func file(_ fd: Int32) -> DescriptorFacts {
      DescriptorFacts(fd: fd, target: "/etc/motd", kind: .regular, inode: 9, description: 9)
    }
    func passing(
      _ call: String, _ socket: SocketInfo, _ fd: Int32, takes text: DataExcerpt = Story.text("x")
    ) -> MessageRecord {
      MessageRecord(
        call: call, socket: socket, result: text.length, data: text, control: Story.rights(fd),
        descriptors: [file(fd)])
    }
    story.add(Story.client, .receive(Story.answerTaken), [Story.received])
    story.add(Story.server, .send(passing("sendmsg", Story.serverEnd, 7)), [file(7)])
    story.add(Story.client, .receive(passing("recvmsg", Story.clientEnd, 5)), [file(5)])
    story.add(Story.client, .send(passing("sendmsg", Story.clientEnd, 5)))
    let last = story.add(
      Story.server, .receive(passing("recvmsg", Story.serverEnd, 8)), [file(8)])
    let transfer = try #require(last.first { $0.transfer != nil })
    #expect(
      EventLine.text(transfer, in: story.timeline).hasSuffix(
        "⇒ client's 5 is now also server's 8, the same open file (proven by kcmp); it came from "
          + "client's 5 (at 0.004000), from server's 7 (at 0.003500), opened by server (first seen "
          + "at 0.003500)"))
    #expect(
      Explanation.whatHappened(transfer, in: story.timeline).contains(
        "It came from client's 5 (step 15), from server's 7 (step 13), opened by server (first "
          + "seen in step 13)."))
  }

  @Test("A socket that is passed is told by its name or its other end", arguments: [true, false])
  func passedSockets(unicode: Bool) {
    var story = Story.joined
    let stray = SocketInfo(fd: 9, type: .datagram, inode: 70200, path: "@log")
    let lonely = SocketInfo(fd: 10, type: .stream, inode: 70201, peer: 70202)
    let waiting = SocketInfo(fd: 11, type: .stream, inode: 70203, listener: 70110)
    let event = story.add(
      Story.server,
      .send(
        MessageRecord(
          call: "sendmsg", socket: Story.serverEnd, result: 1, data: Story.text("!"),
          control: Story.rights(3, 4, 9, 10, 11),
          descriptors: [
            Story.row(Story.listening), Story.row(Story.serverEnd), Story.row(stray),
            Story.row(lonely), Story.row(waiting),
          ])))[0]
    let (arrow, both) = unicode ? ("→", "⇄") : ("->", "<->")
    #expect(
      EventLine.text(event, in: story.timeline, unicode: unicode).contains(
        "SCM_RIGHTS [3 \(arrow) socket LISTEN /run/fdpass.sock, 4 \(arrow) socket \(both) client 3, "
          + "9 \(arrow) socket @log, 10 \(arrow) socket:[70201], "
          + "11 \(arrow) socket in the queue of server 3]"))
  }

  @Test("A message that cannot be read is not said to be empty") func unreadable() {
    var story = Story.inFlight
    let message = MessageRecord(
      call: "sendmsg", socket: SocketInfo(fd: 3), result: 2,
      unreadable: "the msghdr at 0x7f00 cannot be read")
    let event = story.add(Story.client, .send(message), [])[0]
    #expect(
      EventLine.text(event, in: story.timeline)
        .contains("sendmsg(3) = 2, the msghdr at 0x7f00 cannot be read"))
  }

  @Test("Without Unicode every byte is ASCII") func ascii() throws {
    let text = Story.whole.account(unicode: false)
    #expect(text.utf8.allSatisfy { $0 < 0x80 })
    #expect(text.contains("sendmsg(4 <-> client 3)"))
    #expect(text.contains("SCM_RIGHTS [1 -> /dev/pts/3]"))
    #expect(text.contains(#"write(4) 6 bytes "hello\n" = 6"#))
    #expect(text.contains("=> server's 1 is now also client's 4"))
  }

  @Test("Hostile names and data cannot move the cursor", arguments: [true, false])
  func hostile(unicode: Bool) {
    var story = Story.joined
    let evil = "\u{1B}[2J\u{202E}\u{7}"
    story.call(Story.client, CallRecord(name: evil, fd: 9, arguments: [evil], error: evil))
    story.add(
      0, .session(SessionRecord(program: evil, command: [evil], kernel: evil, started: 0)))
    story.add(
      Story.client,
      .send(
        MessageRecord(
          call: evil, socket: SocketInfo(fd: 3, path: evil), result: 9, data: Story.text(evil),
          control: Story.rights(9), descriptors: [DescriptorFacts(fd: 9, target: evil)])))
    story.add(7, .process(ProcessRecord(event: .executed, role: evil, arguments: [evil])))
    for event in story.timeline.events {
      let texts = [
        EventLine.text(event, in: story.timeline, unicode: unicode),
        Explanation.whatHappened(event, in: story.timeline),
      ]
      for scalar in texts.joined().unicodeScalars {
        #expect(
          scalar.value >= 0x20 && scalar.value != 0x7F && scalar.value != 0x202E || scalar == "\n")
      }
    }
  }

  @Test("Control messages of every kind have their words")
  func controlMessages() {
    var story = Story.joined
    let control = Story.control([
      .credentials(SocketCredentials(pid: Story.server, uid: 1000, gid: 100)), .pidDescriptor(7),
      .security(Array("label".utf8)), .unknown(level: 6, type: 9, payload: [1, 2]),
      .rights(Array(10..<20)),
    ])
    let events = story.add(
      Story.client,
      .receive(
        MessageRecord(
          call: "recvmsg", socket: Story.clientEnd, result: 1,
          messageFlags: [.controlTruncated, .closeOnExec], data: Story.text("!"), control: control))
    )
    #expect(
      events.first.map { EventLine.text($0, in: story.timeline) } == """
        0.002500  client 41208    recvmsg(3 ⇄ server 4) 1 byte "!" + SCM_CREDENTIALS {pid 41207, \
        uid 1000, gid 100} + SCM_PIDFD 7 + SCM_SECURITY "label" + SOL_TCP/9 2 bytes + SCM_RIGHTS \
        [10, 11, 12, 13, 14, 15, 16, 17, 2 more] MSG_CTRUNC|MSG_CMSG_CLOEXEC = 1
                                  arrived: the kernel chose client's lowest free numbers, 10, 11, \
        12, 13 and 6 more; MSG_CTRUNC: something in the control message did not arrive
        """)
  }

  @Test(
    "Calls that fail, end or make pairs",
    arguments: [
      (
        CallRecord(name: "connect", fd: 3, arguments: ["/x"], error: "ENOENT"),
        "connect(3, /x) = ENOENT"
      ),
      (
        CallRecord(name: "socketpair", arguments: ["AF_UNIX"], result: 0, created: [5, 6]),
        "socketpair(AF_UNIX) = 0, made 5 and 6"
      ),
      (
        CallRecord(name: "dup2", fd: 4, arguments: ["1"], result: 1, created: [1]), "dup2(4, 1) = 1"
      ),
      (
        CallRecord(
          name: "recvfrom", fd: 4, arguments: ["8", "MSG_PEEK"], result: 2, data: Story.text("hi")),
        #"recvfrom(4, MSG_PEEK) 2 bytes "hi" = 2"#
      ),
    ])
  func calls(record: CallRecord, text: String) {
    var story = Story.joined
    let event = story.call(Story.client, record)
    #expect(EventLine.text(event, in: story.timeline).hasSuffix("client 41208    " + text))
  }
}
