import ControlMessages

/// Why a line of a recording could not be read, as a sentence.
public struct RecordingLineError: Error, Hashable, CustomStringConvertible {
  /// What is wrong with the line.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension JSONLines {
  /// The event in one line (without its newline). Nil for a kind that a newer version added.
  ///
  /// - Throws: ``RecordingLineError`` when the line is no JSON, is of another format version, or
  ///   lacks what its kind needs.
  public static func event(from line: [UInt8]) throws(RecordingLineError) -> TraceEvent? {
    let value: JSONValue
    do {
      value = try JSONReader.read(line)
    } catch {
      throw RecordingLineError("not JSON: \(error.reason) at byte \(error.offset)")
    }
    guard let version: Int = value["v"]?.integer() else {
      throw RecordingLineError("no version number `v`, so this is not a line of a recording")
    }
    guard version == Self.version else {
      throw RecordingLineError("format version \(version); this program reads \(Self.version)")
    }
    guard let name = value["kind"]?.string else { throw RecordingLineError("no `kind`") }
    guard let kind = Kind(rawValue: name) else { return nil }
    guard let body = Self.body(kind, value) else {
      throw RecordingLineError("a `\(name)` line without what such a line must have")
    }
    var event = TraceEvent(
      sequence: value["seq"]?.integer() ?? 0,
      time: microseconds(value["time"]) ?? 0, entered: microseconds(value["entered"]),
      pid: value["pid"]?.integer() ?? 0, tid: value["tid"]?.integer(),
      comm: value["comm"]?.string ?? "", body: body,
      changes: (value["table"]?.array ?? []).compactMap(change))
    event.isStepped = value["stepped"]?.bool ?? false
    return event
  }

  private static func microseconds(_ value: JSONValue?) -> Int64? {
    value?.double.flatMap { Int64(exactly: ($0 * 1_000_000).rounded()) }
  }

  private static func body(_ kind: Kind, _ value: JSONValue) -> TraceEvent.Body? {
    switch kind {
    case .session: session(value).map { .session($0) }
    case .process: process(value).map { .process($0) }
    case .call: call(value).map { .call($0) }
    case .send: message(value).map { .send($0) }
    case .receive: message(value).map { .receive($0) }
    case .transfer: transfer(value).map { .transfer($0) }
    case .finding: finding(value).map { .finding($0) }
    case .output: output(value).map { .output($0) }
    }
  }

  private static func output(_ value: JSONValue) -> OutputRecord? {
    guard let data = value["data"].flatMap(excerpt) else { return nil }
    guard let columns: Int = value["terminal"]?["columns"]?.integer(),
      let rows: Int = value["terminal"]?["rows"]?.integer()
    else { return OutputRecord(bytes: data.bytes) }
    let largest = TerminalSize.largest
    let size = TerminalSize(
      columns: min(max(1, columns), largest.columns), rows: min(max(1, rows), largest.rows))
    return OutputRecord(bytes: data.bytes, size: size)
  }

  private static func session(_ value: JSONValue) -> SessionRecord? {
    guard let program = value["program"]?.string else { return nil }
    return SessionRecord(
      program: program, command: strings(value["command"]),
      kernel: value["kernel"]?.string ?? "", started: value["started"]?.integer() ?? 0,
      limits: strings(value["limits"]))
  }

  private static func process(_ value: JSONValue) -> ProcessRecord? {
    let event: ProcessRecord.Event
    switch value["event"]?.string {
    case "start": event = .started(parent: value["parent"]?.integer())
    case "attach": event = .attached
    case "exec": event = .executed
    case "exit":
      guard let status: Int32 = value["status"]?.integer() else { return nil }
      event = .exited(status: status)
    case "kill":
      guard let signal: Int32 = value["signal"]?.integer() else { return nil }
      event = .killed(signal: signal)
    default: return nil
    }
    return ProcessRecord(
      event: event, role: value["role"]?.string, arguments: strings(value["arguments"]),
      rightsNotGiven: value["rightsNotGiven"]?.string, user: value["uid"]?.integer())
  }

  private static func call(_ value: JSONValue) -> CallRecord? {
    guard let name = value["call"]?.string else { return nil }
    return CallRecord(
      name: name, fd: value["fd"]?.integer(), arguments: strings(value["arguments"]),
      result: value["result"]?.integer(), error: value["error"]?.string,
      created: (value["created"]?.array ?? []).compactMap { $0.integer() },
      socket: value["socket"].flatMap(socket), address: value["address"]?.string,
      data: value["data"].flatMap(excerpt))
  }

  private static func message(_ value: JSONValue) -> MessageRecord? {
    guard let call = value["call"]?.string, let socket = value["socket"].flatMap(socket) else {
      return nil
    }
    return MessageRecord(
      call: call, socket: socket, address: value["address"]?.string,
      result: value["result"]?.integer(),
      error: value["error"]?.string, flags: MessageFlags(names: strings(value["flags"])),
      messageFlags: value["messageFlags"].map { MessageFlags(names: strings($0)) },
      data: value["data"].flatMap(excerpt) ?? DataExcerpt(bytes: []),
      control: value["control"].flatMap(control),
      descriptors: value["control"].map(descriptors) ?? [],
      unreadable: value["unreadable"]?.string, user: value["uid"]?.integer(),
      room: value["room"].flatMap(room),
      experiment: value["experiment"].flatMap(ExperimentRecord.init))
  }

  private static func room(_ value: JSONValue) -> DescriptorRoom? {
    guard let open: Int = value["open"]?.integer(), let limit: Int = value["limit"]?.integer()
    else { return nil }
    return DescriptorRoom(open: open, limit: limit)
  }

  private static func socket(_ value: JSONValue) -> SocketInfo? {
    guard let fd: Int32 = value["fd"]?.integer() else { return nil }
    return SocketInfo(
      fd: fd, type: value["type"]?.string.flatMap(SocketType.init) ?? .unknown,
      inode: value["inode"]?.integer() ?? 0, peer: value["peer"]?.integer(),
      listener: value["listener"]?.integer(), path: value["path"]?.string,
      isListening: value["listening"]?.bool ?? false,
      foreignProtocol: value["protocol"]?.string)
  }

  private static func excerpt(_ value: JSONValue) -> DataExcerpt? {
    guard let text = value["base64"]?.string, let bytes = Base64.decode(text) else { return nil }
    let length = max(value["length"]?.integer() ?? bytes.count, bytes.count)
    return DataExcerpt(
      bytes: bytes, length: length, capacity: value["capacity"]?.integer(),
      buffers: value["buffers"]?.integer() ?? 1)
  }

  private static func control(_ value: JSONValue) -> ControlExcerpt? {
    guard let text = value["base64"]?.string, let bytes = Base64.decode(text) else { return nil }
    let length: Int = value["length"]?.integer() ?? bytes.count
    return ControlExcerpt(
      capacity: value["capacity"]?.integer() ?? bytes.count, length: max(0, length), bytes: bytes,
      abi: value["bits"]?.integer(Int.self) == 32 ? .bits32 : .bits64)
  }

  private static func descriptors(_ control: JSONValue) -> [DescriptorFacts] {
    (control["messages"]?.array ?? []).flatMap { $0["descriptors"]?.array ?? [] }
      .filter { $0["target"] != nil }.compactMap(facts)
  }

  private static func facts(_ value: JSONValue) -> DescriptorFacts? {
    guard let fd: Int32 = value["fd"]?.integer() else { return nil }
    return DescriptorFacts(
      fd: fd, target: value["target"]?.string ?? "",
      kind: value["file"]?.string.flatMap(FileKind.init) ?? .other,
      device: value["device"]?.integer() ?? 0, inode: value["inode"]?.integer() ?? 0,
      position: value["position"]?.integer(),
      flags: OpenFlags(rawValue: value["openFlags"]?.integer() ?? 0),
      closeOnExec: value["cloexec"]?.bool ?? false, description: value["description"]?.integer(),
      queued: value["queued"]?.integer(), socket: value["socket"].flatMap(socket),
      internet: value["internet"]?.string,
      owner: value["owner"]?.integer(), mode: value["mode"]?.integer(),
      mount: value["mount"]?.integer())
  }

  private static func change(_ value: JSONValue) -> DescriptorChange? {
    guard let pid: Int32 = value["pid"]?.integer(), let facts = facts(value) else { return nil }
    return DescriptorChange(pid: pid, fd: facts.fd, now: value["gone"] == nil ? facts : nil)
  }

  private static func transfer(_ value: JSONValue) -> Transfer? {
    guard let send: Int = value["send"]?.integer(), let receive: Int = value["receive"]?.integer()
    else { return nil }
    let pairs = (value["descriptors"]?.array ?? []).compactMap { pair -> Transfer.Pair? in
      guard let sent: Int32 = pair["sent"]?.integer(),
        let received: Int32 = pair["received"]?.integer()
      else { return nil }
      let proof = pair["proof"]?.string.flatMap(Transfer.Proof.init) ?? .none
      return Transfer.Pair(
        sent: sent, received: received, proof: proof, origin: pair["origin"].flatMap(origin))
    }
    return Transfer(
      send: send, receive: receive, descriptors: pairs, lost: value["lost"]?.integer() ?? 0,
      isPeek: value["peek"]?.bool ?? false)
  }

  private static func strings(_ value: JSONValue?) -> [String] {
    (value?.array ?? []).compactMap(\.string)
  }
}
