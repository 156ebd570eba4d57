import TextUI
import TraceModel

/// By what the rows of descriptor tables are sorted.
enum RowOrder: Sendable, Hashable, CaseIterable {
  case number
  case target
  case kind

  var next: RowOrder {
    switch self {
    case .number: .target
    case .target: .kind
    case .kind: .number
    }
  }

  var word: String {
    switch self {
    case .number: "number"
    case .target: "target"
    case .kind: "kind"
    }
  }

  func sorted(_ rows: [DescriptorRow]) -> [DescriptorRow] {
    switch self {
    case .number: rows
    case .target: rows.sorted { ($0.target, $0.fd) < ($1.target, $1.fd) }
    case .kind: rows.sorted { ($0.kind.rawValue, $0.fd) < ($1.kind.rawValue, $1.fd) }
    }
  }
}

/// The rows of both tables as they are shown, worked out once per change.
struct ShownRows: Sendable {
  /// What the rows depend on.
  struct Key: Sendable, Hashable {
    var scene: Snapshot.Key?
    var lanes: Lanes
    var order: RowOrder
    var filters: [Side: String]
    var visible: [Side]
  }

  var key: Key?
  var rows: [Side: [DescriptorRow]] = [:]
  /// The focus for which the chosen row was brought into sight.
  var focus: Pane?
}

/// Sorting descriptors, and showing only some of them.
extension Inspector {
  mutating func settleRows() {
    let visible = Side.allCases.filter { layout?.box(of: .descriptors($0)) != nil }
    let key = ShownRows.Key(
      scene: scene.key, lanes: lanes, order: rowOrder, filters: rowFilters, visible: visible)
    guard scene.rows.key != key else {
      if scene.rows.focus != focus { showNews() }
      return
    }
    for side in Side.allCases where scene.rows.key?.lanes.pid(side) != lanes.pid(side) {
      scrolls[.descriptors(side)] = nil
      chosenDescriptors[side] = nil
    }
    scene.rows = ShownRows(key: key)
    for side in visible {
      let rows = allDescriptorRows(side).filter { row in
        rowFilters[side].map { row.contains($0) } ?? true
      }
      scene.rows.rows[side] = rowOrder.sorted(rows)
    }
    showNews()
  }

  /// Scrolls the tables no further than it takes to show what the step did to them; the one with
  /// the focus, to show the chosen row.
  private mutating func showNews() {
    scene.rows.focus = focus
    for side in Side.allCases {
      guard focus != .descriptors(side) else {
        showChosenLine(side)
        continue
      }
      let rows = descriptorRows(side)
      let height = pageHeight(of: .descriptors(side))
      let news = rows.indices.filter { rows[$0].mark != nil }
      let main = news.filter { rows[$0].mark != .changed }
      // What only changed may stay out of sight where not all can be shown.
      let wanted = Self.span(news).count <= height || main.isEmpty ? news : main
      guard !wanted.isEmpty else { continue }
      let span = Self.span(wanted)
      let first = firstLine(of: .descriptors(side), count: rows.count)
      scrolls[.descriptors(side)] = max(
        0, min(span.lowerBound, max(first, span.upperBound - height)))
    }
  }

  private static func span(_ indices: [Int]) -> Range<Int> {
    (indices.first ?? 0)..<((indices.last ?? -1) + 1)
  }

  /// The rows of one side that are shown, in their order.
  func descriptorRows(_ side: Side) -> [DescriptorRow] { scene.rows.rows[side] ?? [] }

  mutating func sortRows() {
    rowOrder = rowOrder.next
    for side in Side.allCases { scrolls[.descriptors(side)] = nil }
    notice = "Descriptors are sorted by \(rowOrder.word)."
  }

  mutating func startNarrowing() {
    guard case .descriptors(let side) = focus else {
      notice = "Choose a table of descriptors first (Tab), to show only some of them."
      return
    }
    mode = .narrowing(side)
  }

  /// Takes a key while what the rows must contain is being typed.
  mutating func takeNarrowing(_ key: Key, _ side: Side) {
    switch key.code {
    case .escape:
      rowFilters[side] = nil
      mode = .normal
    case .enter: mode = .normal
    case .character("c") where key.modifiers == .control: mode = .normal
    case .backspace:
      let text = rowFilters[side] ?? ""
      rowFilters[side] = text.count > 1 ? String(text.dropLast()) : nil
      if text.isEmpty { mode = .normal }
    case .character(let character) where key.modifiers.isEmpty:
      rowFilters[side, default: ""] += visible(String(character))
    default: break
    }
    scrolls[.descriptors(side)] = nil
  }

  /// What a table's title says besides whose it is.
  func descriptorsTitle(_ side: Side) -> String {
    var title = ""
    if lanes.pinned.contains(side) { title += ", pinned" }
    if rowOrder != .number { title += ", by \(rowOrder.word)" }
    if let text = rowFilters[side] {
      let quote = options.unicode ? ("“", "”") : ("\"", "\"")
      title += ", with \(quote.0)\(text)\(quote.1)"
    }
    return title
  }
}

extension DescriptorRow {
  /// Whether anything that the row shows contains a text, whatever its case.
  fileprivate func contains(_ text: String) -> Bool {
    let wanted = text.lowercased()
    let same = sameAs.map { "same as \($0)" }
    let shown = [String(fd), target] + details + [queued, same, kind.rawValue].compactMap(\.self)
    return shown.contains { $0.lowercased().contains(wanted) }
  }
}
