public import TextUI
import TraceModel

extension Chooser {
  /// Draws the list.
  public func view(_ frame: inout Frame) {
    defer { frame.ground(on: look.theme.base) }
    let area = frame.bounds
    guard area.height > ChooserColumns.rowsAround else {
      frame.write("Make the terminal larger.", x: 0, y: 0)
      return
    }
    let rows = rows
    drawHead(rows.count, in: area, &frame)
    if rows.isEmpty {
      drawEmpty(in: area, &frame)
    } else {
      drawRows(rows, in: area, &frame)
    }
    drawSelected(rows, in: area, &frame)
    drawKeys(in: area.row(area.height - 1), &frame)
  }

  private func drawHead(_ count: Int, in area: Rect, _ frame: inout Frame) {
    let total = census?.processes.count ?? 0
    let right = count == total ? "\(total) processes " : "\(count) of \(total) processes "
    frame.fill(area.row(0), style: look[.now])
    frame.write(
      " fdpass-tui  attach: processes joined by Unix sockets", x: 0, y: 0, style: look[.now])
    frame.write(
      right, x: max(0, area.width - DisplayWidth.of(right)), y: 0,
      style: look[.now].adding(.bold))
    let label = " Filter: "
    let x = frame.write(label, x: 0, y: 1, style: look[.dim])
    let end = x + frame.write(filter, x: x, y: 1, within: area)
    frame.cursor = Point(x: min(end, area.width - 1), y: 1)
    if filter.isEmpty {
      frame.write("type to filter", x: end + 1, y: 1, style: look[.dim], within: area)
    }
  }

  private func drawEmpty(in area: Rect, _ frame: inout Frame) {
    let sentence =
      census == nil
      ? "Looking…"
      : filter.isEmpty
        ? "No process here is joined to another by a Unix socket."
        : "No process matches the filter. Esc clears it."
    frame.write(sentence, x: 1, y: ChooserColumns.firstRow, style: look[.dim], within: area)
  }

  private func drawRows(_ rows: [SocketProcess], in area: Rect, _ frame: inout Frame) {
    let cells = rows.map(ChooserColumns.cells)
    let widths = ChooserColumns.widths(cells, in: area.width)
    draw(ChooserColumns.titles, widths, y: 2, mark: " ", style: look[.title], &frame)
    for index in top..<min(rows.count, top + listHeight) {
      let y = ChooserColumns.firstRow + index - top
      let isSelected = rows[index].pid == selected
      let mark = marked.contains(rows[index].pid) ? "*" : " "
      if isSelected { frame.fill(area.row(y), style: look[.selected]) }
      var row = cells[index]
      row[5] = ChooserColumns.peers(rows[index], to: widths[5], ellipsis: look.glyphs.ellipsis)
      draw(row, widths, y: y, mark: mark, style: look[isSelected ? .selected : .plain], &frame)
    }
  }

  private func draw(
    _ cells: [String], _ widths: [Int], y: Int, mark: String, style: Style, _ frame: inout Frame
  ) {
    frame.write(mark, x: 0, y: y, style: style.adding(.bold))
    var x = 1
    for (column, cell) in cells.enumerated() {
      let shown = fitted(cell, to: widths[column], ellipsis: look.glyphs.ellipsis)
      let text = ChooserColumns.padded(
        shown, to: widths[column], isNumber: ChooserColumns.isNumber(column))
      frame.write(text, x: x, y: y, style: style)
      x += widths[column] + 2
    }
  }

  /// All names and peers of the selected row, which its columns may not have had room for.
  private func drawSelected(_ rows: [SocketProcess], in area: Rect, _ frame: inout Frame) {
    let (_, lines) = area.split(bottom: 3)
    let process = rows.first { $0.pid == selected }
    let peers = process.map(ChooserColumns.peers) ?? ""
    let joined = peers.isEmpty ? "with nobody that we can see" : "with \(peers)"
    let paths = process?.paths.map { visible($0) }.joined(separator: ", ") ?? ""
    let text = process.map { process in
      "\(visible(process.comm)) \(process.pid) is joined \(joined)"
        + (paths.isEmpty ? "." : " at \(paths).")
    }
    let all = [text, census?.remark].compactMap { $0 }
    let shown = all.flatMap { wrapped($0, width: area.width - 2) }
    for (offset, line) in shown.prefix(2).enumerated() {
      frame.write(line, x: 1, y: lines.y + offset, style: look[.dim], within: area)
    }
  }

  private func drawKeys(in area: Rect, _ frame: inout Frame) {
    let what = marked.isEmpty ? "attach" : "attach \(marked.count) marked"
    let leave = filter.isEmpty ? [("q Esc", "quit")] : [("Esc", "clear the filter")]
    var x = area.x + 1
    for (key, word) in [("Enter", what), ("Tab", "mark"), ("Up Down", "move")] + leave {
      x += frame.write(key, x: x, y: area.y, style: look[.key], within: area)
      x += frame.write(" \(word)", x: x, y: area.y, within: area) + 2
    }
  }
}
