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

  var header: Rect
  /// Names all panes where not all of them are visible.
  var tabs: Rect?
  var boxes: [Box]
  var footer: Rect

  /// What we ask for; below ``smallest`` nothing useful fits.
  static let wanted = Size(width: 80, height: 24)
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
  }

  /// The layout, or nil when the screen is too small for any.
  init?(size: Size, choice: Choice) {
    guard size.width >= Self.smallest.width, size.height >= Self.smallest.height else { return nil }
    let (header, rest) = Rect(size).split(top: 1)
    let (body, footer) = rest.split(bottom: 1)
    self.header = header
    self.footer = footer
    if choice.isZoomed {
      boxes = [Box(pane: choice.focus, frame: body)]
    } else if let side = choice.driven {
      boxes = Self.driving(side, in: body)
    } else if size.width >= Self.complete.width, size.height >= Self.complete.height {
      boxes = Self.everything(in: body, sides: choice.sides)
    } else {
      let (tabs, body) = body.split(top: 1)
      self.tabs = tabs
      boxes = Self.some(in: body, choice: choice)
    }
  }

  func box(of pane: Pane) -> Box? { boxes.first { $0.pane == pane } }

  func box(at point: Point) -> Box? { boxes.first { $0.frame.contains(point) } }

  private static func everything(in body: Rect, sides: [Side]) -> [Box] {
    let explanation = min(7, max(4, (body.height - 2) / 6))
    let terminals = min(12, max(3, body.height / 8))
    let descriptors = min(14, max(5, body.height / 5))
    let top = body.height - 5 - explanation - terminals - descriptors
    let rows = stack(body, contents: [top, descriptors, terminals, explanation])
    let columns = halves(rows[0])
    let message = stack(columns[1], contents: messageRows(of: top))
    var boxes = [Box(pane: .timeline, frame: columns[0])]
    boxes.append(Box(pane: .message, frame: message[0]))
    boxes.append(Box(pane: .bytes, frame: message[1]))
    boxes += split(rows[1], among: sides.map(Pane.descriptors))
    boxes += split(rows[2], among: sides.map(Pane.terminal))
    boxes.append(Box(pane: .explanation, frame: rows[3]))
    return boxes
  }

  /// A terminal with what its programs do below it, and what that means where there is room.
  private static func driving(_ side: Side, in body: Rect) -> [Box] {
    let timeline = min(10, max(3, body.height / 4))
    let rows = stack(body, contents: [body.height - 3 - timeline, timeline])
    let terminal = Box(pane: .terminal(side), frame: rows[0])
    guard body.width >= complete.width else {
      return [terminal, Box(pane: .timeline, frame: rows[1])]
    }
    let columns = halves(rows[1])
    return [
      terminal, Box(pane: .timeline, frame: columns[0]), Box(pane: .explanation, frame: columns[1]),
    ]
  }

  /// How the rows of the message column are shared by the tree and its bytes.
  private static func messageRows(of rows: Int) -> [Int] {
    let bytes = max(3, (rows - 1) * 2 / 5)
    return [rows - 1 - bytes, bytes]
  }

  private static func some(in body: Rect, choice: Choice) -> [Box] {
    let explanation = max(3, min(6, body.height / 4))
    let rest = body.height - 3 - explanation
    let pane = choice.focus == .explanation ? choice.companion : choice.focus
    guard rest >= 12 else {
      let rows = stack(body, contents: [rest, explanation])
      return [Box(pane: pane, frame: rows[0]), Box(pane: .explanation, frame: rows[1])]
    }
    let companion = (rest - 1) * 11 / 20
    let rows = stack(body, contents: [rest - 1 - companion, companion, explanation])
    return [
      Box(pane: .timeline, frame: rows[0]), Box(pane: choice.companion, frame: rows[1]),
      Box(pane: .explanation, frame: rows[2]),
    ]
  }

  /// Boxes of so many content rows each, one below the other.
  private static func stack(_ area: Rect, contents: [Int]) -> [Rect] {
    var y = area.y
    return contents.map { rows in
      defer { y += rows + 1 }
      return Rect(x: area.x, y: y, width: area.width, height: rows + 2)
    }
  }

  /// The left half is a little narrower: trees need more columns than lanes do.
  private static func halves(_ area: Rect) -> [Rect] {
    let left = max(min(area.width / 2, 50), area.width * 12 / 25)
    return [
      Rect(x: area.x, y: area.y, width: left, height: area.height),
      Rect(x: area.x + left - 1, y: area.y, width: area.width - left + 1, height: area.height),
    ]
  }

  private static func split(_ area: Rect, among panes: [Pane]) -> [Box] {
    guard panes.count == 2 else { return panes.map { Box(pane: $0, frame: area) } }
    return zip(panes, halves(area)).map { Box(pane: $0, frame: $1) }
  }
}
