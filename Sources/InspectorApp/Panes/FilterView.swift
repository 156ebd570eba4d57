import TextUI

/// The last two lines while a filter is typed.
extension Inspector {
  /// Two lines: the filter, and below it what is wrong with it, or what it could become.
  func drawFilter(_ editor: FilterEditor, in footer: Rect, _ frame: inout Frame) {
    let area = Rect(x: footer.x, y: max(0, footer.y - 1), width: footer.width, height: 2)
    frame.fill(area)
    let before = DisplayWidth.of(editor.field.textBeforeCursor)
    let label = "filter: "
    let count = filterCount.map { " \($0) " } ?? ""
    let room = area.width - 2 - label.count - count.count
    // What is left of a long filter goes first; its carets go with it.
    let hidden = max(0, before - max(0, room - 1))
    let content = Rect(x: area.x + 1 + label.count, y: area.y, width: max(0, room), height: 2)
    frame.write(label, x: area.x + 1, y: area.y, style: look[.key], within: area)
    frame.write(
      editor.field.text, x: content.x - hidden, y: area.y, within: content)
    frame.write(count, x: area.maxX - count.count, y: area.y, style: look[.notice], within: area)
    frame.cursor = Point(x: min(content.x + before - hidden, area.maxX - 1), y: area.y)
    let below = Rect(x: area.x, y: area.y + 1, width: area.width, height: 1)
    if let completion = editor.completion {
      draw(completion, in: below, &frame)
    } else if let problem = editor.problem {
      draw(problem, at: content.x - hidden + problem.columnsBefore, in: below, &frame)
    } else {
      let hint = "Tab complete  Enter keep  Esc clear    "
      let x = area.x + 1 + frame.write(hint, x: area.x + 1, y: below.y, within: below)
      let examples = editor.field.characters.isEmpty ? FilterKey.examples : ""
      frame.write(
        shortened(examples, to: area.maxX - x - 1, ellipsis: look.glyphs.ellipsis), x: x,
        y: below.y, style: look[.dim], within: below)
    }
  }

  /// The sentence stands behind the carets, or before them where there is no room.
  private func draw(
    _ problem: FilterProblem, at column: Int, in area: Rect, _ frame: inout Frame
  ) {
    let x = max(area.x, min(column, area.maxX - 1))
    let end = x + frame.write(problem.carets, x: x, y: area.y, style: look[.warning], within: area)
    let width = DisplayWidth.of(problem.sentence)
    let behind = area.maxX - end - 2
    let before = x - area.x - 2
    let room = width <= behind || behind >= before ? behind : before
    let text = shortened(problem.sentence, to: room, ellipsis: look.glyphs.ellipsis)
    let start = room == behind ? end + 1 : x - 1 - DisplayWidth.of(text)
    frame.write(text, x: start, y: area.y, style: look[.notice], within: area)
  }

  private func draw(_ completion: FilterCompletion, in area: Rect, _ frame: inout Frame) {
    // The chosen one is always in sight.
    var first = 0
    let widths = completion.candidates.map { DisplayWidth.of(visible($0)) + 2 }
    while let chosen = completion.chosen, first < chosen,
      widths[first...chosen].reduce(0, +) > area.width - 2
    { first += 1 }
    var x = area.x + 1
    for (index, candidate) in completion.candidates.enumerated().dropFirst(first) {
      guard x < area.maxX else { break }
      let style = look[index == completion.chosen ? .selected : .plain]
      x += frame.write(visible(candidate), x: x, y: area.y, style: style, within: area) + 2
    }
  }
}
