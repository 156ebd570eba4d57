import ControlMessages
import TraceModel

/// A session told event by event, and what is found in it. The server (process 1) and the client
/// (process 2) hold the two ends of a connection as their 3; the client may also talk to itself.
struct FindingTale {
  private var derivation = Derivation()
  private(set) var findings: [Finding] = []

  static let server: Int32 = 1
  static let client: Int32 = 2
  /// The client's child.
  static let child: Int32 = 5

  init(serverUser: UInt32 = 0, clientUser: UInt32 = 0) {
    for (pid, user) in [(Self.server, serverUser), (Self.client, clientUser)] {
      process(pid, .started(parent: nil), user: user, rows: [0, 1, 2, 3].map { Self.row($0) })
    }
  }

  /// A row of a table; `file` names the open file behind it.
  static func row(
    _ fd: Int32, file: Int? = nil, kind: FileKind = .fifo, flags: UInt32 = 0,
    closeOnExec: Bool = true, owner: UInt32? = nil, mode: UInt16? = nil, target: String? = nil
  ) -> DescriptorFacts {
    let file = file ?? Int(fd)
    return DescriptorFacts(
      fd: fd, target: target ?? "/f\(file)", kind: kind, device: 1, inode: UInt64(file),
      flags: OpenFlags(rawValue: flags), closeOnExec: closeOnExec, description: file, owner: owner,
      mode: mode)
  }

  static func control(
    _ numbers: [Int32], capacity: Int? = nil, before: [ControlMessage] = [],
    abi: ControlABI = .bits64
  ) -> ControlExcerpt {
    let rights = numbers.isEmpty ? [] : [ControlMessage.rights(numbers)]
    let bytes = ControlBuffer.encode(before + rights, abi: abi)
    return ControlExcerpt(
      capacity: capacity ?? bytes.count, length: min(bytes.count, capacity ?? bytes.count),
      bytes: bytes, abi: abi)
  }

  mutating func add(_ pid: Int32, _ body: TraceEvent.Body, _ changes: [DescriptorChange] = []) {
    let names = [Self.server: "server", Self.client: "client"]
    let event = TraceEvent(
      pid: pid, comm: names[pid] ?? "child", body: body, changes: changes)
    findings += derivation.add(event).compactMap(\.finding)
  }

  mutating func process(
    _ pid: Int32, _ event: ProcessRecord.Event, user: UInt32? = nil,
    rows: [DescriptorFacts] = [], closed: [Int32] = []
  ) {
    let changes =
      rows.map { DescriptorChange(pid: pid, fd: $0.fd, now: $0) }
      + closed.map { DescriptorChange(pid: pid, fd: $0, now: nil) }
    add(pid, .process(ProcessRecord(event: event, user: user)), changes)
  }

  mutating func end(_ pid: Int32 = client) { process(pid, .exited(status: 0)) }

  mutating func call(_ pid: Int32, _ name: String, _ fd: Int32, _ arguments: String...) {
    let isClose = name == "close"
    add(
      pid, .call(CallRecord(name: name, fd: fd, arguments: arguments, result: 0)),
      isClose ? [DescriptorChange(pid: pid, fd: fd, now: nil)] : [])
  }

  /// A send by the server; the control message is made for the rows unless another is given.
  mutating func send(
    _ rows: [DescriptorFacts], result: Int = 1, error: String? = nil,
    control: ControlExcerpt? = nil, type: SocketType = .stream, user: UInt32? = nil,
    room: DescriptorRoom? = nil, foreign: String? = nil, flags: MessageFlags = []
  ) {
    let socket =
      foreign.map { SocketInfo(fd: 3, foreignProtocol: $0) }
      ?? SocketInfo(fd: 3, type: type, inode: 100, peer: 200)
    let message = MessageRecord(
      call: "sendmsg", socket: socket, result: error == nil ? result : nil, error: error,
      flags: flags, control: control ?? Self.control(rows.map(\.fd)), descriptors: rows, user: user,
      room: room)
    add(
      Self.server, .send(message),
      rows.map { DescriptorChange(pid: Self.server, fd: $0.fd, now: $0) })
  }

  /// A receive by the client.
  mutating func receive(
    _ rows: [DescriptorFacts], control: ControlExcerpt? = nil, flags: MessageFlags = [],
    cut: Bool = false, user: UInt32? = nil, room: DescriptorRoom? = nil, type: SocketType = .stream
  ) {
    let message = MessageRecord(
      call: "recvmsg", socket: SocketInfo(fd: 3, type: type, inode: 200, peer: 100), result: 1,
      flags: flags, messageFlags: cut ? .controlTruncated : [],
      control: control ?? Self.control(rows.map(\.fd), capacity: 16 + 4 * rows.count),
      descriptors: rows, user: user, room: room)
    add(
      Self.client, .receive(message),
      rows.map { DescriptorChange(pid: Self.client, fd: $0.fd, now: $0) })
  }

  /// `code severity @event [descriptors] name value, …` of each finding.
  var account: [String] {
    findings.map { finding in
      let evidence = finding.evidence.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      return "\(finding.code.rawValue) \(finding.severity.rawValue) @\(finding.about) "
        + "\(finding.descriptors)" + (evidence.isEmpty ? "" : " \(evidence)")
    }
  }
}
