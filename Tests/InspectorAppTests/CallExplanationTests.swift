import InspectorApp
import Testing
import TraceModel

@Suite struct CallExplanationTests {
  private func explain(
    _ record: CallRecord, by pid: Int32 = Story.client, _ rows: [DescriptorFacts] = [],
    gone: [Int32] = []
  ) -> String {
    var story = Story.whole
    story.add(
      Story.client, .process(ProcessRecord(event: .started(parent: Story.server), role: "client")),
      [Story.clientTerminal, Story.received, Story.row(Story.clientEnd)])
    let event = story.call(pid, record, rows, gone: gone)
    return Explanation.whatHappened(event, in: story.timeline)
  }

  static let sentences: [(CallRecord, String)] = [
    (
      CallRecord(name: "socketpair", result: 0, created: [5, 6]),
      "made two sockets that are already joined: 5 and 6. What is sent into one comes out of the "
        + "other."
    ),
    (
      CallRecord(name: "bind", fd: 5, arguments: ["@name"], result: 0),
      "gave its 5 the abstract name @name. No file is made, no file permissions protect it, and it "
        + "vanishes with the socket."
    ),
    (
      CallRecord(name: "shutdown", fd: 3, arguments: ["1"], result: 0),
      "It will send nothing more there; the other side reads end of file after what is queued. "
        + "Descriptors already in flight can still be received, and the number stays open."
    ),
    (
      CallRecord(name: "dup2", fd: 4, arguments: ["0"], result: 0, created: [0]),
      "4 and 0 now refer to the same open file, /dev/pts/4. They share its offset and status flags; "
        + "close-on-exec belongs to each number alone. If 0 was open before, the kernel closed it "
        + "first."
    ),
    (
      CallRecord(name: "fcntl", fd: 4, arguments: ["F_SETFL"], result: 0),
      "set status flags of the open file behind its 4. Every descriptor that refers to it has them "
        + "now, also in other processes."
    ),
    (
      CallRecord(name: "read", fd: 0, result: 0),
      "read from its descriptor 0 (/dev/pts/4) and got 0 bytes: end of file. On a terminal this is "
        + "Ctrl-D; elsewhere nothing is left and no writer remains."
    ),
    (
      CallRecord(name: "read", fd: 3, result: 2, socket: Story.clientEnd, data: Story.text("ok")),
      "A read has no room for control messages, so no descriptor could come with them."
    ),
    (
      CallRecord(name: "exit_group", arguments: ["3"]),
      "asks to end with status 3. The kernel will close all its descriptors."
    ),
    (
      CallRecord(name: "memfd_create", arguments: ["x"], result: 9, created: [9]),
      "called memfd_create(x), and it returned 9. New in its table: descriptor 9."
    ),
  ]

  @Test("Calls that succeed", arguments: sentences)
  func succeeded(record: CallRecord, part: String) {
    let text = explain(record)
    #expect(text.hasPrefix("client"))
    #expect(text.contains(part), "\(text)")
  }

  @Test("Closing one number says who still has the open file") func closed() {
    #expect(
      explain(CallRecord(name: "close", fd: 4, result: 0), gone: [4]).hasSuffix(
        "closed its 4 (/dev/pts/3). The number is free again. The open file lives on: server's 1 "
          + "refers to it too."))
  }

  @Test(
    "Closing a socket says what its other end can still get",
    arguments: [
      (
        SocketType.stream, 2,
        "client's 3 can still receive what is queued, 2 descriptors included; after that it reads "
          + "end of file."
      ),
      (.stream, 0, "client's 3 reads end of file, after any data that is still queued."),
      (.datagram, 0, "client's 3 is not told: datagrams know no end of file."),
    ])
  func closedSocket(type: SocketType, queued: Int, text: String) {
    var story = Story.joined
    var (own, other) = (Story.serverEnd, Story.clientEnd)
    own.type = type
    other.type = type
    story.add(Story.server, .call(CallRecord(name: "dup", fd: 4, result: 4)), [Story.row(own)])
    story.add(
      Story.client, .call(CallRecord(name: "dup", fd: 3, result: 3)),
      [Story.row(other, queued: queued)])
    let event = story.call(Story.server, CallRecord(name: "close", fd: 4, result: 0), gone: [4])
    #expect(Explanation.whatHappened(event, in: story.timeline).hasSuffix(text))
  }

  /// Every error that the manual pages of the call and unix(7) list.
  static let listed: [(String, String)] = [
    (
      "sendmsg",
      "EACCES EAGAIN EALREADY EBADF ECONNREFUSED ECONNRESET EDESTADDRREQ EFAULT EINTR EINVAL EISCONN "
        + "EMSGSIZE ENOBUFS ENOENT ENOMEM ENOTCONN ENOTSOCK EOPNOTSUPP EPERM EPIPE EPROTOTYPE ESRCH "
        + "ETOOMANYREFS ENOTDIR ELOOP ENAMETOOLONG"
    ),
    (
      "recvmsg",
      "EAGAIN EBADF ECONNREFUSED ECONNRESET EFAULT EINTR EINVAL EMSGSIZE ENOMEM ENOTCONN ENOTSOCK "
        + "EOPNOTSUPP ERESTARTSYS"
    ),
    (
      "bind",
      "EACCES EADDRINUSE EADDRNOTAVAIL EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSPC "
        + "ENOTDIR ENOTSOCK EPERM EROFS"
    ),
    (
      "connect",
      "EACCES EADDRINUSE EAFNOSUPPORT EAGAIN EALREADY EBADF ECONNREFUSED EFAULT EINPROGRESS EINTR "
        + "EINVAL EISCONN ENETUNREACH ENOENT ENOTDIR ENOTSOCK EPERM EPROTOTYPE ETIMEDOUT"
    ),
    ("listen", "EADDRINUSE EBADF EINVAL ENOTSOCK EOPNOTSUPP"),
    (
      "accept4",
      "EAGAIN EBADF ECONNABORTED EFAULT EINTR EINVAL EMFILE ENFILE ENOBUFS ENOMEM ENOTSOCK EOPNOTSUPP "
        + "EPERM EPROTO"
    ),
    (
      "socket",
      "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT EPROTOTYPE "
        + "ESOCKTNOSUPPORT"
    ),
    ("socketpair", "EAFNOSUPPORT EFAULT EMFILE ENFILE EOPNOTSUPP EPROTONOSUPPORT"),
    ("shutdown", "EBADF EINVAL ENOTCONN ENOTSOCK"),
    ("close", "EBADF EINTR EIO"),
    ("dup2", "EBADF EBUSY EINTR EINVAL EMFILE"),
    ("read", "EAGAIN EBADF ECONNRESET EFAULT EINTR EINVAL EIO EISDIR"),
    ("write", "EAGAIN EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINTR EINVAL EIO ENOSPC EPERM EPIPE"),
  ]

  @Test("Every listed error has a cause", arguments: listed)
  func errors(call: String, names: String) {
    for name in names.split(separator: " ").map(String.init) {
      let text =
        switch call {
        case "sendmsg", "recvmsg": explainMessage(call, name)
        default: explain(CallRecord(name: call, fd: 3, arguments: ["/x"], error: name))
        }
      #expect(text.hasSuffix(".") || text.hasSuffix("?"))
      #expect(!text.contains("no more reason"), "\(call) \(name)")
      #expect(name.hasPrefix("ERESTART") || text.contains("failed with \(name): "))
    }
  }

  private func explainMessage(_ call: String, _ error: String) -> String {
    var story = Story.joined
    let record = MessageRecord(call: call, socket: Story.clientEnd, error: error)
    let events = story.add(
      Story.client, call == "sendmsg" ? .send(record) : .receive(record))
    return Explanation.whatHappened(events[0], in: story.timeline)
  }

  @Test("An error nobody listed still makes a sentence") func unknownError() {
    #expect(
      explain(CallRecord(name: "bind", fd: 3, error: "EWEIRD")).hasSuffix(
        "and it failed with EWEIRD: the kernel gives no more reason than this name."))
  }
}

@Suite struct ProcessExplanationTests {
  static let sentences: [(ProcessRecord, String)] = [
    (
      ProcessRecord(event: .started(parent: Story.server), arguments: ["child"]),
      "child is process 500: `child`. server made it by a fork, so it has the same numbers for the "
        + "same open files."
    ),
    (
      ProcessRecord(event: .started(parent: 1), arguments: ["child"]),
      "child is process 500: `child`. Process 1 made it."
    ),
    (
      ProcessRecord(event: .executed, arguments: ["ls", "-l"]),
      "child (process 500) runs a new program: `ls -l`. Its descriptors stay open across the exec, "
        + "but for those marked close-on-exec. Here the kernel closed 7."
    ),
    (
      ProcessRecord(event: .exited(status: 2)),
      "child ended with status 2 (by custom, a failure). The kernel closed its 1 descriptor. An open "
        + "file lives on as long as another descriptor, or a message in flight, refers to it."
    ),
    (
      ProcessRecord(event: .killed(signal: 9)),
      "Signal 9, SIGKILL, ended child. The kernel closed its 1 descriptor. An open file lives on as "
        + "long as another descriptor, or a message in flight, refers to it."
    ),
  ]

  @Test("Starts, execs and ends", arguments: sentences)
  func sentence(record: ProcessRecord, text: String) {
    var story = Story.joined
    story.add(
      500, .process(ProcessRecord(event: .started(parent: nil), role: "child")),
      [DescriptorFacts(fd: 7, target: "/tmp/x")])
    let isStart = if case .started = record.event { true } else { false }
    let event = story.add(500, .process(record), gone: isStart ? [] : [7])[0]
    #expect(Explanation.whatHappened(event, in: story.timeline).hasPrefix(text))
  }
}
