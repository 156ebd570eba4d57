import TextUI
import TraceModel

/// The first line: what is inspected, who is compared, and which moment is shown.
extension Inspector {
  func drawHeader(in area: Rect, _ frame: inout Frame) {
    let isPast = moment != .now
    let style = look[isPast ? .past : .now]
    frame.fill(area, style: style)
    let right = momentText + " "
    let rightX = max(area.minX, area.maxX - DisplayWidth.of(right))
    frame.write(right, x: rightX, y: area.y, style: style.adding(.bold), within: area)
    let left = " fdpass-tui  \(title)"
    let room = rightX - 2
    let leftWidth = frame.write(
      shortened(left, to: room, ellipsis: look.glyphs.ellipsis), x: area.x, y: area.y,
      style: style, within: area)
    let middle = processesText
    let width = DisplayWidth.of(middle)
    let x = max(leftWidth + 3, (area.width - width) / 2)
    if x + width + 2 <= rightX {
      frame.write(middle, x: x, y: area.y, style: style, within: area)
    }
  }

  private var processesText: String {
    let names = lanes.sides.compactMap { lanes.pid($0) }.map { pid in
      let label = visible(history.label(pid))
      // Processes of one name are told apart by their numbers already.
      return label.hasSuffix(" \(pid)") ? label : "\(label) \(pid)"
    }
    let others = history.timeline.processes.count - names.count
    return names.joined(separator: " \(look.glyphs.joined) ") + (others > 0 ? "  +\(others)" : "")
  }

  private var momentText: String {
    let count = history.steps.count
    let step = cursorStep.map { $0 + 1 } ?? 0
    let place =
      switch (moment, options.live) {
      case (.now, true): "NOW  step \(step)\(callAhead.map { ", before \($0)" } ?? "")"
      case (.now, false): "END  step \(step)" + (stepFilter == nil ? " of \(count)" : "")
      case (.past, _): "PAST  step \(step)" + (stepFilter == nil ? " of \(count)" : "")
      }
    let filter = filterCount.map { "\($0)  " } ?? ""
    let state = stateText.map { "  \($0)" } ?? ""
    return "\(limitsText)\(findingsText)\(filter)\(place)\(state)"
  }

  /// The call right before which the process that goes on next is stopped: half a step.
  private var callAhead: String? {
    guard let shown = scene.message, shown.isAhead, !isStepUnderWay,
      size.width >= 100 || stepFilter == nil
    else { return nil }
    return shown.event.callName.map { visible($0) }
  }

  /// How many steps the filter shows: `12 of 340 steps`.
  var filterCount: String? {
    guard let stepFilter else { return nil }
    let count = history.steps.count
    let progress =
      stepFilter.isDone(history.timeline)
      ? "" : " (\(stepFilter.examined * 100 / max(1, count)) % looked at)"
    return "\(stepFilter.matches.count) of \(Wording.count(count, "step"))\(progress)"
  }

  /// That not all can be seen here; what it is stands with the explanation.
  private var limitsText: String {
    guard status?.limits.isEmpty == false else { return "" }
    return size.width < 100 ? "limited  " : "limited view  "
  }

  /// How much was found.
  private var findingsText: String {
    let count = history.timeline.findings.count
    guard count > 0 else { return "" }
    return size.width < 100 ? "! \(count)  " : "! \(Wording.count(count, "finding"))  "
  }

  /// What the session does; nothing while the past is shown, of which that is not true.
  private var stateText: String? {
    let glyphs = look.glyphs
    if failure != nil { return "\(glyphs.ended) failed" }
    guard options.live else {
      let text = readPercent < 100 ? "\(readPercent) % read" : "replay"
      return "\(glyphs.recorded) \(text)"
    }
    guard moment == .now else { return nil }
    switch status?.mode {
    case nil: return "\(glyphs.pending) starting"
    case .ended: return "\(glyphs.ended) ended"
    case .running: return "\(glyphs.running) running"
    case .stepping where isStepUnderWay: return "\(glyphs.running) stepping"
    case .stepping: return "\(glyphs.stopped) \(doesEverybodyWait ? "all wait" : "stopped")"
    }
  }

  /// The line that names all panes where not all of them are on the screen.
  func drawTabs(in area: Rect, _ frame: inout Frame) {
    let panes = panes
    let long = panes.map { tabName($0, isShort: false) }
    let isFitting = long.reduce(0) { $0 + DisplayWidth.of($1) + 2 } <= area.width
    let names = isFitting ? long : panes.map { tabName($0, isShort: true) }
    let widths = names.map { DisplayWidth.of($0) + 2 }
    let focused = panes.firstIndex(of: focus) ?? 0
    var first = 0
    while first < focused, widths[first...focused].reduce(0, +) > area.width { first += 1 }
    var x = area.x
    for (pane, name) in zip(panes, names).dropFirst(first) {
      let isFocused = pane == focus
      let text = isFocused ? "[\(name)]" : " \(name) "
      x += frame.write(
        text, x: x, y: area.y, style: look[isFocused ? .focusedTitle : .dim], within: area)
    }
  }

  private func tabName(_ pane: Pane, isShort: Bool) -> String {
    func who(_ side: Side) -> String {
      let label = lanes.pid(side).map { visible(history.label($0)) } ?? "process"
      return fittedName(label, to: isShort ? 6 : 12, ellipsis: look.glyphs.ellipsis)
    }
    return switch pane {
    case .timeline: isShort ? "Time" : "Timeline"
    case .message: isShort ? "Msg" : "Message"
    case .bytes: "Bytes"
    case .descriptors(let side): "\(who(side)) fds"
    case .terminal(let side): "\(who(side)) tty"
    case .explanation: "Why"
    case .lesson: "Lesson"
    }
  }
}
