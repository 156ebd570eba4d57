public import TextUI

/// What a process's terminal shows, as cells.
public struct TerminalPicture: Sendable, Hashable {
  /// The process it was given to.
  public var pid: Int32
  /// What the program calls its window; may be empty.
  public var title: String
  /// The lines that scrolled away at the top, oldest first; each may be shorter than the rows.
  public var scrolledAway: [[Cell]]
  /// The cells, row by row from the top.
  public let rows: [[Cell]]
  /// Where its cursor stands in ``rows``; nil when hidden.
  public var cursor: Point?
  /// How its cursor looks.
  public var cursorShape: CursorShape
  /// Whether the program makes use of the mouse.
  public var takesMouse: Bool
  /// How many of ``rows`` there are down to the last one that shows anything.
  let usedRows: Int

  /// Makes a picture.
  public init(
    pid: Int32, title: String = "", scrolledAway: [[Cell]] = [], rows: [[Cell]],
    cursor: Point? = nil, cursorShape: CursorShape = .standard, takesMouse: Bool = false
  ) {
    self.pid = pid
    self.title = title
    self.scrolledAway = scrolledAway
    self.rows = rows
    self.cursor = cursor
    self.cursorShape = cursorShape
    self.takesMouse = takesMouse
    usedRows = (rows.lastIndex { row in row.contains { $0 != .blank } } ?? -1) + 1
  }

  /// The row with this number, those that scrolled away counted; empty below the last one.
  func row(_ index: Int) -> [Cell] {
    if index < scrolledAway.count { return scrolledAway[index] }
    let index = index - scrolledAway.count
    return index < rows.count ? rows[index] : []
  }
}

/// What the user does to a program's terminal.
public enum TerminalInput: Sendable, Hashable {
  /// A key.
  case key(Key)
  /// Pasted text.
  case paste(String)
  /// A use of the mouse, at a cell of the terminal's own.
  case mouse(MouseEvent)
}
