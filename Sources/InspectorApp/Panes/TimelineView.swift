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
    /// One past each lane to the right of the kernel's.
    var ends: [Int]

    /// One past the last lane.
    var end: Int { ends.last ?? kernel }

    /// The columns that text in a lane may take besides an arrow, which may go across lanes.
    func width(ofLane place: Int) -> Int {
      place == 0 ? kernel - left - 2 : end(ofLane: place) - kernel - 2
    }

    func end(ofLane place: Int) -> Int {
      ends.indices.contains(place - 1) ? ends[place - 1] : end
    }
  }

  /// How many lanes more than two there is room for.
  static func furtherLanes(width: Int) -> Int { max(0, min(4, width / 30 - 2)) }

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
    let isFilteredAway = shown.count == 0 && !history.steps.isEmpty
    if isFilteredAway || shown.count == 0 && pending.isEmpty {
      frame.write(
        isFilteredAway ? "No step passes the filter." : "Nothing has happened yet.",
        x: columns.left, y: area.minY + 1 + pending.count, style: look[.dim], within: area)
    }
  }

  private func columns(of area: Rect) -> Columns {
    let digits = max(2, String(history.steps.count).count)
    let left = area.minX + 2 + digits + 1
    let end = area.maxX - 1
    let right = 1 + lanes.further.count
    let kernel = left + (end - left) / (right + 1)
    return Columns(
      mark: area.minX, number: area.minX + 2 + digits, left: left, kernel: kernel,
      ends: (1...right).map { kernel + (end - kernel) * $0 / right })
  }

  private func drawNames(y: Int, _ columns: Columns, _ area: Rect, _ frame: inout Frame) {
    let kernel = "kernel"
    let kernelStart = columns.kernel - 2
    if let left = lanes.left {
      let label = fittedName(
        visible(history.label(left)), to: kernelStart - 1 - columns.left,
        ellipsis: look.glyphs.ellipsis)
      frame.write(
        label, x: columns.left, y: y, style: look[.left].adding(.bold), within: area)
    }
    frame.write(
      kernel, x: kernelStart, y: y, style: look[.kernel].adding(.bold), within: area)
    guard let right = lanes.right else { return }
    for (index, pid) in ([right] + lanes.further).enumerated() {
      let start = index == 0 ? kernelStart + kernel.count : columns.ends[index - 1]
      let room = columns.ends[index] - start - 1
      let label = fittedName(
        visible(history.label(pid)), to: room, ellipsis: look.glyphs.ellipsis)
      frame.write(
        label, x: columns.ends[index] - DisplayWidth.of(label), y: y,
        style: look[index == 0 ? .right : .plain].adding(.bold), within: area)
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
    let lost = TimelineText.lost(event, in: history.timeline)
    var flow = TimelineText.flow(event)
    // A plain read has an arrow only where it took more than bytes.
    if lost > 0, case .call(let call) = event.body, call.data != nil {
      flow = .outOf(descriptors: false)
    }
    let lane = Lane(
      place: lanes.place(of: event.pid), text: TimelineText.text(event, look: look),
      shorterTexts: TimelineText.shorterTexts(event, look: look), flow: flow,
      isFailure: isFailure(event) || worst.map { $0 > .note } ?? false)
    let link = kernelLink(index, lane)
    // What has no lane stands on the left, and what it lost on the right.
    let isCut = lost > 0 && lane.place == nil
    draw(lane, owner: event.pid, hasJoint: link != 0 || isCut, y: y, columns, area, &frame)
    drawLost(lost, isLeft: lane.place ?? 0 != 0, y: y, columns, area, &frame)
    drawKernel(
      link, label: isTop || isFirstOfFlight(index) ? flightLabel(after: index) : nil,
      y: y, columns, area, &frame)
    drawGap(before: event, index, isLeft: lane.place != 0, y: y, columns, area, &frame)
    guard index == cursor else { return }
    frame.write(look.glyphs.cursor, x: columns.mark, y: y, style: look[.key], within: area)
    frame.restyle(Rect(x: area.minX, y: y, width: area.width, height: 1)) {
      $0 = look.onCursorRow($0)
    }
  }

  /// Less time than this between two steps is not worth a word, in microseconds.
  private static let shortestGap: Int64 = 500_000

  /// How long nothing happened before a step, on the side where it left room.
  private func drawGap(
    before event: TraceEvent, _ index: Int, isLeft: Bool, y: Int, _ columns: Columns,
    _ area: Rect, _ frame: inout Frame
  ) {
    guard !event.isStepped, let before = history.step(index - 1),
      event.time - before.time >= Self.shortestGap
    else { return }
    let text = "+" + Wording.duration(event.time - before.time)
    let x = isLeft ? columns.left : columns.end - text.count
    let isFree = (x - 1...x + text.count).allSatisfy { frame[$0, y].base == " " }
    if isFree { frame.write(text, x: x, y: y, style: look[.dim], within: area) }
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
    let lane = Lane(
      place: lanes.place(of: row.pid), text: row.text, shorterTexts: row.shorterTexts, flow: .none,
      isPending: true)
    let last = history.steps.count - 1
    let isCrossed = flights(after: last) > 0
    draw(lane, owner: row.pid, hasJoint: isCrossed, y: y, columns, area, &frame)
    guard isCrossed else { return }
    // A flight that began before the last step has its label already.
    let isNew = index == 0 && isFirstOfFlight(history.steps.count)
    drawKernel(3, label: isNew ? flightLabel(after: last) : nil, y: y, columns, area, &frame)
  }
}
