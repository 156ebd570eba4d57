import TextUI

extension TerminalPicture {
  /// The same with every line that is wider than a pane going on in the next one, as it would in a
  /// terminal of that width.
  func folded(to width: Int) -> TerminalPicture {
    guard width > 1, (scrolledAway + rows).contains(where: { Self.length(of: $0) > width }) else {
      return self
    }
    var lines: [[Cell]] = []
    var place = cursor
    for (y, row) in rows.enumerated() {
      let column = cursor?.y == y ? cursor?.x : nil
      let parts = Self.parts(of: row, width: width, atLeast: column.map { $0 + 1 } ?? 0)
      if let column, let index = parts.lastIndex(where: { $0.lowerBound <= column }) {
        place = Point(x: column - parts[index].lowerBound, y: lines.count + index)
      }
      lines += parts.map { Self.cells(of: row, in: $0) }
    }
    let past = scrolledAway.flatMap { row in
      Self.parts(of: row, width: width).map { Self.cells(of: row, in: $0) }
    }
    return TerminalPicture(
      pid: pid, title: title, scrolledAway: past, rows: lines, cursor: place,
      cursorShape: cursorShape, takesMouse: takesMouse)
  }

  /// The columns down to the last one that shows anything.
  private static func length(of row: [Cell]) -> Int {
    (row.lastIndex { $0 != .blank } ?? -1) + 1
  }

  /// The columns of each line that a row becomes; no wide character is cut in two.
  private static func parts(of row: [Cell], width: Int, atLeast: Int = 0) -> [Range<Int>] {
    let length = max(length(of: row), atLeast)
    var parts: [Range<Int>] = []
    var start = 0
    repeat {
      var end = min(start + width, max(length, start))
      if end < length, row.indices.contains(end), row[end].width == 0 { end -= 1 }
      parts.append(start..<end)
      start = end
    } while start < length
    return parts
  }

  private static func cells(of row: [Cell], in part: Range<Int>) -> [Cell] {
    Array(row[part.clamped(to: 0..<row.count)])
  }
}
