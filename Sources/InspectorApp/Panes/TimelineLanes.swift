import TextUI
import TraceModel

/// What stands in the lanes of one row.
struct Lane {
  /// See ``Lanes/place(of:)``; nil for a process that has no lane.
  var place: Int?
  var text: String
  /// What to say where there is no room for ``text``, the longest first.
  var shorterTexts: [String] = []
  var flow: TimelineText.Flow
  var isFailure = false
  var isPending = false
}

/// The lanes' texts and arrows, and the kernel's line between them.
extension TimelineView {
  func flights(after index: Int) -> Int {
    let counts = history.timeline.flights.counts
    return counts.indices.contains(index) ? Int(counts[index]) : 0
  }

  /// Whether the step is the first after the one in which the flight began.
  func isFirstOfFlight(_ index: Int) -> Bool {
    flights(after: index - 1) != flights(after: index - 2)
  }

  /// Which neighbours the kernel's line joins in the row of a step; see ``Glyphs/box``.
  func kernelLink(_ index: Int, _ lane: Lane) -> UInt8 {
    var link: UInt8 = 0
    if flights(after: index - 1) > 0 { link |= 1 }
    if flights(after: index) > 0 { link |= 2 }
    switch lane.flow {
    case .into(descriptors: true), .outOf(descriptors: true):
      if let place = lane.place { link |= place == 0 ? 4 : 8 }
    default: break
    }
    return link
  }

  /// How much is in flight, by queue where there are several: `3+1 fds in flight`.
  func flightLabel(after index: Int) -> String? {
    let count = flights(after: index)
    guard count > 0 else { return nil }
    let queues = history.timeline.flights.queues(afterStep: index)
    let isWhole = queues.reduce(0, +) == count
    let number = isWhole ? queues.map(String.init).joined(separator: "+") : String(count)
    return count == 1 ? "1 fd in flight" : "\(number) fds in flight"
  }

  /// Says at the far side of the kernel's line, where the arrow ends or begins, what was lost.
  func drawLost(
    _ count: Int, isLeft: Bool, y: Int, _ columns: Columns, _ area: Rect, _ frame: inout Frame
  ) {
    guard count > 0 else { return }
    let label = "\(look.glyphs.lost) \(count) \(count == 1 ? "fd" : "fds") lost"
    let width = DisplayWidth.of(label)
    let x = isLeft ? columns.kernel - 1 - width : columns.kernel + 2
    guard x > columns.number, x + width <= columns.end else { return }
    frame.write(label, x: x, y: y, style: look[.warning].adding(.bold), within: area)
  }

  func drawKernel(
    _ link: UInt8, label: String?, y: Int, _ columns: Columns, _ area: Rect,
    _ frame: inout Frame
  ) {
    guard link != 0 else { return }
    frame.write(
      look.glyphs.box[Int(link)], x: columns.kernel, y: y, style: look[.kernel], within: area)
    guard link == 3, let label else { return }
    let width = DisplayWidth.of(label)
    // It stands where the lanes leave room, best on the right.
    for x in [columns.kernel + 2, columns.kernel - 1 - width] {
      let isFree = (x - 1...x + width).allSatisfy {
        frame[$0, y].base == " " || $0 == columns.kernel
      }
      guard isFree, x > columns.number, x + width <= columns.end else { continue }
      frame.write(label, x: x, y: y, style: look[.kernel], within: area)
      return
    }
  }

  func draw(
    _ lane: Lane, owner: Int32, hasJoint: Bool, y: Int, _ columns: Columns, _ area: Rect,
    _ frame: inout Frame
  ) {
    let style = self.style(of: lane)
    guard let place = lane.place else {
      let end = hasJoint ? columns.kernel - 1 : columns.end
      frame.write(
        text(of: lane, named: visible(history.label(owner)), to: end - columns.left),
        x: columns.left, y: y, style: look[.dim], within: area)
      return
    }
    // A lane's text may reach into the other one where no arrow and no line is in the way.
    let isLeft = place == 0
    let end = columns.end(ofLane: place)
    let limit =
      lane.flow == .none && !hasJoint
      ? (isLeft ? columns.end : end) - columns.left : columns.width(ofLane: place)
    let texts = [lane.text] + lane.shorterTexts
    let fitting = texts.first { DisplayWidth.of($0) <= limit } ?? texts.last ?? lane.text
    let text = fitted(fitting, to: limit, ellipsis: look.glyphs.ellipsis)
    let width = DisplayWidth.of(text)
    let x = isLeft ? columns.left : end - width
    frame.write(text, x: x, y: y, style: style, within: area)
    // The arrow covers the columns between the text and the kernel's line.
    let near = isLeft ? x + width + 1 : x - 2
    let far =
      hasJoint
      ? (isLeft ? columns.kernel - 1 : columns.kernel + 1) : columns.kernel
    let span = isLeft ? near...max(near, far) : min(near, far)...near
    drawArrow(lane.flow, isLeft: isLeft, span, y: y, style: style, area, &frame)
  }

  /// What a process without a lane did, behind its name. What it did gives way first, then the name:
  /// both in their own way, so that neither is cut in the middle.
  private func text(of lane: Lane, named name: String, to width: Int) -> String {
    let ellipsis = look.glyphs.ellipsis
    let texts = [lane.text] + lane.shorterTexts
    if let text = texts.map({ "\(name): \($0)" }).first(where: { DisplayWidth.of($0) <= width }) {
      return text
    }
    let text = texts.last ?? lane.text
    let room = max(width - DisplayWidth.of(text) - 2, min(DisplayWidth.of(name), width / 3))
    return shortened(
      "\(fittedName(name, to: room, ellipsis: ellipsis)): \(text)", to: width, ellipsis: ellipsis)
  }

  private func style(of lane: Lane) -> Style {
    if lane.isPending { return look[.dim] }
    if lane.isFailure { return look[.warning] }
    switch lane.place {
    case 0: return look[.left]
    case 1: return look[.right]
    case nil: return look[.dim]
    default: return .plain
    }
  }

  private func drawArrow(
    _ flow: TimelineText.Flow, isLeft: Bool, _ span: ClosedRange<Int>, y: Int, style: Style,
    _ area: Rect, _ frame: inout Frame
  ) {
    let pointsRight: Bool
    switch flow {
    case .none: return
    case .into: pointsRight = isLeft
    case .outOf: pointsRight = !isLeft
    }
    let glyphs = look.glyphs
    let line = glyphs.line(span.count - 1)
    frame.write(
      pointsRight ? line + glyphs.arrowRight : glyphs.arrowLeft + line,
      x: span.lowerBound, y: y, style: style, within: area)
  }
}
