import TextUI
import TraceModel

/// A line of a descriptors pane.
enum DescriptorLine: Sendable, Hashable {
  case row(DescriptorRow)
  /// Where the chosen row's descriptor comes from.
  case origin(String)
  /// A line of an opened descriptor.
  case detail(String)
  /// A line of an opened descriptor from which Enter goes somewhere, and whether that is not in
  /// the future of what is shown.
  case link(String, CardTarget, isPast: Bool)

  var target: CardTarget? { if case .link(_, let target, _) = self { target } else { nil } }

  var fd: Int32? { if case .row(let row) = self { row.fd } else { nil } }
}

/// Choosing a descriptor, whose origin is told below its row.
extension Inspector {
  /// The rows of one side; in the focused pane with the origin of the chosen one.
  func descriptorLines(_ side: Side) -> [DescriptorLine] {
    let rows = descriptorRows(side)
    let lines = rows.map { DescriptorLine.row($0) }
    guard let index = chosenRow(side, rows) else { return lines }
    return lines[...index] + originLines(side, rows[index]) + openedLines(side, rows[index])
      + lines[(index + 1)...]
  }

  /// What stands below the chosen row when it is opened.
  private func openedLines(_ side: Side, _ row: DescriptorRow) -> [DescriptorLine] {
    guard let card, lanes.pid(side) == card.holder.pid, row.fd == card.holder.fd,
      let width = layout?.box(of: .descriptors(side))?.content.width
    else { return [] }
    return cardLines(card, width: width - 6)
  }

  /// The index of the chosen row; nil in a pane without the focus.
  func chosenRow(_ side: Side, _ rows: [DescriptorRow]) -> Int? {
    guard focus == .descriptors(side), !rows.isEmpty else { return nil }
    let chosen = chosenDescriptors[side].flatMap { fd in rows.firstIndex { $0.fd == fd } }
    let before = descriptorLookedAtBefore.flatMap { holder in
      lanes.pid(side) == holder.pid ? rows.firstIndex { $0.fd == holder.fd } : nil
    }
    return chosen ?? rows.firstIndex { $0.mark == .new } ?? rows.firstIndex { $0.mark != nil }
      ?? before ?? 0
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
      let distance = movement.rows(page: page) ?? 0
      if moveInCard(side, distance) { return }
      choose(rows[min(rows.count - 1, max(0, index + distance))], side)
    }
  }

  /// Moves among the lines of the opened descriptor, as far as there are any that way.
  private mutating func moveInCard(_ side: Side, _ distance: Int) -> Bool {
    guard let card, abs(distance) == 1, lanes.pid(side) == card.holder.pid else { return false }
    let targets = descriptorLines(side).compactMap(\.target)
    let place = (card.cursor ?? -1) + distance
    guard place >= -1, place < targets.count else { return false }
    self.card?.cursor = place >= 0 ? place : nil
    showChosenLine(side)
    return true
  }

  mutating func selectDescriptor(_ side: Side, row: Int) {
    let lines = descriptorLines(side)
    let index = row + firstLine(of: .descriptors(side), count: lines.count)
    guard lines.indices.contains(index) else { return }
    if lines[index].target != nil {
      card?.cursor = lines[..<index].count { $0.target != nil }
      return
    }
    guard let fd = lines[index].fd,
      let row = descriptorRows(side).first(where: { $0.fd == fd })
    else { return }
    choose(row, side)
  }

  /// Chooses a row; another one that was opened closes.
  private mutating func choose(_ row: DescriptorRow, _ side: Side) {
    chosenDescriptors[side] = row.fd
    if card?.holder.fd == row.fd { card?.cursor = nil } else { card = nil }
    showChosenLine(side)
  }

  /// Scrolls no further than it takes to show the chosen row with its origin, or the chosen line
  /// of an opened one.
  mutating func showChosenLine(_ side: Side) {
    let pane = Pane.descriptors(side)
    let lines = descriptorLines(side)
    guard var chosen = chosenLines(side, lines) else { return }
    if let line = chosenLink(lines) { chosen = line..<line + 1 }
    let first = firstLine(of: pane, count: lines.count)
    scrolls[pane] = max(
      0, min(chosen.lowerBound, max(first, chosen.upperBound - pageHeight(of: pane))))
  }

  /// The index of the chosen line of an opened descriptor.
  func chosenLink(_ lines: [DescriptorLine]) -> Int? {
    guard let cursor = card?.cursor else { return nil }
    let links = lines.indices.filter { lines[$0].target != nil }
    return links.indices.contains(cursor) ? links[cursor] : nil
  }

  /// The chosen row and its origin among the lines.
  func chosenLines(_ side: Side, _ lines: [DescriptorLine]) -> Range<Int>? {
    guard let chosen = chosenRow(side, descriptorRows(side)) else { return nil }
    let fd = descriptorRows(side)[chosen].fd
    guard let start = lines.firstIndex(where: { $0.fd == fd }) else { return nil }
    let end = lines[(start + 1)...].firstIndex { $0.fd != nil } ?? lines.count
    return start..<end
  }

  /// The first line that a scrolled pane shows of so many.
  func firstLine(of pane: Pane, count: Int) -> Int {
    let last = max(0, count - pageHeight(of: pane))
    return min(last, max(0, scrolls[pane] ?? initialScroll(of: pane)))
  }
}
