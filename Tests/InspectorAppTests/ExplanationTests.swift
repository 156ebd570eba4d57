import ControlMessages
import InspectorApp
import Testing
import TraceModel

@Suite struct ExplanationTests {
  private func explain(_ story: Story, _ body: TraceEvent.Body, by pid: Int32 = Story.client)
    -> String
  {
    var story = story
    let events = story.add(pid, body)
    return Explanation.whatHappened(events[0], in: story.timeline)
  }

  private func message(
    _ result: Int?, error: String? = nil, flags: MessageFlags = [],
    returned: MessageFlags? = nil, data: DataExcerpt = Story.text("Here is my stdout"),
    control: ControlExcerpt? = nil, descriptors: [DescriptorFacts] = [],
    socket: SocketInfo = Story.clientEnd, call: String = "recvmsg"
  ) -> MessageRecord {
    MessageRecord(
      call: call, socket: socket, result: result, error: error, flags: flags,
      messageFlags: returned, data: data, control: control, descriptors: descriptors)
  }

  @Test("The pass, event by event") func wholePass() {
    let story = Story.whole
    let texts = story.timeline.events.suffix(9).map {
      Explanation.whatHappened($0, in: story.timeline)
    }
    #expect(
      texts.joined(separator: "\n") == """
        sendmsg returned 19: the kernel queued 19 bytes for server. They are \
        "Send me your Stdout". There was no control message, so no descriptor goes along.
        recvmsg returned 19: server took 19 bytes from client. They are "Send me your Stdout". \
        The control buffer of 24 bytes came back empty: no descriptor.
        sendmsg returned 17. The kernel took a reference to the open file behind server's 1 \
        (/dev/pts/3) and queued it with the 17 bytes. No number travels: client will get the \
        lowest free one of its own. Until client receives, it is in flight (client's 3 has 1 \
        queued). server may close its 1 now.
        recvmsg returned 17. The kernel put the open file that was in flight under client's \
        lowest free number: 4 (/dev/pts/3). It is what server has as 1, proven by kcmp: one \
        offset and one set of status flags for both processes. MSG_CMSG_CLOEXEC: an exec will \
        close 4.
        server's 1 is now also client's 4. Proven by kcmp: the kernel says that both numbers \
        refer to the same open file description. Offset and status flags are one, close-on-exec \
        is each process's own, and either may close without the other noticing.
        server closed its 4 (a socket connected to client's 3). The number is free again. \
        client's 3 reads end of file, after any data that is still queued.
        client wrote 6 bytes to its descriptor 4 (/dev/pts/3): "hello␊". The kernel keeps one \
        open file behind this number and server's 1: the bytes appear on that terminal as if \
        server had written them.
        server's terminal showed 7 bytes: "hello". Just before, client wrote to its 4, which is \
        this terminal: the output of one process on the terminal of another.
        client ended with status 0 (success). The kernel closed its 3 descriptors. An open file \
        lives on as long as another descriptor, or a message in flight, refers to it.
        """)
  }

  @Test(
    "A line of fdpass-server's roles is told as what it says",
    arguments: [
      (
        "fdpass/1 open path=a%20b%1B mode=read\n",
        "asks to open, with path=a b\u{241b} mode=read."
      ),
      ("fdpass/1 port protocol=tcp\n", "asks for a port, with protocol=tcp."),
      (
        "fdpass/1 ok rule=3; Line 3 allows it: allow tcp 1\n",
        "says yes, and why: Line 3 allows it: allow tcp 1."
      ),
      ("fdpass/1 ok size=3\n", "says yes: size=3."),
      ("fdpass/1 ok\n", "says yes."),
      (
        "fdpass/1 back id=0.1 token=a\n",
        "hands back what was parked, which has something to read: id=0.1 token=a."
      ),
      (
        "fdpass/1 taken id=0.1\n",
        "says that it took what was handed to it, so that it is parked no more."
      ),
      ("fdpass/1 error No rule%3A 100%.\n", "says no: No rule: 100%."),
      ("fdpass/1 error cut %", "says no: cut %."),
      ("fdpass/2 open\n", "They are \"fdpass/2 open\u{240a}\"."),
    ])
  func roles(text: String, sentence: String) {
    let bytes = Story.text(text)
    let received = explain(Story.joined, .receive(message(bytes.length, data: bytes)))
    #expect(received.contains(" \(sentence)"), "\(received)")
    let sent = explain(Story.joined, .send(message(bytes.length, data: bytes, call: "sendmsg")))
    #expect(sent.contains(" \(sentence)"), "\(sent)")
  }

  @Test("What a role decided leaves out what is so at every send") func decidedSend() {
    func sent(_ text: String) -> String {
      explain(
        .joined,
        .send(
          message(
            text.utf8.count, data: Story.text(text), control: Story.rights(1),
            descriptors: [Story.serverTerminal], socket: Story.serverEnd, call: "sendmsg")),
        by: Story.server)
    }
    #expect(sent("Here").contains("No number travels: client will get the lowest free one"))
    let decided = sent("fdpass/1 ok; Line 3 allows it.\n")
    #expect(
      decided == "sendmsg returned 31. server says yes, and why: Line 3 allows it. server's 1 "
        + "(/dev/pts/3) is in flight until client receives it.")
  }

  @Test("A look at bytes that stay is no read") func plainPeek() {
    let call = CallRecord(
      name: "recvfrom", fd: 3, arguments: ["1", "MSG_PEEK", "MSG_DONTWAIT"], result: 1,
      socket: Story.clientEnd, data: Story.text("h"))
    #expect(
      explain(.joined, .call(call)).hasSuffix(
        ": \"h\". MSG_PEEK: nothing was taken, the next read finds the same."))
  }

  @Test("Zero bytes on a stream lose the descriptor") func vanished() {
    let send = message(
      0, data: Story.text(""), control: Story.rights(1), descriptors: [Story.serverTerminal],
      socket: Story.serverEnd, call: "sendmsg")
    #expect(
      explain(.joined, .send(send), by: Story.server)
        == "sendmsg returned 0, a success, and yet 1 (/dev/pts/3) will never arrive. On a stream "
        + "socket a descriptor travels with a byte of data, and there was none. Send at least 1 "
        + "byte.")
  }

  @Test("A send that was taken only in part") func partial() {
    let send = message(
      5, control: Story.rights(1), descriptors: [Story.serverTerminal], socket: Story.serverEnd,
      call: "sendmsg")
    #expect(
      explain(.joined, .send(send), by: Story.server).contains(
        "Only 5 of 17 bytes were taken. The descriptors are queued with the first of them: sending "
          + "the rest with the same control message would pass them twice."))
  }

  @Test(
    "Sends that fail name the true cause",
    arguments: [
      ("EBADF", Story.rights(1, 99), "SCM_RIGHTS names 99, which server has not open."),
      (
        "EINVAL", Story.control([.rights(Array(repeating: 1, count: 254))]),
        "254 descriptors are too many; one message takes 253, all its SCM_RIGHTS together."
      ),
      (
        "EINVAL", ControlExcerpt(capacity: 16, length: 16, bytes: Array(repeating: 0, count: 16)),
        "The 16 bytes from offset 0 on are all zero"
      ),
      ("EPIPE", nil, "the other side is closed or shut down."),
      (
        "ETOOMANYREFS", Story.rights(1),
        "the user has more descriptors in flight than server's RLIMIT_NOFILE allows."
      ),
    ])
  func failedSends(error: String, control: ControlExcerpt?, part: String) {
    let send = message(
      nil, error: error, control: control, descriptors: [Story.serverTerminal],
      socket: Story.serverEnd, call: "sendmsg")
    var story = Story.joined
    let events = story.add(Story.server, .send(send))
    let texts = events.map { Explanation.whatHappened($0, in: story.timeline) }
    #expect(texts[0].hasPrefix("server called sendmsg on its 4, and it failed with \(error)"))
    // Where the cause is a finding, that alone tells it.
    #expect(texts.count { $0.contains(part) } == 1)
    #expect(texts.last?.contains(part) == true)
  }

  @Test("Truncation names what was lost and why") func truncation() {
    var story = Story.joined
    let rows = [Int32(1), 5, 6].map { fd in
      DescriptorFacts(fd: fd, target: "/tmp/\(fd)", device: 1, inode: UInt64(fd))
    }
    story.add(
      Story.server,
      .send(
        message(
          17, control: Story.rights(1, 5, 6), descriptors: rows, socket: Story.serverEnd,
          call: "sendmsg")))
    let whole = Story.rights(4)
    let small = ControlExcerpt(capacity: 20, length: whole.length, bytes: whole.bytes)
    var taken = rows[0]
    taken.fd = 4
    let text = explain(
      story,
      .receive(
        message(17, returned: .controlTruncated, control: small, descriptors: [taken])))
    #expect(
      text == "recvmsg returned 17. The kernel put the open file that was in flight under client's "
        + "lowest free number: 4 (/tmp/1). Probably it is what server had as 1: device and "
        + "inode are the same, which is no proof. Without MSG_CMSG_CLOEXEC, a program that client "
        + "executes would have 4 too. MSG_CTRUNC: 2 descriptors did not arrive, and the kernel "
        + "closed them. The control buffer of 20 bytes had no more room.")
  }

  @Test(
    "Receives without descriptors",
    arguments: [
      (
        0, Story.text("", capacity: 64), nil, SocketType.stream,
        "recvmsg returned 0: end of file. Server closed its socket or sends no more, and the queue is empty."
      ),
      (
        0, Story.text("", capacity: 64),
        Story.control([.credentials(SocketCredentials(pid: 0, uid: 0, gid: 0))]), .stream,
        "recvmsg returned 0: end of file. Server closed its socket or sends no more, and the queue is empty. SCM_CREDENTIALS names nobody: nothing came, and the kernel wrote zeros."
      ),
      (
        0, Story.text("", capacity: 64), nil, .seqpacket,
        "recvmsg returned 0: an empty message, for server had not closed the other end; or end of file, if the connection was shut down."
      ),
      (
        0, Story.text("", capacity: 64),
        Story.control([.credentials(SocketCredentials(pid: 7, uid: 8, gid: 9))]), .seqpacket,
        "recvmsg returned 0: an empty message; end of file would bring no control message and no address. SCM_CREDENTIALS: the kernel vouches that process 7, user 8, group 9 sent this. The receiver asked for it with SO_PASSCRED."
      ),
      (
        0, Story.text("", capacity: 64), nil, .datagram,
        "recvmsg returned 0: an empty message; a datagram socket reads no end of file unless it was shut down itself."
      ),
      (
        0, Story.text("", capacity: 0), nil, .stream,
        "recvmsg returned 0, because client offered room for 0 bytes. On a stream this takes queued descriptors all the same and leaves the data."
      ),
      (
        2, Story.text("ok"), nil, .stream,
        "recvmsg returned 2: client took 2 bytes from server. They are \"ok\". client offered no control buffer, so no descriptor could come with them."
      ),
      (
        2, Story.text("ok"),
        Story.control([.credentials(SocketCredentials(pid: 7, uid: 8, gid: 9))]), .stream,
        "recvmsg returned 2: client took 2 bytes from server. They are \"ok\". SCM_CREDENTIALS: the kernel vouches that process 7, user 8, group 9 sent this. The receiver asked for it with SO_PASSCRED."
      ),
      (
        2, Story.text("ok"), Story.control([.pidDescriptor(9)]), .stream,
        "recvmsg returned 2: client took 2 bytes from server. They are \"ok\". SCM_PIDFD: 9 is a new descriptor that refers to the sending process. client must close it."
      ),
      (
        2, Story.text("ok"), Story.control([.unknown(level: 1, type: 29, payload: [1])]), .stream,
        "recvmsg returned 2: client took 2 bytes from server. They are \"ok\". Also a control message SOL_SOCKET SCM_TIMESTAMP of 1 byte."
      ),
    ] as [(Int, DataExcerpt, ControlExcerpt?, SocketType, String)])
  func receives(
    result: Int, data: DataExcerpt, control: ControlExcerpt?, type: SocketType, text: String
  ) {
    var socket = Story.clientEnd
    socket.type = type
    let receive = message(result, returned: [], data: data, control: control, socket: socket)
    #expect(explain(.joined, .receive(receive)) == text)
  }

  @Test("Whether nothing is a message or the end is told by who holds the other end")
  func messageOrEnd() {
    let unknown =
      "an empty message or end of file; the number alone does not tell which."
    let message =
      "an empty message, for server had not closed the other end; or end of file, if the "
      + "connection was shut down."
    var end = Story.clientEnd
    end.type = .seqpacket
    func words(_ tell: (inout Story, TraceEvent.Body) -> TraceEvent) -> String {
      var story = Story.joined
      let read = CallRecord(name: "read", fd: 3, result: 0, socket: end)
      let event = tell(&story, .call(read))
      return Explanation.whatHappened(event, in: story.timeline)
    }
    func close(_ story: inout Story, entered: Int64) {
      story.add(
        TraceEvent(
          time: 9_000, entered: entered, pid: Story.server,
          body: .call(CallRecord(name: "close", fd: 4, result: 0, socket: Story.serverEnd)),
          changes: [DescriptorChange(pid: Story.server, fd: 4, now: nil)]))
    }
    let start =
      "client read from its descriptor 3 (a socket connected to server's 4) and got 0 bytes: "
    #expect(words { $0.add(Story.client, $1)[0] } == start + message)
    let closedLater = words {
      let event = $0.add(Story.client, $1)[0]
      close(&$0, entered: 8_000)
      return event
    }
    #expect(closedLater == start + message)
    let closedMeanwhile = words {
      let event = $0.add(Story.client, $1)[0]
      close(&$0, entered: 10)
      return event
    }
    #expect(closedMeanwhile == start + unknown)
    let closedBefore = words {
      close(&$0, entered: 10)
      return $0.add(Story.client, $1)[0]
    }
    #expect(closedBefore.hasSuffix(unknown))
  }

  @Test("A peek says that it installs numbers each time") func peek() {
    let receive = message(
      17, flags: [.peek, .closeOnExec], returned: .closeOnExec, control: Story.rights(4),
      descriptors: [Story.received])
    #expect(
      explain(.joined, .receive(receive)).hasSuffix(
        "MSG_PEEK: the message stays queued, and every look installs new numbers for the same open "
          + "files. client must close these as well."))
  }

  @Test(
    "Transfers say how sure they are",
    arguments: [
      (Transfer.Proof.kcmp, 0, "Proven by kcmp"), (.inferred, 0, "Not proven, but likely"),
      (.none, 0, "Not proven: only the place in the queue"),
      (.none, 2, "2 of the 3 descriptors that server sent did not reach client"),
    ])
  func transfers(proof: Transfer.Proof, lost: Int, part: String) {
    let story = Story.whole
    let numbers = story.timeline.events.filter { $0.message?.descriptors.count == 1 }.map(
      \.sequence)
    let transfer = Transfer(
      send: numbers[0], receive: numbers[1],
      descriptors: [Transfer.Pair(sent: 1, received: 4, proof: proof)], lost: lost)
    let text = explain(story, .transfer(transfer))
    #expect(text.hasPrefix("server's 1 is now also client's 4. "))
    #expect(text.contains(part))
  }
}
