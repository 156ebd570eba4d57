import TextUI
public import TraceModel

/// One event as a line to read from top to bottom, for `--text` and for searching.
///
/// Sends and receives of descriptors, and transfers, have an indented second line that says in
/// plain words what the first one means. What to do about a finding stands in a line of its own.
public enum EventLine {
  /// Writes an event.
  ///
  /// - Parameters:
  ///   - event: The event, numbered or about to happen.
  ///   - timeline: The session it belongs to.
  ///   - unicode: Whether arrows and ellipses may be used; else the text is plain ASCII.
  /// - Returns: The line or lines, without a newline at the end.
  public static func text(
    _ event: TraceEvent, in timeline: Timeline, unicode: Bool = true
  ) -> String {
    let writer = EventLineWriter(
      scene: Scene(event: event, timeline: timeline), unicode: unicode)
    let text = writer.lines.joined(separator: "\n")
    return unicode ? text : String(text.map { $0.isASCII ? $0 : "?" })
  }
}

/// Writes the lines of one event.
struct EventLineWriter {
  let scene: Scene
  let unicode: Bool

  var arrow: String { unicode ? "→" : "->" }
  var both: String { unicode ? "⇄" : "<->" }
  var follows: String { unicode ? "⇒" : "=>" }

  /// Time and process end here, so that all calls start in one column.
  private static let indent = 26

  var lines: [String] {
    switch scene.event.body {
    case .session(let record):
      [head("session") + what] + record.limits.flatMap { indented(visible($0)) }
    case .process(let record): [head(who) + what] + indented(Wording.rightsNotGiven(record))
    case .call, .output: [head(who) + what]
    case .send(let sent):
      [head(who) + what] + indented(change(of: sent)) + indented(meaning(ofSend: sent))
    case .receive(let taken):
      [head(who) + what] + indented(change(of: taken)) + indented(meaning(ofReceive: taken))
    case .transfer: indented(what)
    case .finding(let finding):
      indented(what) + indented(FindingWords.cure(finding).map { "  " + $0 })
    }
  }

  /// What happened, without when and by whom.
  var what: String {
    switch scene.event.body {
    case .session(let record): session(record)
    case .process(let record): process(record)
    case .call(let record): call(record)
    case .send(let record), .receive(let record): message(record)
    case .transfer(let record): transfer(record)
    case .finding(let record): finding(record)
    case .output(let record): output(record)
    }
  }

  private var who: String {
    let label = scene.timeline.process(scene.event.pid)?.label ?? scene.event.comm
    let event = scene.event
    return ThreadWords.name("\(visible(label)) \(event.pid)", pid: event.pid, tid: event.tid)
  }

  /// Seconds since the session began.
  static func time(_ event: TraceEvent) -> String {
    let microseconds = event.time.magnitude
    let fraction = String(microseconds % 1_000_000)
    let zeros = String(repeating: "0", count: 6 - fraction.count)
    return "\(microseconds / 1_000_000).\(zeros)\(fraction)"
  }

  private func head(_ who: String) -> String {
    let text = "\(Self.time(scene.event))  \(who)"
    let missing = max(2, Self.indent - DisplayWidth.of(text))
    return text + String(repeating: " ", count: missing)
  }

  private func indented(_ text: String?) -> [String] {
    text.map { [String(repeating: " ", count: Self.indent) + $0] } ?? []
  }

  private func session(_ record: SessionRecord) -> String {
    let command = record.command.map { visible($0) }.joined(separator: " ")
    return "\(command) (\(visible(record.program)), Linux \(visible(record.kernel)))"
  }

  private func process(_ record: ProcessRecord) -> String {
    let arguments = record.arguments.map { visible($0) }.joined(separator: " ")
    return switch record.event {
    case .started(let parent):
      "starts" + (parent.map { ", child of \(scene.name($0))" } ?? "")
        + (arguments.isEmpty ? "" : ": \(arguments)")
    case .attached: "runs already" + (arguments.isEmpty ? "" : ": \(arguments)")
    case .executed: "runs a new program" + (arguments.isEmpty ? "" : ": \(arguments)")
    case .exited(let status): "ends with status \(status)"
    case .killed(let signal): "is ended by \(Wording.signal(signal).dropLastComma)"
    }
  }

  /// What is found out later says what it is about.
  private func finding(_ finding: Finding) -> String {
    let timeline = scene.timeline
    let words = FindingWords.problem(finding)
    let step = timeline.stepIndex(of: finding.about)
    guard step != timeline.stepIndex(of: scene.event.sequence) else { return words }
    guard step != nil, let about = timeline[finding.about] else {
      return "about an earlier event: \(words)"
    }
    let what = about.callName.map { "the \(visible($0))" } ?? "what \(scene.name(about.pid)) did"
    return "about \(what) at \(Self.time(about)): \(words)"
  }

  private func call(_ call: CallRecord) -> String {
    "\(visible(call.name))(\(arguments(of: call)))" + moved(by: call)
      + outcome(call.result, call.error) + made(by: call)
  }

  private func arguments(of call: CallRecord) -> String {
    let fd = call.fd.map { call.socket.map(socket) ?? String($0) }
    // Buffers and sizes say less than the data itself, which follows; but one flag leaves it there.
    let rest = call.arguments.filter { call.data == nil || $0 == "MSG_PEEK" }
    return ((fd.map { [$0] } ?? []) + rest.map { visible($0) }).joined(separator: ", ")
  }

  private func moved(by call: CallRecord) -> String {
    guard let data = call.data else { return "" }
    return " \(Wording.count(data.length, "byte")) \(quote(data))"
  }

  private func made(by call: CallRecord) -> String {
    guard call.created.count > 1 || (call.created.first.map(Int64.init) != call.result) else {
      return ""
    }
    return call.created.isEmpty
      ? "" : ", made \(Wording.list(call.created.map { String($0) }))"
  }

  func quote(_ data: DataExcerpt) -> String {
    Wording.quote(data, limit: 64, unicode: unicode)
  }

  func outcome(_ result: Int64?, _ error: String?) -> String {
    if let error { return " = \(visible(error))" }
    return result.map { " = \($0)" } ?? ""
  }

  private func output(_ record: OutputRecord) -> String {
    let data = DataExcerpt(bytes: record.lines)
    let writer = scene.foreignWriter().map { ", written by \($0.name) through its \($0.fd)" }
    return "terminal shows \(quote(data))\(writer ?? "")"
  }
}

extension String {
  fileprivate var dropLastComma: Substring { hasSuffix(",") ? dropLast() : self[...] }
}
