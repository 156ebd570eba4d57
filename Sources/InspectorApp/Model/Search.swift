import TextUI
import TraceModel

/// Searching the events' lines, as less does: case counts only when an upper-case letter is typed.
extension Inspector {
  mutating func takeSearch(_ key: Key, _ text: String) {
    switch key.code {
    case .escape: mode = .normal
    case .enter:
      mode = .normal
      if !text.isEmpty { lastSearch = text }
      searchAgain(forward: true)
    case .backspace:
      mode = text.isEmpty ? .normal : .searching(String(text.dropLast()))
    case .character("c") where key.modifiers == .control: mode = .normal
    case .character(let character) where key.modifiers.isEmpty:
      mode = .searching(text + visible(String(character)))
    default: break
    }
  }

  mutating func searchAgain(forward: Bool) {
    guard !lastSearch.isEmpty else {
      notice = "Nothing was searched for yet; / begins."
      return
    }
    guard let step = cursorStep else { return }
    search = SearchUnderWay(start: step, forward: forward, count: history.steps.count)
    searchOn()
  }

  /// Looks through some steps more; once around it ends at the step where the search began.
  mutating func searchOn() {
    guard var search else { return }
    for _ in 0..<SearchUnderWay.portion {
      guard let candidate = search.next() else {
        notice = "“\(lastSearch)” is in no event."
        self.search = nil
        return
      }
      guard matches(step: candidate) else { continue }
      if candidate == search.start {
        notice = "“\(lastSearch)” is nowhere else."
      } else if (candidate < search.start) == search.forward {
        notice = "The search went past the \(search.forward ? "end" : "beginning") and around."
      } else {
        notice = nil
      }
      self.search = nil
      go(to: candidate)
      return
    }
    notice = "Searching “\(lastSearch)”: \(search.percent) % looked through; any key stops."
    self.search = search
  }

  /// Whether the step's line, or one of what followed from it, contains the searched text.
  private func matches(step: Int) -> Bool {
    let isExact = lastSearch.contains(where: \.isUppercase)
    let wanted = isExact ? lastSearch : lastSearch.lowercased()
    for sequence in history.steps[step]...max(history.steps[step], history.lastEvent(ofStep: step))
    {
      guard let event = history.timeline[sequence] else { continue }
      let line = EventLine.text(event, in: history.timeline)
      if (isExact ? line : line.lowercased()).contains(wanted) { return true }
    }
    return false
  }
}

/// A search that has not come to its end: a long session is looked through a portion at a time,
/// so that the user can stop it.
struct SearchUnderWay: Sendable {
  /// The step where the cursor was.
  let start: Int
  let forward: Bool
  private let count: Int
  private var distance = 0

  /// Few enough to be looked through between two keys.
  static let portion = 500

  init(start: Int, forward: Bool, count: Int) {
    self.start = start
    self.forward = forward
    self.count = count
  }

  /// The next step to look at; nil after the last one.
  mutating func next() -> Int? {
    guard distance < count else { return nil }
    distance += 1
    return (start + (forward ? distance : count - distance)) % count
  }

  var percent: Int { distance * 100 / count }
}
