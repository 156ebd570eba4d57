import TextUI
import TraceModel

/// The menu of experiments: what can be changed in a call, what the chosen one does, and what has
/// to be typed for it.
extension Inspector {
  private static let experimentWidth = 78
  /// Lines that the words about the chosen one may take.
  private static let explanationHeight = 5

  func drawExperiments(_ menu: ExperimentMenu, in screen: Rect, _ frame: inout Frame) {
    guard let target = target(of: menu) else { return }
    let kinds = ExperimentKind.allCases
    let box = experimentBox(in: screen)
    drawExperimentBox(box, target, &frame)
    let content = box.inset(horizontally: 2, vertically: 1)
    for (row, kind) in kinds.enumerated() {
      draw(kind, isChosen: kind == menu.kind, target, in: content.row(row), &frame)
    }
    let words = Rect(
      x: content.x, y: content.y + kinds.count + 1, width: content.width,
      height: max(0, content.height - kinds.count - 3))
    let lines = wrapped(menu.kind.explanation(target), width: words.width)
    for (row, line) in lines.prefix(words.height).enumerated() {
      frame.write(line, x: words.x, y: words.y + row, within: words)
    }
    drawAnswer(menu, target, in: content.row(content.height - 1), &frame)
  }

  private func experimentBox(in screen: Rect) -> Rect {
    let width = min(screen.width - 2, Self.experimentWidth)
    let wanted = ExperimentKind.allCases.count + Self.explanationHeight + 5
    let height = min(screen.height - 2, wanted)
    return Rect(
      x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2,
      width: width, height: height)
  }

  /// The line of the menu at a place of the screen.
  func experimentKind(at point: Point) -> ExperimentKind? {
    let content = experimentBox(in: Rect(size)).inset(horizontally: 2, vertically: 1)
    let row = point.y - content.y
    let kinds = ExperimentKind.allCases
    return content.contains(point) && kinds.indices.contains(row) ? kinds[row] : nil
  }

  private func drawExperimentBox(_ box: Rect, _ target: ExperimentTarget, _ frame: inout Frame) {
    frame.fill(box)
    var grid = BorderGrid(size: frame.size)
    grid.add(box)
    grid.draw(box, in: &frame, glyphs: look.glyphs, style: look[.focusedBorder])
    let call = Wording.call(target.message.call, on: target.message.socket.fd)
    let title = fitted(
      " What if: \(target.threadName) is about to call \(call) ", to: box.width - 4,
      ellipsis: look.glyphs.ellipsis)
    frame.write(title, x: box.x + 2, y: box.y, style: look[.focusedTitle], within: box)
  }

  private func draw(
    _ kind: ExperimentKind, isChosen: Bool, _ target: ExperimentTarget, in row: Rect,
    _ frame: inout Frame
  ) {
    let obstacle = kind.obstacle(target)
    let mark = isChosen ? look.glyphs.cursor : " "
    var x = row.x
    x += frame.write(mark, x: x, y: row.y, style: look[.key], within: row) + 1
    x += frame.write(
      kind.title(target), x: x, y: row.y, style: look[obstacle == nil ? .plain : .dim],
      within: row)
    if let obstacle {
      frame.write("  (\(obstacle))", x: x, y: row.y, style: look[.dim], within: row)
    }
    guard isChosen else { return }
    frame.restyle(row) { $0 = look.onCursorRow($0) }
  }

  /// The last line: what is wrong, what is typed, or what the keys do.
  private func drawAnswer(
    _ menu: ExperimentMenu, _ target: ExperimentTarget, in row: Rect, _ frame: inout Frame
  ) {
    switch menu.stage {
    case .choosing:
      let others = experimentTargets.count > 1 ? "  Tab another call" : ""
      let keys = "arrows choose  Enter do it  Esc leave\(others)"
      write(menu.problem ?? keys, isProblem: menu.problem != nil, in: row, &frame)
    case .typing(let field, _):
      let question = menu.kind.question ?? ""
      let start = row.x + frame.write(question, x: row.x, y: row.y, style: look[.key], within: row)
      let end = start + frame.write(field.text, x: start, y: row.y, within: row)
      let before = DisplayWidth.of(String(field.characters[..<field.cursor]))
      frame.cursor = Point(x: min(start + before, row.maxX - 1), y: row.y)
      let keys =
        menu.kind.candidates(target).isEmpty
        ? "Enter do it  Esc back" : "Tab complete  Enter do it  Esc back"
      let rest = Rect(x: end + 3, y: row.y, width: max(0, row.maxX - end - 3), height: 1)
      write(menu.problem ?? keys, isProblem: menu.problem != nil, in: rest, &frame)
    case .confirming:
      let text = "\(target.name) was not started here. Change its call? y yes, other keys no"
      write(text, isProblem: true, in: row, &frame)
    }
  }

  private func write(_ text: String, isProblem: Bool, in area: Rect, _ frame: inout Frame) {
    frame.write(
      fitted(text, to: area.width, ellipsis: look.glyphs.ellipsis), x: area.x, y: area.y,
      style: look[isProblem ? .notice : .dim], within: area)
  }
}
