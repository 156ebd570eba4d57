import TextUI

/// The help: what the focused pane shows, and all keys, from the table that makes them work.
extension Inspector {
  func drawHelp(in screen: Rect, _ frame: inout Frame) {
    let (about, rows) = (paneHelp, Keymap.bindings)
    let keyWidth = rows.reduce(0) { max($0, DisplayWidth.of(names($1))) }
    let width = min(screen.width - 4, 2 + keyWidth + 2 + 66 + 2)
    let intro = wrapped(about, width: width - 4)
    let isTight = rows.count + intro.count + 3 > screen.height - 2
    let columns = isTight && screen.width >= 2 * (keyWidth + 30) ? 2 : 1
    let outer = columns == 2 ? screen.width - 2 : width
    let lines = (rows.count + columns - 1) / columns
    let height = min(screen.height - 2, intro.count + 1 + lines + 2)
    let box = Rect(
      x: screen.x + (screen.width - outer) / 2, y: screen.y + (screen.height - height) / 2,
      width: outer, height: height)
    drawHelpBox(box, &frame)
    let content = box.inset(horizontally: 2, vertically: 1)
    for (offset, line) in intro.enumerated() {
      frame.write(line, x: content.x, y: content.y + offset, within: content)
    }
    let (_, table) = content.split(top: intro.count + 1)
    let columnWidth = table.width / columns
    for (index, row) in rows.enumerated() {
      let area = Rect(
        x: table.x + (index / lines) * columnWidth, y: table.y + index % lines,
        width: columnWidth - 1, height: 1)
      frame.write(names(row), x: area.x, y: area.y, style: look[.key], within: area.clipped(table))
      let help = fitted(row.help, to: area.width - keyWidth - 2, ellipsis: look.glyphs.ellipsis)
      frame.write(help, x: area.x + keyWidth + 2, y: area.y, within: area.clipped(table))
    }
  }

  private func names(_ binding: Binding) -> String {
    options.unicode
      ? binding.names : String(binding.names.map { $0 == "…" ? "-" : $0 })
  }

  private func drawHelpBox(_ box: Rect, _ frame: inout Frame) {
    frame.fill(box)
    var grid = BorderGrid(size: frame.size)
    grid.add(box)
    grid.draw(box, in: &frame, glyphs: look.glyphs, style: look[.focusedBorder])
    frame.write(
      " Help: \(paneName(focus)) ", x: box.x + 2, y: box.y, style: look[.focusedTitle],
      within: box)
  }

  private var paneHelp: String {
    switch focus {
    case .timeline:
      "One row per step: what each process did, on its side; what the kernel holds, in the middle. "
        + "Up and down move through the past; nothing happens to the processes there."
    case .message:
      "The message of the chosen send or receive, field by field. Up and down choose a field, and "
        + "its bytes are marked in the Bytes pane; Enter opens and closes."
    case .bytes:
      "The control buffer and the data as they lay in memory. The arrows choose a byte, and the "
        + "field that it belongs to is marked in the Message pane."
    case .descriptors:
      "What the numbers of this process refer to (/proc/PID/fd). “same as” stands only where "
        + "kcmp(2) said that two numbers share one open file description."
    case .terminal:
      "What the process printed to the terminal we gave it. i types into it."
    case .explanation:
      "What the chosen step did, with its numbers, and what comes next."
    }
  }
}

extension Rect {
  fileprivate func clipped(_ other: Rect) -> Rect { intersection(other) }
}
