import TextUI
import TraceModel

/// Going from one finding to the next.
extension Inspector {
  mutating func goToFinding(forward: Bool) {
    let timeline = history.timeline
    let found = Set(timeline.eventsWithFindings.compactMap { timeline.stepIndex(of: $0) }).sorted()
    guard let first = found.first, let last = found.last, let step = cursorStep else {
      notice = "Nothing wrong was found so far."
      return
    }
    if let next = forward ? found.first(where: { $0 > step }) : found.last(where: { $0 < step }) {
      return goToFinding(at: next)
    }
    if found == [step] {
      notice = "There is no other step with a finding."
    } else if first != last {
      notice = "The findings went past the \(forward ? "end" : "beginning") and around."
    }
    goToFinding(at: forward ? first : last)
  }

  private mutating func goToFinding(at step: Int) {
    go(to: step)
    foundStep = step
    scrolls[.explanation] = nil
  }
}
