import TextUI
import TraceModel

/// The session in Chrome's Trace Event Format, which Perfetto reads too: a track a thread, calls as
/// slices from entry to return, transfers as arrows, findings and what else has no length as
/// instants, and how many descriptors are in flight as a curve.
struct PerfettoExport {
  private let session: ExportedSession
  private var named: Set<Int32> = []
  private var waiting: [Int32: Slice] = [:]
  private var step = 0
  private var inFlight = 0
  private var isFirst = true

  /// The kernel's track: one more than the highest number a process can have (PID_MAX_LIMIT).
  private static let kernel: Int32 = 4_194_305

  init(_ session: ExportedSession) { self.session = session }

  func write(to output: inout ExportOutput) throws {
    var writer = self
    try writer.writeAll(to: &output)
  }

  private mutating func writeAll(to output: inout ExportOutput) throws {
    try output.line(#"{"displayTimeUnit":"ns","traceEvents":["#)
    try name("process_name", pid: Self.kernel, tid: Self.kernel, "kernel", to: &output)
    for process in session.timeline.processes {
      let label = visible(process.label)
      try name("process_name", pid: process.pid, tid: process.pid, label, to: &output)
    }
    try session.forEachEvent { try write($0, to: &output) }
    for thread in waiting.keys.sorted() {
      if let slice = waiting[thread] { try write(slice, until: .max, to: &output) }
    }
    try output.line("\n]}")
  }

  private mutating func write(_ event: TraceEvent, to output: inout ExportOutput) throws {
    step = (session.timeline.stepIndex(of: event.sequence) ?? -1) + 1
    if event.pid != 0, named.insert(event.tid).inserted {
      try name(
        "thread_name", pid: event.pid, tid: event.tid, visible(event.comm), to: &output)
    }
    switch event.body {
    case .session: break
    case .call(let call): try slice(event, call.name, "call", to: &output)
    case .send(let message): try slice(event, message.call, "send", to: &output)
    case .receive(let message): try slice(event, message.call, "receive", to: &output)
    case .process:
      let (number, what) = (step, what(event))
      let text = TimelineText.deed(event, look: ExportedSession.look)
      try instant(text, "process", at: event, to: &output) { writer in
        writer.field("step", number)
        writer.field("what", what)
      }
    case .output:
      let what = what(event)
      try instant("output", "terminal", at: event, to: &output) { writer in
        writer.field("what", what)
      }
    case .transfer(let transfer): try arrow(transfer, of: event, to: &output)
    case .finding(let finding): try mark(finding, of: event, to: &output)
    }
    try countFlights(event, to: &output)
  }

  private func what(_ event: TraceEvent) -> String {
    EventLineWriter(scene: Scene(event: event, timeline: session.timeline), unicode: true).what
  }

  // MARK: The kinds of trace events

  private mutating func name(
    _ kind: String, pid: Int32, tid: Int32, _ name: String, to output: inout ExportOutput
  ) throws {
    try write("M", kind, pid: pid, tid: tid, to: &output) { writer in
      writer.object("args") { $0.field("name", name) }
    }
  }

  /// A call that waits for the next one of its thread, since it can have lasted no longer than to
  /// that one's entry: some returns are told late.
  private struct Slice {
    let event: TraceEvent
    let name: String
    let category: String
    let step: Int
    let what: String
    let change: String?
  }

  private mutating func slice(
    _ event: TraceEvent, _ name: String, _ category: String, to output: inout ExportOutput
  ) throws {
    let slice = Slice(
      event: event, name: visible(name), category: category, step: step, what: what(event),
      change: event.message?.experiment.map { ExperimentWords.line($0) })
    if let before = waiting.updateValue(slice, forKey: event.tid) {
      try write(before, until: Self.span(event).lowerBound, to: &output)
    }
  }

  private mutating func write(
    _ slice: Slice, until end: Int64, to output: inout ExportOutput
  ) throws {
    let (event, span) = (slice.event, Self.span(slice.event))
    try write("X", slice.name, pid: event.pid, tid: event.tid, to: &output) { writer in
      writer.field("cat", slice.category)
      writer.field("ts", span.lowerBound)
      writer.field("dur", max(1, min(span.upperBound, end) - span.lowerBound))
      writer.object("args") { writer in
        writer.field("step", slice.step)
        writer.field("what", slice.what)
        if let change = slice.change { writer.field("experiment", change) }
      }
    }
  }

  private mutating func instant(
    _ name: String, _ category: String, at event: TraceEvent, to output: inout ExportOutput,
    _ arguments: (inout JSONWriter) -> Void
  ) throws {
    try write("i", name, pid: event.pid, tid: event.tid, to: &output) { writer in
      writer.field("cat", category)
      writer.field("s", "t")
      writer.field("ts", Self.span(event).upperBound - 1)
      writer.object("args", arguments)
    }
  }

  /// An arrow from the send's slice to the receive's; a receive may have waited before the send.
  private mutating func arrow(
    _ transfer: Transfer, of event: TraceEvent, to output: inout ExportOutput
  ) throws {
    guard let send = session.timeline[transfer.send],
      let receive = session.timeline[transfer.receive]
    else { return }
    let start = Self.span(send).lowerBound
    let end = max(start, Self.span(receive).lowerBound)
    let (name, what) = ("descriptor", session.sentence(transfer))
    for (phase, place, time) in [("s", send, start), ("f", receive, end)] {
      try write(phase, name, pid: place.pid, tid: place.tid, to: &output) { writer in
        writer.field("cat", "transfer")
        writer.field("id", event.sequence)
        writer.field("ts", time)
        if phase == "f" { writer.field("bp", "e") }
        writer.object("args") { $0.field("what", what) }
      }
    }
  }

  private mutating func mark(
    _ finding: Finding, of event: TraceEvent, to output: inout ExportOutput
  ) throws {
    let about = session.timeline[finding.about] ?? event
    let name = "\(finding.severity.rawValue): \(visible(finding.code.rawValue))"
    try instant(name, "finding", at: about, to: &output) { writer in
      writer.field("text", visible(finding.text))
      writer.field("cure", visible(finding.cure))
    }
  }

  private mutating func countFlights(
    _ event: TraceEvent, to output: inout ExportOutput
  ) throws {
    let count = session.flights(after: step - 1)
    guard event.isStep, count != inFlight else { return }
    inFlight = count
    try write(
      "C", "descriptors in flight", pid: Self.kernel, tid: Self.kernel, to: &output
    ) { writer in
      writer.field("ts", event.time)
      writer.object("args") { $0.field("count", count) }
    }
  }

  private mutating func write(
    _ phase: String, _ name: String, pid: Int32, tid: Int32, to output: inout ExportOutput,
    _ rest: (inout JSONWriter) -> Void
  ) throws {
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("ph", phase)
      writer.field("name", name)
      writer.field("pid", pid)
      writer.field("tid", tid)
      rest(&writer)
    }
    if !isFirst { try output.write(",\n".utf8) }
    isFirst = false
    try output.write(writer.bytes)
  }

  /// The microseconds of an event; a slice without any length could not be seen, nor an arrow
  /// begin in it.
  private static func span(_ event: TraceEvent) -> Range<Int64> {
    let start = min(event.entered ?? event.time, event.time)
    return start..<max(event.time, start + 1)
  }
}
