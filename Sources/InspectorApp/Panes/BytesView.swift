import TextUI
import TraceModel

/// The message's bytes: offset, hexadecimal digits, text, and below the digits the fields' names.
struct BytesView {
  /// The control buffers and the data, in the order in which they are read.
  let parts: [[ByteRow]]
  let layout: BytesLayout
  let look: Look
  let unicode: Bool
  /// Whether there is room for the names.
  let showsMarks: Bool
  /// The bytes of the chosen field.
  let span: ByteSpan?
  /// The chosen byte.
  let byte: MessageSelection.Byte?
  let isFocused: Bool

  static let heightForMarks = 8
  /// The fewest columns for the names beside a row.
  private static let shortestLegend = 8
  private static let offsetWidth = 6

  /// The columns that so many bytes in a row take.
  static func width(bytesPerRow count: Int) -> Int { offsetWidth + 3 * count + 1 + count + 1 }

  private var lines: [[BytesLayout.Segment]] { layout.lines(parts, showsMarks: showsMarks) }

  var lineCount: Int { lines.count }

  /// The lines that should be in sight: those of the chosen byte, else of the chosen field.
  func lines(selected: MessageSelection.Byte?) -> ClosedRange<Int> {
    let lines = lines
    func index(_ isWanted: (ByteRow) -> Bool) -> Int? {
      lines.firstIndex { $0.contains { isWanted($0.row) } }
    }
    let index =
      selected.flatMap { byte in index { $0.holds(byte) } }
      ?? index { row in row.cells.indices.contains { isInSpan(row, $0) } } ?? 0
    let hasMarks = lines.indices.contains(index + 1) && lines[index + 1].contains(where: \.isMarks)
    // A heading right above comes into sight too.
    return max(0, index - (index == 1 ? 1 : 0))...(hasMarks ? index + 1 : index)
  }

  private func isInSpan(_ row: ByteRow, _ column: Int) -> Bool {
    switch (span, row.part) {
    case (.control(let range), .control), (.data(let range), .data):
      range.contains(row.offset + column)
    default: false
    }
  }

  func draw(from top: Int, in area: Rect, _ frame: inout Frame) {
    let width = area.width / layout.columns
    for (offset, line) in lines.dropFirst(top).prefix(area.height).enumerated() {
      for segment in line {
        let isLast = segment.column == layout.columns - 1
        let rect = Rect(
          x: area.x + segment.column * width, y: area.y + offset,
          width: isLast ? area.width - segment.column * width : width, height: 1)
        draw(segment, in: rect, &frame)
      }
    }
  }

  private func draw(_ segment: BytesLayout.Segment, in rect: Rect, _ frame: inout Frame) {
    let row = segment.row
    if row.heading != nil {
      drawHeading(row, in: rect, &frame)
    } else if segment.isMarks {
      frame.write(
        row.marks, x: rect.x + 1 + Self.offsetWidth, y: rect.y, style: look[.dim], within: rect)
    } else {
      draw(row, in: rect, &frame)
    }
  }

  /// The heading, and as a bar how much of what was offered is in use.
  private func drawHeading(_ row: ByteRow, in rect: Rect, _ frame: inout Frame) {
    let heading = shortened(
      row.heading ?? "", to: rect.width - 2, ellipsis: look.glyphs.ellipsis)
    let x =
      rect.x + 3
      + frame.write(heading, x: rect.x + 1, y: rect.y, style: look[.title], within: rect)
    let width = min(16, rect.maxX - 1 - x)
    guard let gauge = row.gauge, gauge.offered > 0, width >= 4 else { return }
    var full = gauge.used * width / gauge.offered
    if gauge.used > 0 { full = max(1, full) }
    full = min(gauge.used < gauge.offered ? width - 1 : width, max(0, full))
    let bar =
      String(repeating: look.glyphs.full, count: full)
      + String(repeating: look.glyphs.free, count: width - full)
    frame.write(bar, x: x, y: rect.y, style: look[.kernel], within: rect)
  }

  private func draw(_ row: ByteRow, in line: Rect, _ frame: inout Frame) {
    frame.write(
      Self.hexOffset(row.offset), x: line.x + 1, y: line.y, style: look[.dim], within: line)
    let digits = line.x + 1 + Self.offsetWidth
    let width = parts.joined().reduce(0) { max($0, $1.cells.count) }
    let text = digits + 3 * width + 1
    let end = text + width + 2
    // Between parts side by side the fields' names have only the room of the text, which says
    // nothing of a control buffer.
    let hasText =
      showsMarks || row.part != .control || layout.columns == 1
      || line.maxX - 1 - end >= Self.shortestLegend
    for (column, cell) in row.cells.enumerated() {
      let style = style(of: cell, row, column)
      let x = digits + 3 * column
      frame.write(cell.hex, x: x, y: line.y, style: style, within: line)
      // The field's highlight goes through the gaps between its bytes.
      if column + 1 < row.cells.count, isInSpan(row, column), isInSpan(row, column + 1), isFocused {
        frame.write(" ", x: x + 2, y: line.y, style: highlighted(.plain), within: line)
      }
      guard hasText else { continue }
      frame.write(
        String(cell.character(unicode: unicode)), x: text + column, y: line.y, style: style,
        within: line)
    }
    drawLegend(row, x: hasText ? end : text, in: line, &frame)
  }

  /// The fields' names beside the row, where there is no line for them below it.
  private func drawLegend(_ row: ByteRow, x: Int, in line: Rect, _ frame: inout Frame) {
    let room = line.maxX - 1 - x
    guard !showsMarks, room >= Self.shortestLegend else { return }
    let text = shortened(row.legend, to: room, ellipsis: look.glyphs.ellipsis)
    frame.write(text, x: x, y: line.y, style: look[.dim], within: line)
  }

  private func style(of cell: ByteCell, _ row: ByteRow, _ column: Int) -> Style {
    var style = look[field: cell.role]
    if cell.isChanged { style = look[.changed].adding([.bold, .underline]) }
    if let byte, byte.part == row.part, byte.offset == row.offset + column {
      return style.adding([.reverse, .bold])
    }
    return isInSpan(row, column) ? highlighted(style) : style
  }

  /// Where a byte is chosen, its field is only underlined around it.
  private func highlighted(_ style: Style) -> Style {
    if byte != nil { return style.adding([.underline, .bold]) }
    return style.adding(isFocused ? .reverse : .bold)
  }

  static func hexOffset(_ offset: Int) -> String {
    let digits = String(offset, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

extension Inspector {
  func drawBytes(in area: Rect, _ frame: inout Frame) {
    guard !scene.lines.byteRows.isEmpty else {
      frame.write("No bytes yet.", x: area.x + 1, y: area.y, style: look[.dim], within: area)
      return
    }
    bytesView(height: area.height).draw(from: selection.bytesTop, in: area, &frame)
  }
}
