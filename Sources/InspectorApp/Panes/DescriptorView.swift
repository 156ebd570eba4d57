import TextUI
import TraceModel

/// Draws a descriptor table: the numbers and targets in one column, what else is known in a
/// second, and what is special at the right edge.
struct DescriptorView {
  var lines: [DescriptorLine]
  /// The index of the chosen line.
  var chosen: Int?
  var look: Look
  /// What an empty table says.
  var emptySentence: String

  func draw(from first: Int, in area: Rect, _ frame: inout Frame) {
    guard !lines.isEmpty else {
      for (row, line) in wrapped(emptySentence, width: area.width - 2).enumerated() {
        frame.write(line, x: area.x + 1, y: area.y + row, style: look[.dim], within: area)
      }
      return
    }
    let visible = lines.dropFirst(first).prefix(area.height)
    let fits = fits(visible, width: area.width)
    let column = detailColumn(of: fits, width: area.width)
    for (offset, line) in visible.enumerated() {
      switch line {
      case .row:
        if let fit = fits[offset] {
          draw(fit, in: area.row(offset), detailColumn: column, &frame)
        }
      case .origin(let text): write(text, indent: 5, look[.same], area, offset, &frame)
      case .detail(let text): write(text, indent: 5, .plain, area, offset, &frame)
      case .link(let text, _, let isPast):
        write(text, indent: 7, isPast ? look[.same] : look[.dim], area, offset, &frame)
      }
      guard first + offset == chosen else { continue }
      frame.restyle(area.row(offset)) { $0.attributes.formUnion(.reverse) }
    }
  }

  private func write(
    _ text: String, indent: Int, _ style: Style, _ area: Rect, _ row: Int, _ frame: inout Frame
  ) {
    let text = shortened(text, to: area.width - indent - 1, ellipsis: look.glyphs.ellipsis)
    frame.write(text, x: area.x + indent, y: area.y + row, style: style, within: area)
  }

  private var numberWidth: Int { String(lines.reduce(0) { max($0, $1.fd ?? 0) }).count }

  private func fits(_ lines: ArraySlice<DescriptorLine>, width: Int) -> [DescriptorRowFit?] {
    let digits = numberWidth
    return lines.map { line in
      guard case .row(let row) = line else { return nil }
      return DescriptorRowFit(row, numberWidth: digits, width: width, look: look)
    }
  }

  /// The column behind the longest target that leaves room for the rest of its row.
  private func detailColumn(of fits: [DescriptorRowFit?], width: Int) -> Int {
    let widths = fits.compactMap { $0?.isAligned == true ? $0?.headWidth : nil }
      .filter { $0 <= width / 2 }
    return (widths.max() ?? 0) + DescriptorRowFit.wideGap
  }

  private func draw(
    _ row: DescriptorRowFit, in area: Rect, detailColumn: Int, _ frame: inout Frame
  ) {
    frame.write(
      row.head, x: area.x, y: area.y, style: row.isGone ? look[.gone] : .plain, within: area)
    // One space before what stands at the right edge is enough.
    let latest = area.width - row.tailWidth + 1 - row.detailsWidth
    var x = max(row.headWidth, min(latest, max(detailColumn - row.gap, row.headWidth)))
    for detail in row.details {
      x += row.gap
      x += frame.write(detail, x: area.x + x, y: area.y, style: look[.dim], within: area)
    }
    var right = area.maxX - row.tailWidth
    for part in row.tail {
      right += DescriptorRowFit.wideGap
      right += frame.write(part.text, x: right, y: area.y, style: look[part.role], within: area)
    }
  }
}
