public import TextUI

/// What a process's terminal shows, as cells.
public struct TerminalPicture: Sendable, Hashable {
  /// The process it was given to.
  public var pid: Int32
  /// What the program calls its window; may be empty.
  public var title: String
  /// The cells, row by row from the top.
  public var rows: [[Cell]]
  /// Where its cursor stands in ``rows``; nil when hidden.
  public var cursor: Point?

  /// Makes a picture.
  public init(pid: Int32, title: String = "", rows: [[Cell]], cursor: Point? = nil) {
    self.pid = pid
    self.title = title
    self.rows = rows
    self.cursor = cursor
  }
}
