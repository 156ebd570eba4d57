import ControlMessages

/// The JSON form of events: one object a line, `v` first, the same for `--json` and recordings.
public enum JSONLines {
  /// The version of the format, the value of `v`.
  public static let version = 1

  /// `event` as one line, its newline included.
  public static func line(for event: TraceEvent) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(1024)
    append(event, to: &line)
    return line
  }

  /// Adds `event` to `lines` as one more line, its newline included.
  public static func append(_ event: TraceEvent, to lines: inout [UInt8]) {
    var writer = JSONWriter()
    writer.exchange(&lines)
    writer.object { writer in
      writer.field("v", version)
      writer.field("seq", event.sequence)
      writer.seconds("time", microseconds: event.time)
      writer.field("kind", event.kind.rawValue)
      if let entered = event.entered { writer.seconds("entered", microseconds: entered) }
      if event.pid != 0 {
        writer.field("pid", event.pid)
        writer.field("tid", event.tid)
        writer.field("comm", event.comm)
      }
      if event.isStepped { writer.field("stepped", true) }
      writer.body(event.body)
      if !event.changes.isEmpty { writer.array("table", event.changes) { $0.change($1) } }
    }
    writer.exchange(&lines)
    lines.append(UInt8(ascii: "\n"))
  }

  /// Whether a file that starts with these bytes is a recording: a session comes first.
  public static func isBeginning(_ bytes: [UInt8]) -> Bool {
    guard bytes.starts(with: #"{"v":"#.utf8) else { return false }
    let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    return line.contains(#""kind":"session""#)
  }

  /// The values of `kind` that this version knows.
  enum Kind: String {
    case session, process, call, send, receive, transfer, finding, output
  }
}

extension TraceEvent {
  var kind: JSONLines.Kind {
    switch body {
    case .session: .session
    case .process: .process
    case .call: .call
    case .send: .send
    case .receive: .receive
    case .transfer: .transfer
    case .finding: .finding
    case .output: .output
    }
  }
}

extension JSONWriter {
  fileprivate mutating func body(_ body: TraceEvent.Body) {
    switch body {
    case .session(let record): session(record)
    case .process(let record): process(record)
    case .call(let record): call(record)
    case .send(let record), .receive(let record): message(record)
    case .transfer(let record): transfer(record)
    case .finding(let record): finding(record)
    case .output(let record):
      excerpt("data", DataExcerpt(bytes: record.bytes))
      if let size = record.size {
        object("terminal") {
          $0.field("columns", size.columns)
          $0.field("rows", size.rows)
        }
      }
    }
  }

  private mutating func session(_ record: SessionRecord) {
    field("program", record.program)
    array("command", record.command) { $0.element($1) }
    field("kernel", record.kernel)
    field("started", record.started)
    if !record.limits.isEmpty { array("limits", record.limits) { $0.element($1) } }
  }

  private mutating func process(_ record: ProcessRecord) {
    switch record.event {
    case .started(let parent):
      field("event", "start")
      if let parent { field("parent", parent) }
    case .attached: field("event", "attach")
    case .executed: field("event", "exec")
    case .exited(let status):
      field("event", "exit")
      field("status", status)
    case .killed(let signal):
      field("event", "kill")
      field("signal", signal)
    }
    if let role = record.role { field("role", role) }
    if !record.arguments.isEmpty { array("arguments", record.arguments) { $0.element($1) } }
    if let rights = record.rightsNotGiven { field("rightsNotGiven", rights) }
    if let user = record.user { field("uid", user) }
  }

  private mutating func call(_ record: CallRecord) {
    field("call", record.name)
    if let fd = record.fd { field("fd", fd) }
    array("arguments", record.arguments) { $0.element($1) }
    if let socket = record.socket { self.socket(socket) }
    if let address = record.address { field("address", address) }
    if !record.created.isEmpty { array("created", record.created) { $0.element($1) } }
    outcome(record.result, record.error)
    if let data = record.data { excerpt("data", data) }
  }

  private mutating func message(_ record: MessageRecord) {
    field("call", record.call)
    socket(record.socket)
    if let address = record.address { field("address", address) }
    outcome(record.result.map { Int64($0) }, record.error)
    array("flags", record.flags.names) { $0.element($1) }
    if let flags = record.messageFlags { array("messageFlags", flags.names) { $0.element($1) } }
    excerpt("data", record.data)
    if let control = record.control { self.control(control, of: record) }
    if let unreadable = record.unreadable { field("unreadable", unreadable) }
    if let user = record.user { field("uid", user) }
    if let room = record.room {
      object("room") { writer in
        writer.field("open", room.open)
        writer.field("limit", room.limit)
      }
    }
    if let experiment = record.experiment { self.experiment(experiment) }
  }

  private mutating func outcome(_ result: Int64?, _ error: String?) {
    if let result { field("result", result) } else { null("result") }
    if let error { field("error", error) } else { null("error") }
  }

  private mutating func socket(_ socket: SocketInfo) {
    object("socket") { writer in
      writer.field("fd", socket.fd)
      writer.field("type", socket.type.rawValue)
      writer.field("inode", socket.inode)
      if let peer = socket.peer { writer.field("peer", peer) }
      if let listener = socket.listener { writer.field("listener", listener) }
      if let path = socket.path { writer.field("path", path) }
      if socket.isListening { writer.field("listening", true) }
      if let name = socket.foreignProtocol { writer.field("protocol", name) }
    }
  }

  private mutating func excerpt(_ key: StaticString, _ data: DataExcerpt) {
    object(key) { writer in
      writer.field("length", data.length)
      if data.capacity != data.length { writer.field("capacity", data.capacity) }
      if data.buffers != 1 { writer.field("buffers", data.buffers) }
      writer.base64("base64", data.bytes)
      if data.isCut { writer.field("cut", true) }
    }
  }

  private mutating func control(_ control: ControlExcerpt, of message: MessageRecord) {
    object("control") { writer in
      writer.field("capacity", control.capacity)
      writer.field("length", control.length)
      if control.abi == .bits32 { writer.field("bits", 32) }
      writer.base64("base64", control.bytes)
      var descriptors = message.descriptors[...]
      writer.array("messages", control.records) { writer, record in
        writer.controlMessage(record, &descriptors)
      }
    }
  }

  private mutating func controlMessage(
    _ record: ControlRecord, _ descriptors: inout ArraySlice<DescriptorFacts>
  ) {
    object { writer in
      writer.field("offset", record.offset)
      writer.field("length", record.declaredLength)
      writer.field("level", ControlNames.level(record.level))
      writer.field("type", ControlNames.type(level: record.level, type: record.type))
      switch record.message {
      case .rights(let numbers):
        writer.array("descriptors", numbers) { writer, number in
          if let facts = descriptors.first, facts.fd == number {
            descriptors.removeFirst()
            writer.object { $0.facts(facts) }
          } else {
            writer.object { $0.field("fd", number) }
          }
        }
      case .credentials(let credentials):
        writer.field("pid", credentials.pid)
        writer.field("uid", credentials.uid)
        writer.field("gid", credentials.gid)
      case .pidDescriptor(let number): writer.field("fd", number)
      case .security, .unknown: break
      }
    }
  }

  private mutating func facts(_ facts: DescriptorFacts) {
    field("fd", facts.fd)
    field("target", facts.target)
    field("file", facts.kind.rawValue)
    field("device", facts.device)
    field("inode", facts.inode)
    if let position = facts.position { field("position", position) }
    field("openFlags", facts.flags.rawValue)
    field("cloexec", facts.closeOnExec)
    if let description = facts.description { field("description", description) }
    if let queued = facts.queued { field("queued", queued) }
    if let socket = facts.socket { self.socket(socket) }
    if let internet = facts.internet { field("internet", internet) }
    if let owner = facts.owner { field("owner", owner) }
    if let mode = facts.mode { field("mode", mode) }
    if let mount = facts.mount { field("mount", mount) }
  }

  fileprivate mutating func change(_ change: DescriptorChange) {
    object { writer in
      writer.field("pid", change.pid)
      if let now = change.now {
        writer.facts(now)
      } else {
        writer.field("fd", change.fd)
        writer.field("gone", true)
      }
    }
  }

  private mutating func transfer(_ transfer: Transfer) {
    field("send", transfer.send)
    field("receive", transfer.receive)
    array("descriptors", transfer.descriptors) { writer, pair in
      writer.object { writer in
        writer.field("sent", pair.sent)
        writer.field("received", pair.received)
        writer.field("proof", pair.proof.rawValue)
        if let origin = pair.origin { writer.origin(origin) }
      }
    }
    if transfer.lost > 0 { field("lost", transfer.lost) }
    if transfer.isPeek { field("peek", true) }
  }
}
