import TextUI
import TraceModel

/// The session as a picture that stands for itself: lanes, arrows and what is in flight, as the
/// timeline pane draws them. Light and dark follow the viewer.
///
/// A picture says first how high it is, so the steps are gone through twice.
struct SVGExport {
  private let session: ExportedSession
  private let columns: SVGColumns

  private static let top = 72
  private static let rowHeight = 22
  private static let noteHeight = 18
  private static let middle = 11
  private static let baseline = 16

  init(_ session: ExportedSession) {
    self.session = session
    columns = SVGColumns(session)
  }

  func write(to output: inout ExportOutput) throws {
    let height = session.steps.reduce(Self.top) { $0 + self.height(of: $1) } + 16
    try writeHead(height: height, to: &output)
    var y = Self.top
    var named = 0
    for step in session.steps {
      try writeFlight(step, y: y, to: &output)
      try output.lines(elements(of: step, y: y))
      let passing = min(step.inFlight.before, step.inFlight.after)
      if passing > 0, step.inFlight.after != named { try output.line(flightLabel(step, y: y)) }
      named = passing > 0 ? step.inFlight.after : 0
      try output.lines(notes(of: step, y: y + Self.rowHeight))
      y += self.height(of: step)
    }
    try output.line("</svg>")
  }

  private func height(of step: ExportedStep) -> Int {
    Self.rowHeight + noteLines(of: step).count * Self.noteHeight
  }

  // MARK: The frame

  private func writeHead(height: Int, to output: inout ExportOutput) throws {
    let width = columns.width
    try output.line(
      #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(width)" height="\#(height)" "#
        + #"viewBox="0 0 \#(width) \#(height)" role="img">"#)
    try output.line("<title>\(XML.escaped(session.title))</title>")
    try output.line("<style>\n\(SVGStyle.sheet)</style>")
    try output.line(#"<rect class="paper" width="\#(width)" height="\#(height)"/>"#)
    let title = shortened(session.title, to: columns.room(from: 16, to: width - 16), ellipsis: "…")
    try output.line(SVG.text(title, "title", x: 16, y: 24))
    for (index, lane) in session.lanes.all.enumerated() {
      let x = columns.lanes[index]
      let name = fitted(lane.name, to: columns.nameRoom, ellipsis: "…")
      try output.line(SVG.line("lane", x, Self.top - 12, x, height - 12))
      try output.line(
        SVG.text(
          name, columns.role(of: index) + " title", x: x, y: Self.top - 20,
          anchor: columns.isLeft(index) ? nil : "end"))
    }
    try output.line(
      SVG.text("kernel", "kernel title", x: columns.kernel, y: Self.top - 20, anchor: "middle"))
    try output.line(
      SVG.line("queue", columns.kernel, Self.top - 12, columns.kernel, height - 12))
  }

  // MARK: A step

  private func elements(of step: ExportedStep, y: Int) -> [String] {
    let baseline = y + Self.baseline
    let head = [
      SVG.text("\(step.number)", "dim", x: columns.number, y: baseline, anchor: "end"),
      SVG.text(
        EventLineWriter.time(step.event), "dim", x: columns.time, y: baseline, anchor: "end"),
    ]
    return ["<g>\(tooltip(of: step))"] + head + action(of: step, y: y) + ["</g>"]
  }

  /// The whole story of the step, for whoever points at it.
  private func tooltip(of step: ExportedStep) -> String {
    let lines = EventLine.text(step.event, in: session.timeline).split(separator: "\n")
      .map { $0.drop { $0 == " " } }
    return "<title>\(XML.escaped(lines.joined(separator: "\n")))</title>"
  }

  private func action(of step: ExportedStep, y: Int) -> [String] {
    let baseline = y + Self.baseline
    guard let lane = step.lane else {
      let text = "\(session.name(step.event.pid)): \(step.text)"
      return [SVG.text(text, "dim", x: columns.firstText, y: baseline)]
    }
    let isLeft = columns.isLeft(lane)
    let role = step.isFailure ? "warning" : columns.role(of: lane)
    let isFree = step.flow == .none && step.inFlight.before == 0 && step.inFlight.after == 0
    let text = fitted(
      step.text, to: columns.textRoom(lane, beyondKernel: isFree), ellipsis: "…")
    let x = columns.lanes[lane] + (isLeft ? SVGColumns.gap : -SVGColumns.gap)
    let end = x + (isLeft ? 1 : -1) * (columns.width(of: text) + SVGColumns.gap)
    return [SVG.text(text, role, x: x, y: baseline, anchor: isLeft ? nil : "end")]
      + arrow(step.flow, role, from: end, isLeft: isLeft, y: y + Self.middle)
  }

  private func arrow(
    _ flow: TimelineText.Flow, _ role: String, from end: Int, isLeft: Bool, y: Int
  ) -> [String] {
    let (carries, goesIn): (Bool, Bool)
    switch flow {
    case .none: return []
    case .into(let descriptors): (carries, goesIn) = (descriptors, true)
    case .outOf(let descriptors): (carries, goesIn) = (descriptors, false)
    }
    let kernel = columns.kernel + (isLeft ? -5 : 5)
    let tip = goesIn ? kernel : end
    let pointsRight = goesIn == isLeft
    let back = pointsRight ? -8 : 8
    let line = carries ? "\(role) arrow" : "\(role) arrow plain"
    return [
      SVG.line(line, goesIn ? end : kernel, y, tip + back / 2, y),
      #"<path class="\#(role) head" d="M\#(tip) \#(y)l\#(back) -4v8z"/>"#,
    ]
  }

  // MARK: What is in flight

  private func writeFlight(_ step: ExportedStep, y: Int, to output: inout ExportOutput) throws {
    let start = y + (step.inFlight.before > 0 ? 0 : Self.middle)
    let end = y + (step.inFlight.after > 0 ? height(of: step) : Self.middle)
    guard step.inFlight.before > 0 || step.inFlight.after > 0, end > start else { return }
    try output.line(
      #"<rect class="flight" x="\#(columns.kernel - 4)" y="\#(start)" width="8" "#
        + #"height="\#(end - start)"/>"#)
  }

  /// It stands where the step has nothing.
  private func flightLabel(_ step: ExportedStep, y: Int) -> String {
    let count = step.inFlight.after
    let label = count == 1 ? "1 fd in flight" : "\(count) fds in flight"
    let isOnRight = step.lane.map { columns.isLeft($0) } ?? true
    return SVG.text(
      label, "kernel", x: columns.kernel + (isOnRight ? 12 : -12), y: y + Self.baseline,
      anchor: isOnRight ? nil : "end")
  }

  // MARK: What follows from a step

  private func noteLines(of step: ExportedStep) -> [(text: String, role: String)] {
    let width = columns.noteRoom
    let transfers = step.transfers.flatMap { transfer in
      wrapped(session.sentence(transfer), width: width).map { (text: $0, role: "same") }
    }
    let findings = step.findings.flatMap { finding in
      let mark = finding.severity > .note ? "! " : "i "
      return wrapped(mark + FindingWords.problem(finding), width: width).map {
        (text: $0, role: finding.severity > .note ? "warning" : "dim")
      }
    }
    let change = (step.change.map { wrapped($0, width: width) } ?? []).map {
      (text: $0, role: "dim")
    }
    return change + transfers + findings
  }

  private func notes(of step: ExportedStep, y: Int) -> [String] {
    noteLines(of: step).enumerated().map { index, line in
      SVG.text(
        line.text, line.role, x: columns.kernel, y: y + index * Self.noteHeight + 13,
        anchor: "middle")
    }
  }
}
