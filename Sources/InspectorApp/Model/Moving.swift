import TextUI

/// A movement within a pane.
enum Movement: Sendable, Hashable {
  case up
  case down
  case left
  case right
  case pageUp
  case pageDown
  case top
  case bottom

  /// What a command moves by; nil when it is for something else.
  init?(_ command: Command) {
    switch command {
    case .up: self = .up
    case .down: self = .down
    case .left: self = .left
    case .right: self = .right
    case .pageUp: self = .pageUp
    case .pageDown: self = .pageDown
    case .top: self = .top
    case .bottom: self = .bottom
    default: return nil
    }
  }

  /// By how many rows it goes where a page has so many; nil when it is no such movement.
  func rows(page: Int) -> Int? {
    switch self {
    case .up: -1
    case .down: 1
    case .pageUp: -max(1, page - 1)
    case .pageDown: max(1, page - 1)
    case .left, .right, .top, .bottom: nil
    }
  }
}

/// Movement within the focused pane, by key and by mouse.
extension Inspector {
  mutating func move(_ movement: Movement) {
    switch focus {
    case .timeline: moveInTimeline(movement)
    case .message: moveInMessage(movement)
    case .bytes: moveInBytes(movement)
    case .descriptors(let side): moveInDescriptors(side, movement)
    case .terminal, .explanation, .lesson: scroll(focus, movement)
    }
  }

  func pageHeight(of pane: Pane) -> Int {
    let content = layout?.box(of: pane)?.content
    let height = content?.height ?? 10
    guard pane == .lesson else { return height }
    return max(1, height - lessonPrompt(width: content?.width ?? 80).count)
  }

  private func contentWidth(of pane: Pane) -> Int { layout?.box(of: pane)?.content.width ?? 80 }

  private mutating func moveInTimeline(_ movement: Movement) {
    guard let step = cursorStep else { return }
    let shown = shownSteps
    switch movement {
    case .left: back()
    case .right: forward()
    case .up where shown.before(step) == nil: back()
    case .down where moment == .now || shown.after(step) == nil: forward()
    case .top: if shown.count > 0 { go(to: shown[0]) }
    case .bottom where options.live || !shown.isFiltered: moment = .now
    case .bottom: if shown.count > 0 { go(to: shown[shown.count - 1]) }
    default: move(rows: movement.rows(page: pageHeight(of: .timeline) - 1) ?? 0, from: step)
    }
  }

  private mutating func move(rows: Int, from step: Int) {
    let shown = shownSteps
    guard shown.count > 0 else { return }
    // A step that is not shown lies between two rows.
    let isBetween = rows > 0 && !shown.contains(step)
    let row = max(0, shown.row(notBefore: step) + rows - (isBetween ? 1 : 0))
    if row >= shown.count, options.live {
      moment = .now
    } else {
      go(to: shown[min(row, shown.count - 1)])
    }
  }

  private mutating func scroll(_ pane: Pane, _ movement: Movement) {
    let last = max(0, rowCount(of: pane) - pageHeight(of: pane))
    let current = min(last, scrolls[pane] ?? initialScroll(of: pane))
    switch movement {
    case .top: scrolls[pane] = 0
    case .bottom: scrolls[pane] = last
    case .left: back()
    case .right: forward()
    default:
      let rows = movement.rows(page: pageHeight(of: pane)) ?? 0
      scrolls[pane] = min(last, max(0, current + rows))
    }
    // At its end a terminal goes on showing what is printed.
    if case .terminal = pane, scrolls[pane] == last { scrolls[pane] = nil }
  }

  /// The rows a scrolled pane has in all.
  func rowCount(of pane: Pane) -> Int {
    switch pane {
    case .descriptors(let side): descriptorLines(side).count
    case .terminal(let side): terminalRows(side)
    case .explanation: explanationLines(width: contentWidth(of: pane)).count
    case .lesson: lessonText(width: contentWidth(of: pane)).lines.count
    case .message: scene.lines.openNodes.count
    case .bytes: scene.message == nil ? 0 : bytesView(height: pageHeight(of: pane)).lineCount
    case .timeline: 0
    }
  }

  /// Where a pane starts that the user has not scrolled.
  func initialScroll(of pane: Pane) -> Int {
    let height = pageHeight(of: pane)
    switch pane {
    case .terminal(let side): return terminalScroll(side, height: height)
    case .explanation where foundStep == cursorStep:
      // Who asked for what was found need not look for it.
      return explanationLines(width: contentWidth(of: pane)).firstIndex(where: \.isFinding) ?? 0
    case .lesson: return firstLessonLine(width: contentWidth(of: pane), height: height)
    case .timeline, .message, .bytes, .descriptors, .explanation: return 0
    }
  }
}
