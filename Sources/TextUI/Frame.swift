/// A screenful of cells, to be filled by views and then drawn at once.
public struct Frame: Sendable, Equatable {
  /// Columns and rows.
  public let size: Size
  /// Where the terminal's cursor stands; nil hides it.
  public var cursor: Point?
  /// How the cursor looks, where the terminal can draw it so.
  public var cursorShape = CursorShape.standard
  /// Row by row, `size.width` cells each.
  private var cells: [Cell]

  /// A blank frame.
  public init(size: Size) {
    self.size = size
    cells = Array(repeating: .blank, count: size.width * size.height)
  }

  /// All of the frame.
  public var bounds: Rect { Rect(size) }

  /// The cell at column `x` of row `y`.
  ///
  /// Outside of the frame reading yields a blank and writing does nothing. Writing a wide
  /// character also writes the cell to its right; in the last column it becomes a blank.
  public subscript(x: Int, y: Int) -> Cell {
    get {
      isInside(x, y) ? cells[y * size.width + x] : .blank
    }
    set {
      guard isInside(x, y) else { return }
      put(newValue, x, y, limit: size.width)
    }
  }

  private func isInside(_ x: Int, _ y: Int) -> Bool {
    x >= 0 && y >= 0 && x < size.width && y < size.height
  }

  /// Stores one cell, blanking wide characters of which only a half would be left.
  private mutating func put(_ cell: Cell, _ x: Int, _ y: Int, limit: Int) {
    let index = y * size.width + x
    if cells[index].width == 0, x > 0 {
      cells[index - 1] = Cell(scalar: " ", style: cells[index - 1].style)
    }
    let last = cell.width == 2 && x + 1 < limit ? index + 1 : index
    if cells[last].width == 2, x + 1 + (last - index) < size.width {
      cells[last + 1] = Cell(scalar: " ", style: cells[last + 1].style)
    }
    if cell.width == 1 {
      cells[index] = cell
    } else if last > index {
      cells[index] = cell
      cells[last] = .rightHalf(style: cell.style)
    } else {
      cells[index] = Cell(scalar: " ", style: cell.style)
    }
  }

  /// Writes `text` in row `y` from column `x` to the right.
  ///
  /// Only cells within the frame and within `clip` change. A wide character that would be cut
  /// becomes a blank. Control characters and other text that must not reach a terminal are shown
  /// by visible stand-ins, and combining marks join the character before them.
  ///
  /// - Returns: the columns from `x` to where the next text would go, at most to the clip's edge;
  ///   columns that were clipped at the left count.
  @discardableResult
  public mutating func write(
    _ text: String, x: Int, y: Int, style: Style = .plain, within clip: Rect? = nil
  ) -> Int {
    let area = bounds.intersection(clip ?? bounds)
    guard y >= area.minY, y < area.maxY, x < area.maxX else { return 0 }
    var column = x
    var last: Int?
    for scalar in text.unicodeScalars {
      let shown = standIn(for: scalar) ?? scalar
      if let last, DisplayWidth.of(shown) == 0 {
        if last >= area.minX { cells[y * size.width + last].append(mark: shown) }
        continue
      }
      guard column < area.maxX else { break }
      let cell = Cell(scalar: shown, style: style)
      place(cell, column, y, area)
      last = column
      column += Int(cell.width)
    }
    return min(column, area.maxX) - x
  }

  /// Writes cells, such as a row of another terminal, as ``write(_:x:y:style:within:)`` does text.
  public mutating func write(
    _ row: some Sequence<Cell>, x: Int, y: Int, within clip: Rect? = nil
  ) {
    let area = bounds.intersection(clip ?? bounds)
    guard y >= area.minY, y < area.maxY else { return }
    var column = x
    for cell in row where cell.width > 0 {
      guard column < area.maxX else { break }
      place(cell, column, y, area)
      column += Int(cell.width)
    }
  }

  private mutating func place(_ cell: Cell, _ column: Int, _ y: Int, _ area: Rect) {
    if column >= area.minX {
      put(cell, column, y, limit: area.maxX)
    } else if cell.width == 2, column + 1 == area.minX {
      put(Cell(scalar: " ", style: cell.style), area.minX, y, limit: area.maxX)
    }
  }

  /// Puts `character` into every cell of `rect`.
  public mutating func fill(_ rect: Rect, _ character: Character = " ", style: Style = .plain) {
    let area = bounds.intersection(rect)
    let cell = Cell(character, style: style)
    for y in area.minY..<max(area.minY, area.maxY) {
      for x in stride(from: area.minX, to: area.maxX, by: Int(cell.width)) {
        put(cell, x, y, limit: area.maxX)
      }
    }
  }

  /// Changes the style of every cell of `rect` and keeps its text, to highlight or to dim.
  public mutating func restyle(_ rect: Rect, _ transform: (inout Style) -> Void) {
    let area = bounds.intersection(rect)
    for y in area.minY..<max(area.minY, area.maxY) {
      for x in area.minX..<max(area.minX, area.maxX) {
        transform(&cells[y * size.width + x].style)
      }
    }
  }

  /// The text of row `y` without the blanks at its end.
  public func row(_ y: Int) -> String { row(y, inASCII: false) }

  private func row(_ y: Int, inASCII: Bool) -> String {
    guard y >= 0, y < size.height else { return "" }
    var text = String.UnicodeScalarView()
    for cell in cells[y * size.width..<(y + 1) * size.width] {
      if inASCII {
        // Marks are dropped, and a wide character keeps its columns.
        for _ in 0..<cell.width { text.append(asciiStandIn(for: cell.base)) }
      } else {
        cell.appendText(to: &text)
      }
    }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// All rows without the blanks at their ends, joined by line feeds.
  ///
  /// - Parameter inASCII: Whether other characters are replaced by their ASCII stand-ins.
  /// - Returns: The text, without a line feed at its end.
  public func plainText(inASCII: Bool = false) -> String {
    (0..<size.height).map { row($0, inASCII: inASCII) }.joined(separator: "\n")
  }
}
