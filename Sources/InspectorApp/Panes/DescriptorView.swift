import TextUI
import TraceModel

/// Draws a descriptor table: the numbers and targets in one column, what else is known in a
/// second, and what is special at the right edge. What does not fit is left out from the least
/// important on.
struct DescriptorView {
  var lines: [DescriptorLine]
  /// The index of the chosen line.
  var chosen: Int?
  var look: Look
  /// What an empty table says.
  var emptySentence: String

  func draw(from first: Int, in area: Rect, _ frame: inout Frame) {
    guard !lines.isEmpty else {
      frame.write(emptySentence, x: area.x + 1, y: area.y, style: look[.dim], within: area)
      return
    }
    let visible = lines.dropFirst(first).prefix(area.height)
    let column = detailColumn(of: visible, width: area.width)
    for (offset, line) in visible.enumerated() {
      switch line {
      case .row(let row):
        draw(row, in: area.row(offset), detailColumn: column, &frame)
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

  private func head(_ row: DescriptorRow, isShort: Bool = false) -> String {
    let number = String(row.fd)
    let padding = String(repeating: " ", count: max(0, numberWidth - number.count))
    return " \(padding)\(number) \(look.glyphs.becomes) "
      + (isShort ? row.shortTarget : row.target)
  }

  /// The column behind the longest target that leaves room for the rest of its row.
  private func detailColumn(of lines: ArraySlice<DescriptorLine>, width: Int) -> Int {
    let rows = lines.compactMap { if case .row(let row) = $0 { row } else { nil } }
    let widths = rows.filter { $0.isAligned }.map { DisplayWidth.of(head($0)) }
      .filter { $0 <= width / 2 }
    return (widths.max() ?? 0) + 2
  }

  private func draw(
    _ row: DescriptorRow, in area: Rect, detailColumn: Int, _ frame: inout Frame
  ) {
    let tail = tailParts(row)
    let tailWidth = tail.reduce(1) { $0 + DisplayWidth.of($1.text) + 2 }
    let room = area.width - tailWidth
    let isGone = row.mark == .gone
    // Where something is found in the file system matters less than what state it is in.
    let details = row.details.reduce(0) { $0 + DisplayWidth.of($1) + 2 }
    let head = head(row, isShort: DisplayWidth.of(head(row)) + details > room)
    let headWidth = min(room, DisplayWidth.of(head))
    frame.write(
      fitted(head, to: room, ellipsis: look.glyphs.ellipsis), x: area.x, y: area.y,
      style: isGone ? look[.gone] : .plain, within: area)
    var x = max(detailColumn, headWidth + 2)
    for detail in row.details {
      // One space before what stands at the right edge is enough.
      guard x + DisplayWidth.of(detail) <= room + 1 else { break }
      x += frame.write(detail, x: area.x + x, y: area.y, style: look[.dim], within: area) + 2
    }
    var right = area.maxX - tailWidth
    for part in tail {
      right += 2
      right += frame.write(part.text, x: right, y: area.y, style: look[part.role], within: area)
    }
  }

  private func tailParts(_ row: DescriptorRow) -> [(text: String, role: Role)] {
    var parts: [(text: String, role: Role)] = []
    if let queued = row.queued { parts.append((queued, .kernel)) }
    if let same = row.same { parts.append((same, .same)) }
    switch row.mark {
    case .new: parts.append(("NEW", .new))
    case .changed: parts.append(("changed", .changed))
    case .gone: parts.append(("gone", .gone))
    case nil: break
    }
    return parts
  }
}
