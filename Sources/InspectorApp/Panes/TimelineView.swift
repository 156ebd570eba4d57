import TextUI
import TraceModel

/// Draws the lanes: what each process did, what the kernel holds, and where everybody stands.
///
/// Only the rows that are visible are made, so the length of the session does not matter.
struct TimelineView {
  let history: History
  let shown: ShownSteps
  let lanes: Lanes
  let look: Look
  /// The first visible row.
  let top: Int
  /// The step of the cursor.
  let cursor: Int?
  let pending: [PendingRow]

  /// Where the parts of a row are.
  struct Columns {
    var mark: Int
    var number: Int
    var left: Int
    var kernel: Int
    /// One past the right lane.
    var end: Int

    /// The columns that text in a lane may take besides an arrow.
    var laneWidth: Int { kernel - left - 2 }
  }

  func draw(in area: Rect, _ frame: inout Frame) {
    guard area.height > 0 else { return }
    let columns = columns(of: area)
    drawNames(y: area.minY, columns, area, &frame)
    for offset in 1..<max(1, area.height) {
      let row = top + offset - 1
      let y = area.minY + offset
      if row < shown.count {
        drawStep(shown[row], isTop: row == top, y: y, columns, area, &frame)
      } else if pending.indices.contains(row - shown.count) {
        drawPending(row - shown.count, y: y, columns, area, &frame)
      } else {
        break
      }
    }
    if shown.count == 0, pending.isEmpty, area.height > 1 {
      frame.write(
        history.steps.isEmpty ? "Nothing has happened yet." : "No step passes the filter.",
        x: columns.left, y: area.minY + 1, style: look[.dim],
        within: area)
    }
  }

  private func columns(of area: Rect) -> Columns {
    let digits = max(2, String(history.steps.count).count)
    let left = area.minX + 2 + digits + 1
    let end = area.maxX - 1
    return Columns(
      mark: area.minX, number: area.minX + 2 + digits, left: left, kernel: (left + end) / 2,
      end: end)
  }

  private func drawNames(y: Int, _ columns: Columns, _ area: Rect, _ frame: inout Frame) {
    if let left = lanes.left {
      frame.write(
        visible(history.label(left)), x: columns.left, y: y,
        style: look[.left].adding(.bold), within: area)
    }
    frame.write(
      "kernel", x: columns.kernel - 2, y: y, style: look[.kernel].adding(.bold), within: area)
    if let right = lanes.right {
      let label = visible(history.label(right))
      frame.write(
        label, x: columns.end - DisplayWidth.of(label), y: y,
        style: look[.right].adding(.bold), within: area)
    }
  }

  private func drawStep(
    _ index: Int, isTop: Bool, y: Int, _ columns: Columns, _ area: Rect, _ frame: inout Frame
  ) {
    guard let event = history.step(index) else { return }
    let number = String(index + 1)
    frame.write(
      number, x: columns.number - number.count, y: y, style: look[.dim], within: area)
    let worst = history.findings(ofStep: index).first?.severity
    if let worst {
      frame.write(
        worst > .note ? "!" : "i", x: columns.mark + 1, y: y,
        style: look[worst > .note ? .warning : .dim], within: area)
    }
    let lane = Lane(
      side: lanes.side(of: event.pid), text: TimelineText.text(event, look: look),
      flow: TimelineText.flow(event),
      isFailure: isFailure(event) || worst.map { $0 > .note } ?? false)
    let link = kernelLink(index, lane)
    draw(lane, owner: event.pid, hasJoint: link != 0, y: y, columns, area, &frame)
    drawKernel(
      link, labelled: isTop || isFirstOfFlight(index) ? flights(after: index) : 0,
      y: y, columns, area, &frame)
    guard index == cursor else { return }
    frame.write(look.glyphs.cursor, x: columns.mark, y: y, style: look[.key], within: area)
    let style = look[.cursorRow]
    frame.restyle(Rect(x: area.minX, y: y, width: area.width, height: 1)) { cell in
      cell.attributes.formUnion(style.attributes)
      if style.background != .standard { cell.background = style.background }
    }
  }

  private func isFailure(_ event: TraceEvent) -> Bool {
    switch event.body {
    case .call(let call): call.error != nil
    case .send(let message), .receive(let message): message.error != nil
    default: false
    }
  }

  private func drawPending(
    _ index: Int, y: Int, _ columns: Columns, _ area: Rect, _ frame: inout Frame
  ) {
    let row = pending[index]
    let mark = row.isNext ? look.glyphs.turn : look.glyphs.pending
    frame.write(
      mark, x: columns.number - 1, y: y, style: look[row.isNext ? .key : .dim], within: area)
    let lane = Lane(side: lanes.side(of: row.pid), text: row.text, flow: .none, isPending: true)
    draw(lane, owner: row.pid, hasJoint: false, y: y, columns, area, &frame)
    let flights = flights(after: history.steps.count - 1)
    guard flights > 0 else { return }
    drawKernel(3, labelled: index == 0 ? flights : 0, y: y, columns, area, &frame)
  }
}
