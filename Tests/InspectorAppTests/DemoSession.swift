import ControlMessages
import TextUI
import TraceModel

@testable import InspectorApp

/// The demo's server and client, event by event, as the tracer would report them.
struct DemoSession {
  static let server: Int32 = 41207
  static let client: Int32 = 41208
  static let path = "/run/user/0/fdpass.sock"

  private var derivation = Derivation()
  private(set) var events: [TraceEvent] = []
  private var time: Int64 = 0

  /// Everything up to the client's writes and the end.
  static let all: DemoSession = {
    var session = DemoSession()
    session.play()
    return session
  }()

  // Which steps the interesting moments are, counted from 1.
  static let afterSend = 11
  static let afterReceive = 12

  /// The events up to a step, what followed from it included.
  func events(throughStep count: Int) -> [TraceEvent] {
    var steps = 0
    return events.filter { event in
      if event.isStep { steps += 1 }
      return steps <= count
    }
  }

  private mutating func add(
    _ pid: Int32, _ body: TraceEvent.Body, _ changes: [DescriptorChange] = []
  ) {
    time += 137
    let comm = pid == Self.server ? "fdpass-server" : pid == Self.client ? "fdpass-client" : ""
    events += derivation.add(
      TraceEvent(time: time, pid: pid, comm: comm, body: body, changes: changes))
  }

  private mutating func call(
    _ pid: Int32, _ name: String, fd: Int32? = nil, _ arguments: [String] = [], result: Int64 = 0,
    created: [Int32] = [], socket: SocketInfo? = nil, data: String? = nil,
    _ changes: [DescriptorChange] = []
  ) {
    add(
      pid,
      .call(
        CallRecord(
          name: name, fd: fd, arguments: arguments, result: result, created: created,
          socket: socket, data: data.map { DataExcerpt(bytes: Array($0.utf8)) })),
      changes)
  }

  // MARK: Descriptors

  static func file(_ fd: Int32, _ target: String, inode: UInt64, description: Int)
    -> DescriptorFacts
  {
    DescriptorFacts(
      fd: fd, target: target, kind: .character, device: 24, inode: inode, position: 0,
      flags: OpenFlags(rawValue: 2), description: description)
  }

  static func socket(
    _ fd: Int32, inode: UInt64, peer: UInt64? = nil, path: String? = nil, listens: Bool = false,
    queued: Int = 0, description: Int
  ) -> DescriptorFacts {
    DescriptorFacts(
      fd: fd, target: "socket:[\(inode)]", kind: .socket, device: 9, inode: inode,
      flags: OpenFlags(rawValue: 2), closeOnExec: true, description: description, queued: queued,
      socket: info(fd, inode: inode, peer: peer, path: path, listens: listens))
  }

  static func info(
    _ fd: Int32, inode: UInt64, peer: UInt64? = nil, path: String? = nil, listens: Bool = false
  ) -> SocketInfo {
    SocketInfo(
      fd: fd, type: .stream, inode: inode, peer: peer, path: path, isListening: listens)
  }

  private static func now(_ pid: Int32, _ facts: DescriptorFacts) -> DescriptorChange {
    DescriptorChange(pid: pid, fd: facts.fd, now: facts)
  }

  private static func gone(_ pid: Int32, _ fd: Int32) -> DescriptorChange {
    DescriptorChange(pid: pid, fd: fd, now: nil)
  }

  static let stdout = file(1, "/dev/pts/3", inode: 6, description: 1)
  static let accepted = socket(4, inode: 70112, peer: 70111, path: path, description: 5)

  static func clientSocket(queued: Int = 0) -> DescriptorFacts {
    socket(3, inode: 70111, peer: 70112, queued: queued, description: 4)
  }

  // MARK: Messages

  static let answer = MessageRecord(
    call: "sendmsg", socket: info(4, inode: 70112, peer: 70111, path: path), result: 17,
    flags: MessageFlags(rawValue: 0x4000),
    data: DataExcerpt(bytes: Array("Here is my stdout".utf8)),
    control: rights([1]), descriptors: [stdout])

  static func rights(_ numbers: [Int32], capacity: Int? = nil) -> ControlExcerpt {
    let bytes = ControlBuffer.encode([.rights(numbers)], abi: .bits64)
    return ControlExcerpt(capacity: capacity ?? bytes.count, length: bytes.count, bytes: bytes)
  }

  private static let request = Array("Send me your Stdout".utf8)

  // MARK: The story

  private mutating func play() {
    start()
    connect()
    ask()
    answerAndClose()
    copy()
  }

  private mutating func start() {
    let (server, client) = (Self.server, Self.client)
    add(
      0,
      .session(
        SessionRecord(
          program: "1.0", command: ["demo", "stdout"], kernel: "6.18.0", started: 1_700_000_000)))
    for (pid, role, tty) in [(server, "server", UInt64(6)), (client, "client", 7)] {
      let name = tty == 6 ? "/dev/pts/3" : "/dev/pts/4"
      let description = tty == 6 ? 1 : 2
      add(
        pid,
        .process(
          ProcessRecord(event: .started(parent: 41200), role: role, arguments: ["fdpass-\(role)"])),
        (0...2).map {
          Self.now(pid, Self.file(Int32($0), name, inode: tty, description: description))
        })
    }
    let bare = Self.socket(3, inode: 70100, description: 3)
    call(
      server, "socket", ["AF_UNIX", "SOCK_STREAM|SOCK_CLOEXEC", "0"], result: 3, created: [3],
      [Self.now(server, bare)])
    let bound = Self.socket(3, inode: 70100, path: Self.path, description: 3)
    call(
      server, "bind", fd: 3, [Self.path], socket: bound.socket, [Self.now(server, bound)])
    let listening = Self.socket(3, inode: 70100, path: Self.path, listens: true, description: 3)
    call(
      server, "listen", fd: 3, ["128"], socket: listening.socket,
      [Self.now(server, listening)])
    add(server, .output(OutputRecord(bytes: Array("Server ready on \(Self.path)\r\n".utf8))))
  }

  private mutating func connect() {
    let (server, client) = (Self.server, Self.client)
    let bare = Self.socket(3, inode: 70111, description: 4)
    call(
      client, "socket", ["AF_UNIX", "SOCK_STREAM|SOCK_CLOEXEC", "0"], result: 3, created: [3],
      [Self.now(client, bare)])
    call(
      client, "connect", fd: 3, [Self.path], socket: Self.clientSocket().socket,
      [Self.now(client, Self.clientSocket())])
    call(
      server, "accept4", fd: 3, ["SOCK_CLOEXEC"], result: 4, created: [4],
      socket: Self.info(3, inode: 70100, path: Self.path, listens: true),
      [Self.now(server, Self.accepted)])
    add(server, .output(OutputRecord(bytes: Array("New Client: (unnamed)\r\n".utf8))))
  }

  private mutating func ask() {
    add(
      Self.client,
      .send(
        MessageRecord(
          call: "sendmsg", socket: Self.info(3, inode: 70111, peer: 70112), result: 19,
          data: DataExcerpt(bytes: Self.request))))
    add(
      Self.server,
      .receive(
        MessageRecord(
          call: "recvmsg", socket: Self.info(4, inode: 70112, peer: 70111, path: Self.path),
          result: 19, messageFlags: [], data: DataExcerpt(bytes: Self.request, capacity: 1024))))
    add(
      Self.server,
      .output(OutputRecord(bytes: Array("Client Request: Send me your Stdout\r\n".utf8))))
  }

  private mutating func answerAndClose() {
    let (server, client) = (Self.server, Self.client)
    add(server, .send(Self.answer), [Self.now(client, Self.clientSocket(queued: 1))])
    let received = Self.file(4, "/dev/pts/3", inode: 6, description: 1)
    add(
      client,
      .receive(
        MessageRecord(
          call: "recvmsg", socket: Self.info(3, inode: 70111, peer: 70112), result: 17,
          flags: .closeOnExec, messageFlags: .closeOnExec,
          data: DataExcerpt(bytes: Self.answer.data.bytes, capacity: 1024),
          control: Self.rights([4]), descriptors: [received])),
      [Self.now(client, Self.clientSocket()), Self.now(client, received)])
    call(
      server, "close", fd: 4, socket: Self.accepted.socket, [Self.gone(server, 4)])
  }

  private mutating func copy() {
    let client = Self.client
    add(
      client,
      .output(
        OutputRecord(bytes: Array("Sending my Stdin to Server's Stdout as fd 4\r\n".utf8))))
    call(client, "read", fd: 0, ["4096"], result: 6, data: "hello\n")
    call(client, "write", fd: 4, ["6"], result: 6, data: "hello\n")
    add(Self.server, .output(OutputRecord(bytes: Array("hello\r\n".utf8))))
    call(client, "read", fd: 0, ["4096"], result: 0, data: "")
    call(client, "close", fd: 4, [], [Self.gone(client, 4)])
    add(
      client, .process(ProcessRecord(event: .exited(status: 0))),
      (0...3).map { Self.gone(client, Int32($0)) })
  }
}
