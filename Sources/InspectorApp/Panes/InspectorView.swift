public import TextUI
import TraceModel

/// Puts the panes together.
extension Inspector {
  /// Draws everything into a blank frame.
  public func view(_ frame: inout Frame) {
    defer { frame.ground(on: look.theme.base) }
    guard let layout else {
      drawTooSmall(&frame)
      return
    }
    drawHeader(in: layout.header, &frame)
    if let tabs = layout.tabs { drawTabs(in: tabs, &frame) }
    drawBorders(layout, &frame)
    for box in layout.boxes { draw(box.pane, in: box.content, &frame) }
    drawFooter(in: layout.footer, &frame)
    if case .filtering(let editor) = mode { drawFilter(editor, in: layout.footer, &frame) }
    if case .experimenting(let menu) = mode { drawExperiments(menu, in: frame.bounds, &frame) }
    if case .help(let top) = mode { drawHelp(from: top, in: frame.bounds, &frame) }
  }

  private func draw(_ pane: Pane, in area: Rect, _ frame: inout Frame) {
    switch pane {
    case .timeline where showsList:
      TimelineListView(
        history: history, listed: listedEvents, lanes: lanes, look: look,
        unicode: options.unicode, top: listTop, cursor: scene.step, pending: pendingRows
      ).draw(in: area, &frame)
    case .timeline:
      TimelineView(
        history: history, shown: shownSteps, lanes: lanes, look: look, top: timelineTop,
        cursor: scene.step, pending: pendingRows
      ).draw(in: area, &frame)
    case .message: drawMessage(in: area, &frame)
    case .bytes: drawBytes(in: area, &frame)
    case .descriptors(let side): drawDescriptors(side, in: area, &frame)
    case .terminal(let side): drawTerminal(side, in: area, &frame)
    case .explanation: drawExplanation(in: area, &frame)
    case .lesson: drawLesson(in: area, &frame)
    }
  }

  private func drawDescriptors(_ side: Side, in area: Rect, _ frame: inout Frame) {
    let lines = descriptorLines(side)
    var sentence = "No descriptors."
    if let process = lanes.pid(side).flatMap({ history.timeline.process($0) }) {
      if process.began > lastShownEvent {
        sentence = "The process has not started yet."
      } else if let ended = process.ended, ended <= lastShownEvent {
        sentence = "The process has ended; the kernel closed what it had."
      }
    }
    if let text = rowFilters[side] { sentence = "No descriptor with \(text)." }
    let chosen =
      focus == .descriptors(side)
      ? chosenLink(lines) ?? chosenLines(side, lines)?.lowerBound : nil
    DescriptorView(
      lines: lines, chosen: chosen, look: look,
      emptySentence: sentence
    )
    .draw(from: firstLine(of: .descriptors(side), count: lines.count), in: area, &frame)
  }

  private func drawBorders(_ layout: Layout, _ frame: inout Frame) {
    var grid = BorderGrid(size: frame.size)
    for box in layout.boxes { grid.add(box.frame) }
    // The focused one last: it shares its lines with its neighbours.
    let ordered =
      layout.boxes.filter { $0.pane != focus } + layout.boxes.filter { $0.pane == focus }
    for box in ordered {
      let isFocused = box.pane == focus
      grid.draw(
        box.frame, in: &frame, glyphs: look.glyphs,
        style: look[isFocused ? .focusedBorder : .border])
    }
    for box in layout.boxes { drawTitle(of: box, &frame) }
  }

  private func drawTitle(of box: Layout.Box, _ frame: inout Frame) {
    let isFocused = box.pane == focus
    let edge = box.frame.row(0).inset(horizontally: 1, vertically: 0)
    var name = paneName(box.pane)
    var room = edge.width - 6
    if case .terminal(let side) = box.pane, isTypedInto(side) {
      // What a program calls its window may be long; how to leave it must be seen.
      let hint = ": typing, \(leavingKey) leaves"
      if name.count + hint.count > room, let pid = lanes.pid(side) {
        name = visible(history.label(pid))
      }
      name = fitted(name, to: room - hint.count, ellipsis: look.glyphs.ellipsis) + hint
      room = max(room, hint.count)
    }
    let text = fitted(name, to: room, ellipsis: look.glyphs.ellipsis)
    let shown = isFocused ? "[ \(text) ]" : " \(text) "
    let width = frame.write(
      shown, x: edge.x, y: edge.y, style: look[isFocused ? .focusedTitle : .title], within: edge)
    guard let more = moreText(of: box) else { return }
    let x = edge.maxX - more.count - 1
    if x > edge.x + width { frame.write(more, x: x, y: edge.y, style: look[.dim], within: edge) }
  }

  /// How much of a pane does not fit.
  private func moreText(of box: Layout.Box) -> String? {
    let rows = rowCount(of: box.pane)
    let height = pageHeight(of: box.pane)
    let hidden = rows - height
    guard hidden > 0 else { return nil }
    let first =
      switch box.pane {
      case .message: selection.treeTop
      case .bytes: selection.bytesTop
      default: min(hidden, scrolls[box.pane] ?? initialScroll(of: box.pane))
      }
    return " \(first + 1)-\(first + height) of \(rows) "
  }

  func paneName(_ pane: Pane) -> String {
    func who(_ side: Side) -> String? { lanes.pid(side).map { visible(history.label($0)) } }
    switch pane {
    case .timeline:
      return (showsList ? "Timeline, as a list" : "Timeline")
        + (stepFilter.map { ": " + visible($0.filter.text) } ?? "")
    case .message:
      let title = messageTitle
      return title.isEmpty ? "Message" : "Message: \(title)"
    case .bytes: return "Bytes"
    case .descriptors(let side):
      guard let name = who(side), let pid = lanes.pid(side) else { return "Descriptors" }
      return "\(name) /proc/\(pid)/fd" + descriptorsTitle(side)
    case .terminal(let side): return terminalName(side)
    case .explanation: return "What just happened"
    case .lesson: return lessonTitle
    }
  }

  private func drawTooSmall(_ frame: inout Frame) {
    let times = look.glyphs.times
    let wanted = "\(Layout.smallest.width)\(times)\(Layout.smallest.height)"
    let sentence =
      "fdpass-tui needs at least \(wanted); this terminal is "
      + "\(size.width)\(times)\(size.height): make it larger."
    var lines = wrapped(sentence, width: size.width)
    // Where not even that fits, the size that is needed is what matters.
    if lines.count > size.height { lines = wrapped("Needs \(wanted).", width: size.width) }
    for (row, line) in lines.enumerated() { frame.write(line, x: 0, y: row) }
  }
}
