import TextUI
import TraceModel

/// Draws the timeline as a list: every event with its time and its process, and where everybody
/// stands now.
struct TimelineListView {
  let history: History
  let listed: ListedEvents
  let lanes: Lanes
  let look: Look
  let unicode: Bool
  /// The first visible row.
  let top: Int
  /// The step of the cursor.
  let cursor: Int?
  let pending: [PendingRow]

  func draw(in area: Rect, _ frame: inout Frame) {
    let digits = max(2, String(history.steps.count).count)
    let text = area.minX + 2 + digits + 1
    frame.write(
      "seconds   process", x: text, y: area.minY, style: look[.title], within: area)
    for row in 1..<max(1, area.height) {
      let line = area.row(row)
      let place = top + row - 1
      if let event = listed.sequence(atRow: place).flatMap({ history.timeline[$0] }) {
        draw(event, textX: text, in: line, &frame)
      } else if pending.indices.contains(place - listed.count) {
        draw(pending[place - listed.count], textX: text, in: line, &frame)
      } else {
        break
      }
    }
  }

  private func draw(_ event: TraceEvent, textX: Int, in line: Rect, _ frame: inout Frame) {
    let step = event.isStep ? history.timeline.stepIndex(of: event.sequence) : nil
    if let step {
      let number = String(step + 1)
      frame.write(
        number, x: textX - 1 - number.count, y: line.y, style: look[.dim], within: line)
    }
    let text = EventLine.text(event, in: history.timeline, unicode: unicode)
    let first = text.prefix { $0 != "\n" }
    frame.write(
      shortened(String(first), to: line.maxX - textX - 1, ellipsis: look.glyphs.ellipsis),
      x: textX, y: line.y, style: style(of: event), within: line)
    guard let step, step == cursor else { return }
    frame.write(look.glyphs.cursor, x: line.x, y: line.y, style: look[.key], within: line)
    frame.restyle(line) { $0 = look.onCursorRow($0) }
  }

  private func style(of event: TraceEvent) -> Style {
    switch event.body {
    case .finding(let finding): look[finding.severity > .note ? .warning : .dim]
    case .transfer: look[.same]
    case .session, .output: look[.dim]
    case .process, .call, .send, .receive: look[lanes.side(of: event.pid)?.role ?? .plain]
    }
  }

  private func draw(_ row: PendingRow, textX: Int, in line: Rect, _ frame: inout Frame) {
    let mark = row.isNext ? look.glyphs.turn : look.glyphs.pending
    frame.write(
      mark, x: textX - 2, y: line.y, style: look[row.isNext ? .key : .dim], within: line)
    // Below the names of the processes, which stand behind the times.
    frame.write(
      "          \(visible(history.label(row.pid))): \(row.text)", x: textX, y: line.y,
      style: look[.dim], within: line)
  }
}

extension Look {
  /// A style of the row that the cursor is in.
  func onCursorRow(_ style: Style) -> Style {
    var style = style.adding(self[.cursorRow].attributes)
    if self[.cursorRow].background != .standard { style.background = self[.cursorRow].background }
    return style
  }
}
