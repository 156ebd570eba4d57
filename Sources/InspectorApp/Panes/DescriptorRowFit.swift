import TextUI
import TraceModel

/// A row of a descriptor table made to fit a width. What can be seen elsewhere gives way first;
/// what tells two rows apart, or one row from what it was, gives way last.
struct DescriptorRowFit {
  private(set) var details: [String]
  private(set) var tail: [(text: String, role: Role)] = []
  /// The columns between the details.
  private(set) var gap = Self.wideGap
  let isAligned: Bool
  var isGone: Bool { row.mark == .gone }

  private let row: DescriptorRow
  private let numberWidth: Int
  private let look: Look
  private var target: String
  private var same: String?

  static let wideGap = 2
  /// A target is not cut to less than this.
  private static let shortestTarget = 5

  /// What is given up, one after the other, until a row fits.
  private enum Loss: CaseIterable {
    case wordsOfSame
    case restOfTarget
    case usualAccess
    case spaces
    case prefixes
    /// The partner's table stands beside this one, with the name above it.
    case nameOfSame
    case numbersOfSame
    case same
  }

  init(_ row: DescriptorRow, numberWidth: Int, width: Int, look: Look) {
    self.row = row
    self.numberWidth = numberWidth
    self.look = look
    target = row.target
    details = row.details
    isAligned = row.isAligned
    same = row.same(look.glyphs)
    tail = makeTail()
    for loss in Loss.allCases where missing(width) > 0 { giveUp(loss) }
    cutTarget(to: width)
    while missing(width) > 0, !details.isEmpty { details.removeLast() }
    cutTarget(to: width, shortest: 0)
  }

  var head: String {
    let number = String(row.fd)
    let padding = String(repeating: " ", count: max(0, numberWidth - number.count))
    return " \(padding)\(number) \(look.glyphs.becomes) \(target)"
  }

  var headWidth: Int { DisplayWidth.of(head) }
  var detailsWidth: Int { details.reduce(0) { $0 + gap + DisplayWidth.of($1) } }
  /// With the column that stays free at the right edge.
  var tailWidth: Int { tail.reduce(1) { $0 + Self.wideGap + DisplayWidth.of($1.text) } }

  /// How many columns the row is too wide.
  private func missing(_ width: Int) -> Int {
    // Of the two columns before the tail one may be taken, but not by the target alone.
    headWidth + detailsWidth + tailWidth - width - (details.isEmpty || tail.isEmpty ? 0 : 1)
  }

  private mutating func giveUp(_ loss: Loss) {
    switch loss {
    case .wordsOfSame: same = row.sameAs.map { "\(look.glyphs.same) \($0.name) \($0.numbers)" }
    case .restOfTarget: target = row.shortTarget
    case .usualAccess: details.removeAll { $0 == "O_RDWR" }
    case .spaces: gap = 1
    case .prefixes: details = details.map { $0.hasPrefix("O_") ? String($0.dropFirst(2)) : $0 }
    case .nameOfSame: same = row.sameAs.map { "\(look.glyphs.same) \($0.numbers)" }
    case .numbersOfSame: same = row.sameAs.map { _ in look.glyphs.same }
    case .same: same = nil
    }
    tail = makeTail()
  }

  private mutating func cutTarget(to width: Int, shortest: Int = shortestTarget) {
    guard missing(width) > 0 else { return }
    let mark = look.glyphs.ellipsis + "/"
    if target.hasPrefix(mark) { target.removeFirst(mark.count) }
    let room = max(shortest, DisplayWidth.of(target) - max(0, missing(width)))
    // A file is known by the end of its name, a connection by whom it leads to.
    target =
      isAligned
      ? fitted(target, to: room, ellipsis: look.glyphs.ellipsis)
      : shortened(target, to: room, ellipsis: look.glyphs.ellipsis)
  }

  private func makeTail() -> [(text: String, role: Role)] {
    var parts: [(text: String, role: Role)] = []
    if let queued = row.queued { parts.append((queued, .kernel)) }
    if let same { parts.append((same, .same)) }
    switch row.mark {
    case .new: parts.append(("NEW", .new))
    case .changed: parts.append(("changed", .changed))
    case .gone: parts.append((row.isClosedByExec ? "gone (exec)" : "gone", .gone))
    case nil: break
    }
    return parts
  }
}
