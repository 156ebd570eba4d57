import TextUI

/// The help: what the focused pane shows, and all keys, from the table that makes them work.
extension Inspector {
  func drawHelp(in screen: Rect, _ frame: inout Frame) {
    let rows = Keymap.helped
    let keyWidth = rows.reduce(0) { max($0, DisplayWidth.of(names($1))) }
    let helpWidth = rows.reduce(0) { max($0, DisplayWidth.of($1.help)) }
    let width = min(screen.width - 2, keyWidth + 2 + helpWidth + 4)
    let intro = wrapped(paneHelp, width: width - 4)
    let height = min(screen.height - 2, intro.count + 1 + rows.count + 2)
    let box = Rect(
      x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2,
      width: width, height: height)
    drawHelpBox(box, &frame)
    let content = box.inset(horizontally: 2, vertically: 1)
    for (offset, line) in intro.enumerated() {
      frame.write(line, x: content.x, y: content.y + offset, within: content)
    }
    for (index, row) in rows.enumerated() {
      let y = content.y + intro.count + 1 + index
      frame.write(names(row), x: content.x, y: y, style: look[.key], within: content)
      frame.write(row.help, x: content.x + keyWidth + 2, y: y, within: content)
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
        + "kcmp(2) said that two numbers share one open file description. Up and down choose a "
        + "number, and below it stands where it comes from."
    case .terminal:
      "What the process printed to the terminal we gave it. i types into it."
    case .explanation:
      "What the chosen step did, with its numbers, and what comes next."
    }
  }
}
