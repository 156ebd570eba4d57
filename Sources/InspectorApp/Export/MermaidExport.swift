import TextUI
import TraceModel

/// The session as Mermaid's `sequenceDiagram`: what goes into the kernel's queues and out of them
/// as arrows, solid ones where descriptors go along; everything else as notes.
struct MermaidExport {
  private let session: ExportedSession
  /// Calls that wait to stand in one note, and whose they are.
  private var note: (participant: String, lines: [String], more: Int)?
  private var isInFlight = false

  private static let kernel = "kernel"
  private static let longestNote = 8
  /// Findings are sentences; Mermaid breaks no lines by itself.
  private static let noteWidth = 60

  init(_ session: ExportedSession) { self.session = session }

  func write(to output: inout ExportOutput) throws {
    var writer = self
    try writer.writeAll(to: &output)
  }

  private mutating func writeAll(to output: inout ExportOutput) throws {
    try output.line("sequenceDiagram")
    try output.line("    %% " + Self.escaped(session.title))
    let lanes = session.lanes
    for (index, lane) in lanes.all.enumerated() {
      if index == lanes.leftCount { try output.line("    participant \(Self.kernel)") }
      try output.line("    participant p\(index + 1) as \(Self.escaped(lane.name))")
    }
    if lanes.all.count <= lanes.leftCount { try output.line("    participant \(Self.kernel)") }
    for step in session.steps { try write(step, to: &output) }
    try writeNote(to: &output)
    if isInFlight { try output.line("    deactivate \(Self.kernel)") }
  }

  private mutating func write(_ step: ExportedStep, to output: inout ExportOutput) throws {
    let participant = step.lane.map { "p\($0 + 1)" } ?? "others"
    let owner = step.lane == nil ? "\(session.name(step.event.pid)): " : ""
    let text = "\(step.number): \(Self.escaped(owner + step.text))"
    switch step.flow {
    case .none: try add(text, to: participant, &output)
    case .into(let carries):
      try writeNote(to: &output)
      try output.line("    \(participant)\(Self.arrow(carries))\(Self.kernel): \(text)")
    case .outOf(let carries):
      try writeNote(to: &output)
      try output.line("    \(Self.kernel)\(Self.arrow(carries))\(participant): \(text)")
    }
    try showFlight(step.inFlight.after, to: &output)
    if let change = step.change { try write(change, over: participant, to: &output) }
    for transfer in step.transfers {
      try write(session.sentence(transfer), over: participant, to: &output)
    }
    for finding in step.findings {
      try write("! " + FindingWords.problem(finding), over: participant, to: &output)
    }
  }

  private static func arrow(_ carries: Bool) -> String { carries ? "->>" : "-->>" }

  private mutating func add(
    _ line: String, to participant: String, _ output: inout ExportOutput
  ) throws {
    if note?.participant != participant {
      try writeNote(to: &output)
      note = (participant, [], 0)
    }
    if note?.lines.count ?? 0 < Self.longestNote {
      note?.lines.append(line)
    } else {
      note?.more += 1
    }
  }

  private mutating func writeNote(to output: inout ExportOutput) throws {
    guard let note else { return }
    self.note = nil
    let more = note.more > 0 ? ["and \(Wording.count(note.more, "call")) more"] : []
    let text = (note.lines + more).joined(separator: "<br/>")
    try output.line("    Note over \(note.participant): \(text)")
  }

  private mutating func write(
    _ sentence: String, over participant: String, to output: inout ExportOutput
  ) throws {
    try writeNote(to: &output)
    let lines = wrapped(sentence, width: Self.noteWidth).map { Self.escaped($0) }
    try output.line("    Note over \(participant): \(lines.joined(separator: "<br/>"))")
  }

  /// The kernel's bar lasts as long as anything is in flight.
  private mutating func showFlight(_ count: Int, to output: inout ExportOutput) throws {
    guard (count > 0) != isInFlight else { return }
    try writeNote(to: &output)
    isInFlight = count > 0
    try output.line("    \(isInFlight ? "activate" : "deactivate") \(Self.kernel)")
  }

  /// `text` with a number in place of every character that Mermaid, or the page it is in, could
  /// take for more than itself: statements end at `;`, `#` begins such numbers, `%%{` sets options
  /// and `$$` begins a formula.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", " ", ".", ",", ":", "/", "-", "_", "+", "=", "(", ")",
        "!", "?", "'":
        result.unicodeScalars.append(scalar)
      case _ where scalar.isASCII: result += "#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
