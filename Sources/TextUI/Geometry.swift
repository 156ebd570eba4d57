/// A cell's place: `x` columns from the left, `y` rows from the top, both from zero.
public struct Point: Sendable, Hashable {
  /// The column.
  public var x: Int
  /// The row.
  public var y: Int

  /// A place on the screen or in a rectangle.
  public init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}

/// An extent in columns and rows, never negative.
public struct Size: Sendable, Hashable {
  /// The number of columns.
  public var width: Int
  /// The number of rows.
  public var height: Int

  /// An extent; a negative number counts as zero.
  public init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
  }
}

/// A rectangle of cells. The right and lower bounds are exclusive.
public struct Rect: Sendable, Hashable {
  /// The leftmost column.
  public var x: Int
  /// The topmost row.
  public var y: Int
  /// The number of columns.
  public var width: Int
  /// The number of rows.
  public var height: Int

  /// A rectangle; a negative extent counts as zero.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// The rectangle of `size` in the upper left corner.
  public init(_ size: Size) {
    self.init(x: 0, y: 0, width: size.width, height: size.height)
  }

  /// The leftmost column.
  public var minX: Int { x }
  /// The topmost row.
  public var minY: Int { y }
  /// One past the rightmost column.
  public var maxX: Int { x + width }
  /// One past the lowest row.
  public var maxY: Int { y + height }
  /// The extent.
  public var size: Size { Size(width: width, height: height) }
  /// Whether it holds no cell.
  public var isEmpty: Bool { width <= 0 || height <= 0 }

  /// Whether the cell at `point` is inside.
  public func contains(_ point: Point) -> Bool {
    point.x >= minX && point.x < maxX && point.y >= minY && point.y < maxY
  }

  /// The cells which both rectangles hold.
  public func intersection(_ other: Rect) -> Rect {
    let left = max(minX, other.minX)
    let top = max(minY, other.minY)
    return Rect(
      x: left, y: top,
      width: min(maxX, other.maxX) - left,
      height: min(maxY, other.maxY) - top)
  }

  /// The rectangle without `amount` cells on each of its four sides.
  public func inset(by amount: Int) -> Rect {
    inset(horizontally: amount, vertically: amount)
  }

  /// The rectangle without some columns at both sides and some rows above and below.
  public func inset(horizontally columns: Int, vertically rows: Int) -> Rect {
    Rect(x: x + columns, y: y + rows, width: width - 2 * columns, height: height - 2 * rows)
  }

  /// The upper `rows` rows (fewer when there are not so many), and what is below them.
  public func split(top rows: Int) -> (Rect, Rect) {
    let rows = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: rows),
      Rect(x: x, y: y + rows, width: width, height: height - rows)
    )
  }

  /// What is above the lowest `rows` rows, and those rows.
  public func split(bottom rows: Int) -> (Rect, Rect) {
    split(top: height - min(max(0, rows), height))
  }

  /// The `columns` columns at the left (fewer when there are not so many), and the rest.
  public func split(left columns: Int) -> (Rect, Rect) {
    let columns = min(max(0, columns), width)
    return (
      Rect(x: x, y: y, width: columns, height: height),
      Rect(x: x + columns, y: y, width: width - columns, height: height)
    )
  }

  /// What is left of the last `columns` columns, and those columns.
  public func split(right columns: Int) -> (Rect, Rect) {
    split(left: width - min(max(0, columns), width))
  }

  /// The row `offset` rows below the top as a rectangle; empty when there is no such row.
  public func row(_ offset: Int) -> Rect {
    Rect(x: x, y: y + offset, width: width, height: 1).intersection(self)
  }
}
