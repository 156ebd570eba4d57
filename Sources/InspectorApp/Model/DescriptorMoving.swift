import TextUI
import TraceModel

/// A line of a descriptors pane.
enum DescriptorLine: Sendable, Hashable {
  case row(DescriptorRow)
  /// Where the chosen row's descriptor comes from.
  case origin(String)

  var fd: Int32? { if case .row(let row) = self { row.fd } else { nil } }
}

/// Choosing a descriptor, whose origin is told below its row.
extension Inspector {
  /// The rows of one side; in the focused pane with the origin of the chosen one.
  func descriptorLines(_ side: Side) -> [DescriptorLine] {
    let rows = descriptorRows(side)
    let lines = rows.map { DescriptorLine.row($0) }
    guard let index = chosenRow(side, rows) else { return lines }
    return lines[...index] + originLines(side, rows[index]) + lines[(index + 1)...]
  }

  /// The index of the chosen row; nil in a pane without the focus.
  func chosenRow(_ side: Side, _ rows: [DescriptorRow]) -> Int? {
    guard focus == .descriptors(side), !rows.isEmpty else { return nil }
    let chosen = chosenDescriptors[side].flatMap { fd in rows.firstIndex { $0.fd == fd } }
    return chosen ?? rows.firstIndex { $0.mark == .new } ?? rows.firstIndex { $0.mark != nil } ?? 0
  }

  private func originLines(_ side: Side, _ row: DescriptorRow) -> [DescriptorLine] {
    guard row.mark != .gone, let pid = lanes.pid(side),
      let width = layout?.box(of: .descriptors(side))?.content.width
    else { return [] }
    let words = OriginWords(timeline: history.timeline) { visible(history.label($0)) }
    guard
      let text = words.sentence(
        of: DescriptorHolder(pid: pid, fd: row.fd), at: lastShownEvent)
    else { return [] }
    return wrapped(text, width: width - 6).map { .origin($0) }
  }

  mutating func moveInDescriptors(_ side: Side, _ movement: Movement) {
    let rows = descriptorRows(side)
    guard let index = chosenRow(side, rows) else { return }
    let page = pageHeight(of: .descriptors(side))
    switch movement {
    case .left: back()
    case .right: forward()
    case .top: choose(rows[0], side)
    case .bottom: choose(rows[rows.count - 1], side)
    default:
      let target = index + (movement.rows(page: page) ?? 0)
      choose(rows[min(rows.count - 1, max(0, target))], side)
    }
  }

  mutating func selectDescriptor(_ side: Side, row: Int) {
    let lines = descriptorLines(side)
    let index = row + firstLine(of: .descriptors(side), count: lines.count)
    guard lines.indices.contains(index), let fd = lines[index].fd,
      let row = descriptorRows(side).first(where: { $0.fd == fd })
    else { return }
    choose(row, side)
  }

  /// Chooses a row and scrolls no further than it takes to show it with its origin.
  private mutating func choose(_ row: DescriptorRow, _ side: Side) {
    let pane = Pane.descriptors(side)
    chosenDescriptors[side] = row.fd
    let lines = descriptorLines(side)
    guard let chosen = chosenLines(side, lines) else { return }
    let first = firstLine(of: pane, count: lines.count)
    scrolls[pane] = max(
      0, min(chosen.lowerBound, max(first, chosen.upperBound - pageHeight(of: pane))))
  }

  /// The chosen row and its origin among the lines.
  func chosenLines(_ side: Side, _ lines: [DescriptorLine]) -> Range<Int>? {
    guard let start = chosenRow(side, descriptorRows(side)) else { return nil }
    let end = lines[(start + 1)...].firstIndex { $0.fd != nil } ?? lines.count
    return start..<end
  }

  /// The first line that a scrolled pane shows of so many.
  func firstLine(of pane: Pane, count: Int) -> Int {
    let last = max(0, count - pageHeight(of: pane))
    return min(last, max(0, scrolls[pane] ?? initialScroll(of: pane)))
  }
}
