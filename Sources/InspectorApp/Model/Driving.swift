import TextUI
import TraceModel

/// Using a program's terminal instead of inspecting it.
extension Inspector {
  /// The process whose terminal would be typed into: the client, else whose terminal is focused,
  /// else the last one that has a terminal.
  var typingTarget: Int32? {
    guard options.live, status?.mode != .ended else { return nil }
    let alive = terminals.map(\.pid).filter(isAlive)
    if let client = alive.first(where: { history.timeline.process($0)?.role == "client" }) {
      return client
    }
    if case .terminal(let side) = focus, let pid = lanes.pid(side) { return terminalOwner(of: pid) }
    return alive.last
  }

  /// The process, or the nearest of its ancestors, that was given a terminal.
  func terminalOwner(of pid: Int32) -> Int32? {
    var candidate: Int32? = pid
    // Chains of ancestors are short; the bound is for recordings that say nonsense.
    for _ in 0..<64 {
      guard let current = candidate else { return nil }
      if terminals.contains(where: { $0.pid == current }) { return current }
      candidate = history.timeline.process(current)?.parent
    }
    return nil
  }

  private func isAlive(_ pid: Int32) -> Bool {
    history.timeline.process(pid).map { $0.end == nil } ?? false
  }

  /// Whether what is typed to a process is lines and no more, so that Esc can end it: so the
  /// programs of the demo, which have roles. Any other program may have a use for Esc.
  func takesLines(_ pid: Int32) -> Bool { history.timeline.process(pid)?.role != nil }

  func isTypedInto(_ side: Side) -> Bool {
    guard case .typing(let pid) = mode, let lane = lanes.pid(side) else { return false }
    return terminalOwner(of: lane) == pid
  }

  /// The side whose terminal gets most of the screen because the user drives its program.
  var drivenSide: Side? {
    guard case .typing(let pid) = mode, !takesLines(pid) else { return nil }
    return Side.allCases.first(where: isTypedInto)
  }

  mutating func startTyping() {
    guard let pid = typingTarget else {
      notice =
        options.live
        ? "There is no terminal to type into." : "This is a recording: nobody reads what is typed."
      return
    }
    moment = .now
    mode = .typing(pid: pid)
    if let side = Side.allCases.first(where: { terminalOwner(of: lanes.pid($0) ?? 0) == pid }) {
      focus = .terminal(side)
      scrolls[focus] = nil
    }
  }

  /// Leaves typing to `pid` by the key that no program gets.
  mutating func stopTyping(to pid: Int32, by key: Key) {
    mode = .normal
    if key == Keymap.leaving { leftByKey = pid }
  }

  /// The same key twice is for the program after all.
  mutating func passLeavingKey(to pid: Int32) -> [Effect] {
    startTyping()
    guard mode == .typing(pid: pid) else { return [] }
    return [.terminal(pid: pid, .key(Keymap.leaving))]
  }

  mutating func type(_ key: Key, to pid: Int32) -> [Effect] {
    if key == Keymap.leaving || key == Key(.escape) && takesLines(pid) {
      stopTyping(to: pid, by: key)
      return []
    }
    if key.modifiers == .shift, [.pageUp, .pageDown].contains(key.code) {
      move(key.code == .pageUp ? .pageUp : .pageDown)
      return []
    }
    scrolls[focus] = nil
    if key.code == .enter, status?.mode == .stepping, waits(of: pid) == nil {
      notice =
        "\(visible(history.label(pid))) has not come to read it yet: "
        + "\(leavingKey), then \(keymap.name(of: .step)) lets it go on."
    }
    return [.terminal(pid: pid, .key(key))]
  }

  /// Where a driven terminal's cells stand: its place on the screen, and which of its rows and
  /// columns is the first.
  func terminalWindow(_ side: Side, in area: Rect) -> (area: Rect, column: Int, row: Int) {
    let inner = area.inset(horizontally: 1, vertically: 0)
    let total = terminalRows(side)
    let row = min(
      max(0, total - 1), scrolls[.terminal(side)] ?? terminalScroll(side, height: area.height))
    guard isTypedInto(side), let cursor = picture(side)?.cursor else { return (inner, 0, row) }
    return (inner, max(0, cursor.x - inner.width + 1), row)
  }

  mutating func drive(_ mouse: MouseEvent, of pid: Int32) -> [Effect] {
    guard let box = layout?.box(at: mouse.position) else { return [] }
    guard case .terminal(let side) = box.pane, isTypedInto(side), let picture = picture(side)
    else {
      if case .press = mouse.kind {
        mode = .normal
        focus = box.pane
      }
      return []
    }
    let window = terminalWindow(side, in: box.content)
    let place = Point(
      x: mouse.position.x - window.area.x + window.column,
      y: mouse.position.y - window.area.y + window.row - picture.scrolledAway.count)
    if picture.takesMouse, window.area.contains(mouse.position), place.y >= 0 {
      return [.terminal(pid: pid, .mouse(MouseEvent(position: place, kind: mouse.kind)))]
    }
    switch mouse.kind {
    case .wheelUp: move(.up)
    case .wheelDown: move(.down)
    default: break
    }
    return []
  }

  /// Asks for the size of what the user sees of a terminal: while it is driven or has the whole
  /// screen. Afterwards it keeps the size, since a program that is only looked at should not have
  /// to draw anew.
  mutating func settleTerminalSizes() -> [Effect] {
    guard options.live, moment == .now, status?.mode != .ended, let layout else { return [] }
    var effects: [Effect] = []
    for box in layout.boxes {
      guard case .terminal(let side) = box.pane, isZoomed || drivenSide == side,
        let pid = lanes.pid(side).flatMap(terminalOwner), isAlive(pid)
      else { continue }
      let area = box.content.inset(horizontally: 1, vertically: 0)
      let size = TerminalSize(columns: area.width, rows: area.height)
      guard terminalSizes[pid, default: .usual] != size else { continue }
      terminalSizes[pid] = size
      effects.append(.command(.resizeTerminal(pid: pid, size: size)))
    }
    return effects
  }
}
