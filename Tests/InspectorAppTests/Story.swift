import ControlMessages
import InspectorApp
import TraceModel

/// A session told event by event, as a source would report it.
struct Story {
  static let server: Int32 = 41207
  static let client: Int32 = 41208
  static let path = "/run/fdpass.sock"

  private(set) var timeline = Timeline()
  private var derivation = Derivation()
  private var clock: Int64 = 0

  /// Reports what a process did, and returns the event with what followed from it.
  @discardableResult
  mutating func add(
    _ pid: Int32, _ body: TraceEvent.Body, _ rows: [DescriptorFacts] = [], gone: [Int32] = [],
    elsewhere: [DescriptorChange] = []
  ) -> [TraceEvent] {
    clock += 250
    let changes =
      rows.map { DescriptorChange(pid: pid, fd: $0.fd, now: $0) }
      + gone.map { DescriptorChange(pid: pid, fd: $0, now: nil) } + elsewhere
    let comm = pid == Self.server ? "fdpass-server" : pid == Self.client ? "fdpass-client" : ""
    return add(TraceEvent(time: clock, pid: pid, comm: comm, body: body, changes: changes))
  }

  @discardableResult
  mutating func add(_ event: TraceEvent) -> [TraceEvent] {
    let events = derivation.add(event)
    for event in events { timeline.append(event) }
    return events
  }

  @discardableResult
  mutating func call(
    _ pid: Int32, _ record: CallRecord, _ rows: [DescriptorFacts] = [], gone: [Int32] = []
  ) -> TraceEvent {
    add(pid, .call(record), rows, gone: gone)[0]
  }

  /// The event of a call that has not been reported yet.
  func about(_ pid: Int32, _ body: TraceEvent.Body) -> TraceEvent {
    TraceEvent(time: clock, pid: pid, body: body)
  }
}

// MARK: The pair of the demo

extension Story {
  static let serverTerminal = DescriptorFacts(
    fd: 1, target: "/dev/pts/3", kind: .character, device: 24, inode: 6,
    flags: OpenFlags(rawValue: 2), description: 1)
  static let received = DescriptorFacts(
    fd: 4, target: "/dev/pts/3", kind: .character, device: 24, inode: 6,
    flags: OpenFlags(rawValue: 2), closeOnExec: true, description: 1)
  static let clientTerminal = DescriptorFacts(
    fd: 0, target: "/dev/pts/4", kind: .character, device: 24, inode: 7,
    flags: OpenFlags(rawValue: 2), description: 2)

  static let listening = SocketInfo(
    fd: 3, type: .stream, inode: 70110, path: path, isListening: true)
  static let serverEnd = SocketInfo(fd: 4, type: .stream, inode: 70112, peer: 70111, path: path)
  static let clientEnd = SocketInfo(fd: 3, type: .stream, inode: 70111, peer: 70112)

  static func row(_ socket: SocketInfo, queued: Int = 0) -> DescriptorFacts {
    DescriptorFacts(
      fd: socket.fd, target: "socket:[\(socket.inode)]", kind: .socket, device: 8,
      inode: socket.inode, queued: queued, socket: socket)
  }

  static func rights(_ numbers: Int32...) -> ControlExcerpt { control([.rights(numbers)]) }

  static func control(_ messages: [ControlMessage]) -> ControlExcerpt {
    let bytes = ControlBuffer.encode(messages, abi: .bits64)
    return ControlExcerpt(capacity: bytes.count, length: bytes.count, bytes: bytes)
  }

  static func text(_ text: String, capacity: Int? = nil) -> DataExcerpt {
    DataExcerpt(bytes: Array(text.utf8), capacity: capacity)
  }

  static let answer = MessageRecord(
    call: "sendmsg", socket: serverEnd, result: 17, flags: MessageFlags(rawValue: 0x4000),
    data: text("Here is my stdout"), control: rights(1), descriptors: [serverTerminal])
  static let answerTaken = MessageRecord(
    call: "recvmsg", socket: clientEnd, result: 17, flags: .closeOnExec,
    messageFlags: .closeOnExec, data: text("Here is my stdout", capacity: 4096),
    control: rights(4), descriptors: [received])

  /// Both processes, joined: client's 3 ⇄ server's 4.
  static var joined: Story {
    var story = Story()
    story.add(
      0,
      .session(
        SessionRecord(
          program: "fdpass-tui 1.0", command: ["demo", "stdout"], kernel: "6.18", started: 0))
    )
    story.add(
      server,
      .process(
        ProcessRecord(
          event: .started(parent: nil), role: "server", arguments: ["fdpass-server"])),
      [serverTerminal])
    story.add(
      client,
      .process(
        ProcessRecord(
          event: .started(parent: nil), role: "client", arguments: ["fdpass-client"])),
      [clientTerminal])
    let type = ["AF_UNIX", "SOCK_STREAM|SOCK_CLOEXEC", "0"]
    let made = SocketInfo(fd: 3, type: .stream, inode: 70110)
    story.call(
      server, CallRecord(name: "socket", arguments: type, result: 3, created: [3]), [row(made)])
    var bound = made
    bound.path = path
    story.call(
      server, CallRecord(name: "bind", fd: 3, arguments: [path], result: 0, socket: bound),
      [row(bound)])
    story.call(
      server, CallRecord(name: "listen", fd: 3, arguments: ["128"], result: 0, socket: listening),
      [row(listening)])
    let unjoined = SocketInfo(fd: 3, type: .stream, inode: 70111)
    story.call(
      client, CallRecord(name: "socket", arguments: type, result: 3, created: [3]), [row(unjoined)])
    story.call(
      client, CallRecord(name: "connect", fd: 3, arguments: [path], result: 0, socket: unjoined))
    story.add(
      server,
      .call(
        CallRecord(
          name: "accept4", fd: 3, arguments: ["SOCK_CLOEXEC"], result: 4, created: [4],
          socket: listening)), [row(serverEnd)],
      elsewhere: [DescriptorChange(pid: client, fd: 3, now: row(clientEnd))])
    return story
  }

  /// Up to the moment when the answer with the descriptor is in flight.
  static var inFlight: Story {
    var story = joined
    story.add(
      client,
      .send(
        MessageRecord(
          call: "sendmsg", socket: clientEnd, result: 19, flags: MessageFlags(rawValue: 0x4000),
          data: text("Send me your Stdout"))))
    story.add(
      server,
      .receive(
        MessageRecord(
          call: "recvmsg", socket: serverEnd, result: 19, flags: .closeOnExec,
          messageFlags: .closeOnExec, data: text("Send me your Stdout", capacity: 4096),
          control: ControlExcerpt(capacity: 24, length: 0, bytes: Array(repeating: 0, count: 24)))))
    story.add(
      server, .send(answer),
      elsewhere: [DescriptorChange(pid: client, fd: 3, now: row(clientEnd, queued: 1))])
    return story
  }

  /// One whole pass, to the end of the client.
  static var whole: Story {
    var story = inFlight
    story.add(client, .receive(answerTaken), [received, row(clientEnd)])
    story.call(server, CallRecord(name: "close", fd: 4, result: 0, socket: serverEnd), gone: [4])
    story.call(
      client, CallRecord(name: "write", fd: 4, result: 6, data: text("hello\n")))
    story.add(server, .output(OutputRecord(bytes: Array("hello\r\n".utf8))))
    story.add(
      client, .process(ProcessRecord(event: .exited(status: 0))), gone: [0, 3, 4])
    return story
  }
  func account(unicode: Bool) -> String {
    timeline.events.map { EventLine.text($0, in: timeline, unicode: unicode) }.joined(
      separator: "\n")
  }
}
