import TextUI

/// Where the parts of a message's bytes stand: side by side where there is room, else one below
/// the other.
struct BytesLayout: Sendable, Hashable {
  /// How many parts stand beside each other.
  var columns: Int
  var bytesPerRow: Int

  /// The most that `parts` parts need not more than `width` columns for. Parts beside each other
  /// come before longer rows.
  init(width: Int, parts: Int) {
    let narrow = BytesView.width(bytesPerRow: 8)
    columns = max(1, min(parts, (width + 1) / (narrow + 1)))
    bytesPerRow = width / columns >= BytesView.width(bytesPerRow: 16) ? 16 : 8
  }

  /// A part of a line: one row of bytes, a heading, or the names below a row.
  struct Segment: Sendable, Hashable {
    var row: ByteRow
    var isMarks: Bool
    /// Its column among ``columns``.
    var column: Int
  }

  /// The lines of the pane.
  func lines(_ parts: [[ByteRow]], showsMarks: Bool) -> [[Segment]] {
    let columns = parts.map { rows in
      rows.flatMap { row in
        let segment = Segment(row: row, isMarks: false, column: 0)
        guard showsMarks, !row.marks.isEmpty else { return [segment] }
        return [segment, Segment(row: row, isMarks: true, column: 0)]
      }
    }
    return stride(from: 0, to: columns.count, by: self.columns).flatMap { start in
      beside(columns[start..<min(start + self.columns, columns.count)])
    }
  }

  private func beside(_ columns: ArraySlice<[Segment]>) -> [[Segment]] {
    let height = columns.reduce(0) { max($0, $1.count) }
    return (0..<height).map { line in
      columns.enumerated().compactMap { place, segments in
        guard segments.indices.contains(line) else { return nil }
        var segment = segments[line]
        segment.column = place
        return segment
      }
    }
  }
}
