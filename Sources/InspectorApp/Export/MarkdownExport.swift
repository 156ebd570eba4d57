import TextUI
import TraceModel

/// The session as a report: what was run, who took part, what was passed with its proof and its
/// origin, what was found with its cure, a diagram if it is short, and everything line by line.
struct MarkdownExport {
  private let session: ExportedSession
  private var timeline: Timeline { session.timeline }

  /// A longer diagram nobody reads, and GitHub does not draw it.
  private static let longestDiagram = 120

  init(_ session: ExportedSession) { self.session = session }

  func write(to output: inout ExportOutput) throws {
    try writeHead(to: &output)
    try writeProcesses(to: &output)
    try writeTransfers(to: &output)
    try writeFindings(to: &output)
    try writeExperiments(to: &output)
    let steps = session.steps.prefix(Self.longestDiagram + 1).reduce(0) { count, _ in count + 1 }
    if steps > 0, steps <= Self.longestDiagram {
      try output.lines(["", "## Diagram", "", "```mermaid"])
      try MermaidExport(session).write(to: &output)
      try output.line("```")
    }
    try output.lines(["", "## Timeline", "", "```text"])
    try TextExport(session: session, unicode: true).write(to: &output)
    try output.line("```")
  }

  private func writeHead(to output: inout ExportOutput) throws {
    try output.lines(["# \(Self.escaped(session.title))", ""])
    if let record = session.record {
      try output.line(
        Self.escaped(
          "Seen by \(visible(record.program)) on Linux \(visible(record.kernel)), "
            + "\(UTCDate.text(record.started))."))
      try output.lines(record.limits.flatMap { ["", "> " + Self.escaped(visible($0))] })
      try output.line("")
    }
    let found = timeline.findings.count
    try output.line(
      "\(Wording.count(timeline.steps.count, "step")), "
        + (found == 0 ? "nothing wrong was found." : "\(Wording.count(found, "finding"))."))
    if let filter = session.filter {
      let text = Self.escaped(visible(filter.text))
      try output.lines(["", "Below stands what passes the filter: \(text)"])
    }
  }

  // MARK: Processes

  private func writeProcesses(to output: inout ExportOutput) throws {
    try output.lines(["", "## Processes", ""])
    guard !timeline.processes.isEmpty else { return try output.line("None was seen to begin.") }
    try output.lines(["| process | number | made by | program | end |", "|---|---|---|---|---|"])
    for process in timeline.processes {
      let maker = process.parent.map {
        timeline.process($0) == nil ? "process \($0)" : session.name($0)
      }
      let program = process.arguments.map { visible($0) }.joined(separator: " ")
      try row(
        [visible(process.label), "\(process.pid)", maker ?? "", program, end(of: process)],
        to: &output)
    }
  }

  private func end(of process: ProcessSummary) -> String {
    switch process.end {
    case .exited(let status): "status \(status)"
    case .killed(let signal): "signal \(signal)"
    default: "not seen"
    }
  }

  // MARK: Transfers

  private func writeTransfers(to output: inout ExportOutput) throws {
    try output.lines(["", "## Transfers", ""])
    var isEmpty = true
    try session.forEachEvent { event in
      guard let transfer = event.transfer else { return }
      if isEmpty {
        try output.lines(["| sent | received | file | proof | origin |", "|---|---|---|---|---|"])
        isEmpty = false
      }
      try write(transfer, to: &output)
    }
    if isEmpty { try output.line("No descriptor was seen to be passed.") }
  }

  private func write(_ transfer: Transfer, to output: inout ExportOutput) throws {
    let (sender, receiver) = (end(transfer.send), end(transfer.receive))
    let file = Files(transfer: transfer, timeline: timeline)
    let origins = OriginWords(timeline: timeline, name: session.name)
    for pair in transfer.descriptors {
      let origin = pair.origin.map { origins.sentence($0, receivedAs: pair.received) }
      try row(
        [
          "\(sender.name)'s \(pair.sent)\(sender.step)",
          "\(receiver.name)'s \(pair.received)\(receiver.step)"
            + (transfer.isPeek ? ", only looked at (MSG_PEEK)" : ""),
          file.target(pair.received), Self.words(pair.proof), origin ?? "unknown",
        ], to: &output)
    }
    guard transfer.lost > 0 else { return }
    try row(
      [
        "\(Wording.count(transfer.lost, "descriptor")) of \(sender.name)\(sender.step)",
        "never by \(receiver.name)\(receiver.step)", "", "", "",
      ], to: &output)
  }

  private func end(_ sequence: Int) -> (name: String, step: String) {
    let name = timeline[sequence].map { session.name($0.pid) } ?? "somebody unseen"
    return (name, session.stepName(of: sequence).map { " (\($0))" } ?? "")
  }

  /// What the numbers of a receive refer to.
  private struct Files {
    let scene: Scene?

    init(transfer: Transfer, timeline: Timeline) {
      scene = timeline[transfer.receive].map { Scene(event: $0, timeline: timeline) }
    }

    func target(_ fd: Int32) -> String {
      let facts = scene?.event.message?.descriptors.first { $0.fd == fd }
      return facts.flatMap { scene?.target($0) } ?? "unknown"
    }
  }

  private static func words(_ proof: Transfer.Proof) -> String {
    switch proof {
    case .kcmp: "the same open file, proven by kcmp"
    case .inferred: "same device and inode, not proven"
    case .none: "by its place in the queue, not proven"
    }
  }

  // MARK: Findings

  private func writeFindings(to output: inout ExportOutput) throws {
    try output.lines(["", "## Findings", ""])
    var isEmpty = true
    try session.forEachEvent { event in
      guard let finding = event.finding else { return }
      isEmpty = false
      let who = timeline[finding.about].map { "\(session.name($0.pid)), " } ?? ""
      let step = session.stepName(of: finding.about) ?? "an earlier event"
      let cure = FindingWords.cure(finding).map { " *\(Self.escaped($0))*" } ?? ""
      try output.line(
        "- **\(finding.severity.rawValue): \(Self.escaped(visible(finding.code.rawValue)))** "
          + "(\(Self.escaped(who + step))). \(Self.escaped(visible(finding.text)))\(cure)")
    }
    if isEmpty { try output.line("Nothing wrong was found.") }
  }

  private func writeExperiments(to output: inout ExportOutput) throws {
    var isEmpty = true
    try session.forEachEvent { event in
      guard let record = event.message?.experiment else { return }
      if isEmpty { try output.lines(["", "## Experiments", ""]) }
      isEmpty = false
      let step = session.stepName(of: event.sequence) ?? "an earlier event"
      let place = Self.escaped("\(session.name(event.pid)), \(step)")
      try output.line("- \(place): \(Self.escaped(ExperimentWords.line(record)))")
    }
  }

  private func row(_ cells: [String], to output: inout ExportOutput) throws {
    try output.line("| " + cells.map { Self.escaped($0) }.joined(separator: " | ") + " |")
  }

  /// `text` with a backslash before all that Markdown or HTML could take for more than itself.
  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      if #"\`*_[]<>|~$&#@"#.contains(character) { result.append("\\") }
      result.append(character)
    }
  }
}
