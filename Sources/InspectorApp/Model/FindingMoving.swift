import TextUI
import TraceModel

/// Going from one finding to the next.
extension Inspector {
  mutating func goToFinding(forward: Bool) {
    let timeline = history.timeline
    let shown = shownSteps
    let found = Set(timeline.eventsWithFindings.compactMap { timeline.stepIndex(of: $0) })
      .filter { shown.contains($0) }.sorted()
    guard let first = found.first, let last = found.last, let step = cursorStep else {
      notice =
        timeline.findings.isEmpty
        ? "Nothing wrong was found so far."
        : "Nothing was found about the steps that the filter shows; Esc shows all."
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
    jump(to: step)
    foundStep = step
    scrolls[.explanation] = nil
    // A lesson takes its place, except while it is focused.
    if layout?.box(of: .explanation) == nil { focus = .explanation }
  }
}
