import TextUI
import TraceModel

extension Inspector {
  func picture(_ side: Side) -> TerminalPicture? {
    guard let pid = lanes.pid(side), let owner = terminalOwner(of: pid) else { return nil }
    return terminals.first { $0.pid == owner }
  }

  /// Whose terminal a side shows: its process's own, or the one that it shares with whoever
  /// started it.
  func terminalName(_ side: Side) -> String {
    guard let pid = lanes.pid(side) else { return "Terminal" }
    let name = visible(history.label(pid))
    guard let owner = terminalOwner(of: pid), owner != pid else { return "\(name)'s terminal" }
    return "\(name) shares \(visible(history.label(owner)))'s terminal"
  }

  /// The rows of a side's terminal down to the last one that shows anything, or to the cursor
  /// where somebody types.
  func terminalRows(_ side: Side) -> Int {
    guard let picture = picture(side) else { return 0 }
    let last = picture.rows.lastIndex { row in row.contains { $0 != .blank } } ?? -1
    guard isTypedInto(side), let cursor = picture.cursor else { return last + 1 }
    return max(last, min(cursor.y, picture.rows.count - 1)) + 1
  }

  func isTypedInto(_ side: Side) -> Bool {
    guard case .typing(let pid) = mode, let lane = lanes.pid(side) else { return false }
    return terminalOwner(of: lane) == pid
  }

  func drawTerminal(_ side: Side, in area: Rect, _ frame: inout Frame) {
    let first = scrolls[.terminal(side)] ?? max(0, terminalRows(side) - area.height)
    guard let picture = picture(side) else {
      let sentence =
        lanes.pid(side) == nil
        ? "No process yet." : "It was not given a terminal of ours; what it prints goes elsewhere."
      frame.write(sentence, x: area.x + 1, y: area.y, style: look[.dim], within: area)
      return
    }
    let inner = area.inset(horizontally: 1, vertically: 0)
    if terminalRows(side) == 0 {
      frame.write("Nothing printed yet.", x: area.x + 1, y: area.y, style: look[.dim], within: area)
      return
    }
    for (offset, row) in picture.rows.dropFirst(first).prefix(area.height).enumerated() {
      frame.write(row, x: inner.x, y: area.y + offset, within: inner)
    }
    guard isTypedInto(side), let cursor = picture.cursor else { return }
    let place = Point(x: inner.x + cursor.x, y: area.y + cursor.y - first)
    if area.contains(place) { frame.cursor = place }
  }
}
