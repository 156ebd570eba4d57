import TextUI

/// The help: what the focused pane shows, and all keys, from the table that makes them work.
extension Inspector {
  /// The lines of the help, and the box that holds as many of them as there is room for.
  private struct Help {
    var keyWidth: Int
    var intro: [String]
    var rows: [(names: String, help: String)]
    var box: Rect

    /// The row between the words about the pane and the keys is empty.
    var count: Int { intro.count + 1 + rows.count }
    var content: Rect { box.inset(horizontally: 2, vertically: 1) }
    var lastTop: Int { max(0, count - content.height) }
  }

  private func help(in screen: Rect) -> Help {
    let rows = keymap.helped.map { (names: names($0.names), help: $0.help) }
    let keyWidth = rows.reduce(0) { max($0, DisplayWidth.of($1.names)) }
    let helpWidth = rows.reduce(0) { max($0, DisplayWidth.of($1.help)) }
    let width = min(screen.width - 2, keyWidth + 2 + helpWidth + 4)
    let intro = wrapped(paneHelp, width: width - 4)
    let height = min(screen.height - 2, intro.count + 1 + rows.count + 2)
    let box = Rect(
      x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2,
      width: width, height: height)
    return Help(keyWidth: keyWidth, intro: intro, rows: rows, box: box)
  }

  /// The first line of the help after a movement from another.
  func helpTop(after movement: Movement, from top: Int) -> Int {
    let help = help(in: Rect(size))
    switch movement {
    case .top: return 0
    case .bottom: return help.lastTop
    default:
      let rows = movement.rows(page: help.content.height) ?? 0
      return max(0, min(help.lastTop, min(top, help.lastTop) + rows))
    }
  }

  func drawHelp(from top: Int, in screen: Rect, _ frame: inout Frame) {
    let help = help(in: screen)
    let top = min(top, help.lastTop)
    drawHelpBox(help.box, &frame)
    let content = help.content
    for line in top..<min(help.count, top + content.height) {
      let y = content.y + line - top
      if line < help.intro.count {
        frame.write(help.intro[line], x: content.x, y: y, within: content)
      } else if line > help.intro.count {
        let row = help.rows[line - help.intro.count - 1]
        frame.write(row.names, x: content.x, y: y, style: look[.key], within: content)
        frame.write(row.help, x: content.x + help.keyWidth + 2, y: y, within: content)
      }
    }
    guard help.lastTop > 0 else { return }
    let more = " \(top + 1)-\(top + content.height) of \(help.count): arrows, PgDn "
    frame.write(
      more, x: help.box.maxX - DisplayWidth.of(more) - 2, y: help.box.maxY - 1,
      style: look[.key], within: help.box)
  }

  private func names(_ names: String) -> String {
    options.unicode ? names : String(names.map { $0 == "…" ? "-" : $0 })
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

  /// What the signs in the timeline mean, as this terminal has them.
  private var timelineSigns: String {
    let glyphs = look.glyphs
    return "\(glyphs.cursor) is at the chosen step, and \(glyphs.turn) at what the next one will "
      + "do; \(glyphs.pending) is where the others stand. \(glyphs.line(2))\(glyphs.arrowRight) and "
      + "\(glyphs.arrowLeft)\(glyphs.line(2)) lead into the kernel's queues and out of them, and "
      + "\(glyphs.vertical) below “kernel” is descriptors in flight. \(glyphs.becomes) is before "
      + "new numbers, \(glyphs.lost) is at descriptors that are lost, ! and i are at steps with a "
      + "finding, + is time in which nothing happened, and [a number] is a thread that is not the "
      + "first of its process."
  }

  private var paneHelp: String {
    switch focus {
    case .timeline:
      "One row per step: what each process did, on its side; what the kernel holds, in the middle. "
        + "Up and down move through the past; nothing happens to the processes there. "
        + timelineSigns
    case .message:
      "The message of the chosen send or receive, field by field. Up and down choose a field, and "
        + "its bytes are marked in the Bytes pane; Enter opens and closes."
    case .bytes:
      "The control buffer and the data as they lay in memory. The arrows choose a byte, and the "
        + "field that it belongs to is marked in the Message pane."
    case .descriptors:
      "What the numbers of this process refer to (/proc/PID/fd). \(look.glyphs.same) (“same as”) "
        + "stands only where kcmp(2) said that two numbers share one open file description. Up and "
        + "down choose a number, and below it stands where it comes from."
    case .terminal:
      "What the process printed to the terminal we gave it. \(keymap.name(of: .type)) types into it."
    case .lesson:
      "What the lesson says of this moment. \(keymap.name(of: .step)) goes on, by steps of the "
        + "processes; \(keymap.name(of: .resume)) goes on to where the lesson speaks again. All "
        + "other keys work as ever, and \(keymap.name(of: .answer)) comes back to its question. "
        + "Up and PgUp reread earlier pages; in the past the pane shows what was said then."
    case .explanation:
      "What the chosen step did, with its numbers, and what comes next."
    }
  }
}
