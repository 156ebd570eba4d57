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
    let next = forward ? found.first { $0 > step } : found.last { $0 < step }
    if let next { return go(to: next) }
    if found == [step] {
      notice = "There is no other step with a finding."
    } else if first != last {
      notice = "The findings went past the \(forward ? "end" : "beginning") and around."
    }
    go(to: forward ? first : last)
  }
}
