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
    let count = history.steps.count
    // Once around, ending at the step where the search began.
    for distance in 1...count {
      let candidate = (step + (forward ? distance : count - distance)) % count
      guard matches(step: candidate) else { continue }
      if candidate == step {
        notice = "“\(lastSearch)” is nowhere else."
      } else if (candidate < step) == forward {
        notice = "The search went past the \(forward ? "end" : "beginning") and around."
      }
      go(to: candidate)
      return
    }
    notice = "“\(lastSearch)” is in no event."
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
