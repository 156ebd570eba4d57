import ControlMessages
import TraceModel

/// Events of every kind with every field in use.
enum Samples {
  static let socket = SocketInfo(
    fd: 4, type: .seqpacket, inode: .max >> 1, peer: 70111, listener: 70112,
    path: "/run/\u{1}\"é\\",
    isListening: true, foreignProtocol: "UDP")
  static let facts = DescriptorFacts(
    fd: 1, target: "/dev/pts/3", kind: .character, device: 24, inode: 6, position: 1 << 40,
    flags: OpenFlags(rawValue: 0o104001), closeOnExec: true, description: 3, queued: 2,
    socket: socket)

  static let message: MessageRecord = {
    let bytes = ControlBuffer.encode(
      [
        .rights([1, 9]), .credentials(SocketCredentials(pid: 1, uid: 2, gid: 3)),
        .pidDescriptor(7), .unknown(level: 6, type: 5, payload: [1, 2, 3]),
      ], abi: .bits32)
    return MessageRecord(
      call: "recvmsg", socket: socket, address: "@\u{1}a", result: 300, flags: [.peek, .dontWait],
      messageFlags: [.controlTruncated, MessageFlags(rawValue: 0x1000_0000)],
      data: DataExcerpt(bytes: [0, 255, 10], length: 300, capacity: 400, buffers: 3),
      control: ControlExcerpt(
        capacity: 200, length: bytes.count, bytes: bytes + [0, 0], abi: .bits32),
      descriptors: [facts], unreadable: "one buffer cannot be read")
  }()

  static let bodies: [TraceEvent.Body] = [
    .session(
      SessionRecord(
        program: "fdpass-tui 1.0", command: ["run", "--", "a b"], kernel: "6.18", started: 1 << 33,
        limits: ["no \"kcmp\""])),
    .process(ProcessRecord(event: .started(parent: 12), role: "server", arguments: ["a", ""])),
    .process(ProcessRecord(event: .started(parent: nil))),
    .process(ProcessRecord(event: .attached)),
    .process(ProcessRecord(event: .executed, arguments: ["su"], rightsNotGiven: "root")),
    .process(ProcessRecord(event: .exited(status: 3))),
    .process(ProcessRecord(event: .killed(signal: 9))),
    .call(
      CallRecord(
        name: "accept4", fd: 3, arguments: ["SOCK_CLOEXEC"], result: 4, created: [4, 5],
        socket: socket, address: "/tmp/é", data: DataExcerpt(bytes: [1], length: 9))),
    .call(CallRecord(name: "close", fd: -1, error: "EBADF")),
    .send(MessageRecord(call: "sendmsg", socket: SocketInfo(fd: 4), error: "EPIPE")),
    .receive(message),
    .transfer(
      Transfer(
        send: 1, receive: 2,
        descriptors: [Transfer.Proof.kcmp, .inferred, .none].map {
          Transfer.Pair(
            sent: 1, received: 4, proof: $0,
            origin: Origin(
              holder: DescriptorHolder(pid: 7, fd: 3), beginning: .made, event: 5,
              hops: [Origin.Hop(pid: 8, event: 6), Origin.Hop(pid: 9, send: 7, event: 8)],
              hopsLeftOut: 3))
        }, lost: 2, isPeek: true)),
    .finding(
      Finding(
        .truncated, .warning, about: 2, related: [1], descriptors: [4],
        evidence: [.init("sent", 3)], text: "Two did not arrive.",
        cure: "Use a larger \"buffer\".")),
    .output(OutputRecord(bytes: Array(0...255))),
    .output(OutputRecord(bytes: [65], size: TerminalSize(columns: 106, rows: 21))),
  ]

  static func event(_ body: TraceEvent.Body) -> TraceEvent {
    TraceEvent(
      sequence: 6, time: 4213, entered: 4000, pid: 41207, tid: 41209, comm: "fdpass-server",
      body: body,
      changes: [
        DescriptorChange(pid: 41207, fd: 1, now: facts), DescriptorChange(pid: 7, fd: 3, now: nil),
      ])
  }
}
