import TextUI

/// Where everything stands on a screen of one size. Boxes share their borders: neighbours
/// overlap by one column or row.
struct Layout: Sendable, Hashable {
  /// A pane with its border.
  struct Box: Sendable, Hashable {
    var pane: Pane
    var frame: Rect

    var content: Rect { frame.inset(by: 1) }
  }

  /// A line between panes that can be dragged.
  struct Line: Sendable, Hashable {
    var border: Splits.Border
    var cells: Rect
  }

  var header: Rect
  /// Names all panes where not all of them are visible.
  var tabs: Rect?
  var boxes: [Box]
  /// All panes together.
  var body: Rect
  var lines: [Line] = []
  var footer: Rect

  /// Below this nothing useful fits.
  static let smallest = Size(width: 60, height: 16)
  /// From here on all panes are visible at once.
  static let complete = Size(width: 100, height: 30)

  /// What the user chose that decides where panes go.
  struct Choice: Sendable, Hashable {
    var focus: Pane
    /// The pane that is shown beside the timeline where there is room for one.
    var companion: Pane
    var isZoomed: Bool
    /// Whose terminal is being used, and gets most of the room.
    var driven: Side?
    var sides: [Side]
    /// Whether each side has a terminal of its own that only shows lines: what is typed into one may
    /// appear in the other, so that a small screen shows both.
    var pairsTerminals = false
    var splits = Splits()
    /// Whether a lesson is given, which then has the lowest place.
    var hasLesson = false

    var lowest: Pane { hasLesson ? .lesson : .explanation }
  }

  /// The layout, or nil when the screen is too small for any.
  init?(size: Size, choice: Choice) {
    guard size.width >= Self.smallest.width, size.height >= Self.smallest.height else { return nil }
    let (header, rest) = Rect(size).split(top: 1)
    let (body, footer) = rest.split(bottom: 1)
    self.header = header
    self.footer = footer
    self.body = body
    boxes = []
    if choice.isZoomed {
      boxes = [Box(pane: choice.focus, frame: body)]
    } else if let side = choice.driven {
      showDriven(side, choice)
    } else if size.width >= Self.complete.width, size.height >= Self.complete.height {
      showAll(choice)
    } else {
      let (tabs, rest) = body.split(top: 1)
      self.tabs = tabs
      self.body = rest
      showSome(choice)
    }
  }

  func box(of pane: Pane) -> Box? { boxes.first { $0.pane == pane } }

  func box(at point: Point) -> Box? { boxes.first { $0.frame.contains(point) } }

  func line(at point: Point) -> Line? { lines.first { $0.cells.contains(point) } }

  /// The rows that a pane has at least; with its borders it takes one more than the next line is
  /// away.
  private static let fewestRows = 2
  private static let fewestColumns = 24

  private mutating func showAll(_ choice: Choice) {
    if choice.hasLesson { return showAllBesideLesson(choice) }
    let explanation = min(7, max(4, (body.height - 2) / 6))
    let terminals = min(12, max(3, body.height / 8))
    let descriptors = min(14, max(5, body.height / 5))
    let third = body.maxY - 2 - explanation
    let second = third - 1 - terminals
    let rows = stack(
      body,
      [
        (.descriptors, second - 1 - descriptors), (.terminals, second), (.explanation, third),
      ], firstRows: 2 * Self.fewestRows + 1, choice.splits)
    let column = column(above: rows[3].y, choice.splits)
    showHappening(in: rows[0], at: column, choice)
    boxes += split(rows[1], at: column, among: choice.sides.map(Pane.descriptors))
    boxes += split(rows[2], at: column, among: choice.sides.map(Pane.terminal))
    boxes.append(Box(pane: .explanation, frame: rows[3]))
  }

  /// The lesson takes the place of the terminals, and shares it with what is focused of those
  /// that it leaves no room for.
  private mutating func showAllBesideLesson(_ choice: Choice) {
    let lesson = max(9, body.height * 2 / 5)
    let descriptors = min(12, max(5, body.height / 5))
    let last = body.maxY - 2 - lesson
    let rows = stack(
      body, [(.descriptors, last - 1 - descriptors), (.lesson, last)],
      firstRows: 2 * Self.fewestRows + 1, choice.splits)
    let column = column(above: rows[2].y, choice.splits)
    showHappening(in: rows[0], at: column, choice)
    boxes += split(rows[1], at: column, among: choice.sides.map(Pane.descriptors))
    if boxes.contains(where: { $0.pane == choice.focus }) || choice.focus == .lesson {
      boxes.append(Box(pane: .lesson, frame: rows[2]))
    } else {
      boxes += split(rows[2], at: column, among: [.lesson, choice.focus])
    }
  }

  private mutating func column(above row: Int, _ splits: Splits) -> Int {
    let column = columnBorder(splits)
    lines.append(
      Line(border: .column, cells: Rect(x: column, y: body.y, width: 1, height: row - body.y)))
    return column
  }

  /// The timeline, and beside it the message with its bytes.
  private mutating func showHappening(in area: Rect, at column: Int, _ choice: Choice) {
    let columns = halves(area, at: column)
    let bytes = max(3, (area.height - 3) * 2 / 5)
    let message = stack(
      columns[1], [(.bytes, columns[1].maxY - 2 - bytes)], firstRows: Self.fewestRows,
      choice.splits)
    boxes = [
      Box(pane: .timeline, frame: columns[0]), Box(pane: .message, frame: message[0]),
      Box(pane: .bytes, frame: message[1]),
    ]
  }

  /// A terminal with what its programs do below it, and what that means where there is room.
  private mutating func showDriven(_ side: Side, _ choice: Choice) {
    let timeline = min(10, max(3, body.height / 4))
    let (top, _) = body.split(bottom: timeline + 1)
    let (_, bottom) = body.split(bottom: timeline + 2)
    boxes = [Box(pane: .terminal(side), frame: top)]
    guard body.width >= Self.complete.width else {
      boxes.append(Box(pane: .timeline, frame: bottom))
      return
    }
    let columns = halves(bottom, at: columnBorder(choice.splits))
    boxes.append(Box(pane: .timeline, frame: columns[0]))
    boxes.append(Box(pane: .explanation, frame: columns[1]))
  }

  private mutating func showSome(_ choice: Choice) {
    let explanation =
      choice.hasLesson ? max(5, body.height / 2) : max(3, min(6, body.height / 4))
    let rest = body.height - 3 - explanation
    let last = body.maxY - 2 - explanation
    let pane = choice.focus == choice.lowest ? choice.companion : choice.focus
    guard rest >= 12, !choice.hasLesson else {
      let rows = stack(
        body, [(.smallExplanation, last)], firstRows: Self.fewestRows, choice.splits)
      boxes = [Box(pane: pane, frame: rows[0]), Box(pane: choice.lowest, frame: rows[1])]
      return
    }
    let companion = (rest - 1) * 11 / 20
    let rows = stack(
      body, [(.smallCompanion, last - 1 - companion), (.smallExplanation, last)],
      firstRows: Self.fewestRows, choice.splits)
    boxes = [Box(pane: .timeline, frame: rows[0])]
    if case .terminal = choice.companion, choice.pairsTerminals {
      let column = columnBorder(choice.splits)
      boxes += split(rows[1], at: column, among: choice.sides.map(Pane.terminal))
    } else {
      boxes.append(Box(pane: choice.companion, frame: rows[1]))
    }
    boxes.append(Box(pane: .explanation, frame: rows[2]))
  }

  /// Boxes one below the other, with these lines between them where there is room for that; every
  /// box keeps the fewest rows, the first one `firstRows`.
  private mutating func stack(
    _ area: Rect, _ borders: [(Splits.Border, usual: Int)], firstRows: Int, _ splits: Splits
  ) -> [Rect] {
    var edges = [area.y]
    for (index, (border, usual)) in borders.enumerated() {
      let fewest = index == 0 ? firstRows : Self.fewestRows
      let highest = area.maxY - 1 - (borders.count - index) * (Self.fewestRows + 1)
      let wanted = splits.place(border, in: body, usual: usual)
      let edge = max(edges[index] + fewest + 1, min(highest, wanted))
      edges.append(edge)
      lines.append(
        Line(border: border, cells: Rect(x: area.x, y: edge, width: area.width, height: 1)))
    }
    edges.append(area.maxY - 1)
    return zip(edges, edges.dropFirst()).map { top, bottom in
      Rect(x: area.x, y: top, width: area.width, height: bottom - top + 1)
    }
  }

  /// The left half is a little narrower: trees need more columns than lanes do.
  private func columnBorder(_ splits: Splits) -> Int {
    let usual = body.x + max(min(body.width / 2, 50), body.width * 12 / 25) - 1
    let wanted = splits.place(.column, in: body, usual: usual)
    return max(body.x + Self.fewestColumns, min(body.maxX - 1 - Self.fewestColumns, wanted))
  }

  private func halves(_ area: Rect, at column: Int) -> [Rect] {
    [
      Rect(x: area.x, y: area.y, width: column - area.x + 1, height: area.height),
      Rect(x: column, y: area.y, width: area.maxX - column, height: area.height),
    ]
  }

  private func split(_ area: Rect, at column: Int, among panes: [Pane]) -> [Box] {
    guard panes.count == 2 else { return panes.map { Box(pane: $0, frame: area) } }
    return zip(panes, halves(area, at: column)).map { Box(pane: $0, frame: $1) }
  }
}
