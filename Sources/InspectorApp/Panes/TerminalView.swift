import TextUI
import TraceModel

extension Inspector {
  func picture(_ side: Side) -> TerminalPicture? {
    guard let pid = lanes.pid(side), let owner = terminalOwner(of: pid),
      let picture = terminals.first(where: { $0.pid == owner })
    else { return nil }
    // Where a program prints lines and no more, none of it need be out of sight.
    guard takesLines(owner), let box = layout?.box(of: .terminal(side)) else { return picture }
    return picture.folded(to: box.content.width - 2)
  }

  /// Whose terminal a side shows: its process's own, or the one that it shares with whoever
  /// started it.
  func terminalName(_ side: Side) -> String {
    guard let pid = lanes.pid(side) else { return "Terminal" }
    let name = visible(history.label(pid))
    let title = picture(side).map { $0.title.isEmpty ? "" : ": \(visible($0.title))" } ?? ""
    guard let owner = terminalOwner(of: pid), owner != pid else {
      return "\(name)'s terminal\(title)"
    }
    return "\(name) shares \(visible(history.label(owner)))'s terminal\(title)"
  }

  /// The rows of a side's terminal, with those that scrolled away: all where they fit, else down to
  /// the last one that shows anything, or to the cursor where somebody types.
  func terminalRows(_ side: Side) -> Int {
    guard let picture = picture(side) else { return 0 }
    let gone = picture.scrolledAway.count
    let page = pageHeight(of: .terminal(side))
    if picture.rows.count <= page { return gone + page }
    var last = picture.usedRows - 1
    if isTypedInto(side), let cursor = picture.cursor { last = max(last, cursor.y) }
    return gone + min(last + 1, picture.rows.count)
  }

  /// The first row that is shown where the user did not scroll: that of the screen where it fits,
  /// else so that the last rows are seen, unless the cursor is above them.
  func terminalScroll(_ side: Side, height: Int) -> Int {
    guard let picture = picture(side) else { return 0 }
    let top = picture.scrolledAway.count
    let bottom = max(top, terminalRows(side) - height)
    return picture.cursor.map { min(bottom, top + $0.y) } ?? bottom
  }

  func drawTerminal(_ side: Side, in area: Rect, _ frame: inout Frame) {
    guard let picture = picture(side) else {
      let sentence =
        lanes.pid(side) == nil
        ? "No process yet." : "It was not given a terminal of ours; what it prints goes elsewhere."
      for (row, line) in wrapped(sentence, width: area.width - 2).enumerated() {
        frame.write(line, x: area.x + 1, y: area.y + row, style: look[.dim], within: area)
      }
      return
    }
    let count = terminalRows(side)
    if picture.usedRows == 0, picture.scrolledAway.isEmpty, !isTypedInto(side) {
      frame.write("Nothing printed yet.", x: area.x + 1, y: area.y, style: look[.dim], within: area)
      return
    }
    let window = terminalWindow(side, in: area)
    for (offset, index) in (window.row..<count).prefix(area.height).enumerated() {
      frame.write(
        picture.row(index), x: window.area.x - window.column, y: area.y + offset,
        within: window.area)
    }
    guard isTypedInto(side), let cursor = picture.cursor else { return }
    let place = Point(
      x: window.area.x + cursor.x - window.column,
      y: area.y + picture.scrolledAway.count + cursor.y - window.row)
    guard area.contains(place) else { return }
    frame.cursor = place
    frame.cursorShape = picture.cursorShape
  }
}
