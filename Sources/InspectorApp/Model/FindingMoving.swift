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
    notice = aroundText(found, from: step, forward: forward)
    goToFinding(at: forward ? first : last)
  }

  /// Where the way leads when nothing comes after it in its direction; `found` are all steps with
  /// findings, in order.
  private func aroundText(_ found: [Int], from step: Int, forward: Bool) -> String {
    let steps = stepFilter == nil ? "steps" : "shown steps"
    if found.count == 1 {
      let count = history.findings(ofStep: found[0]).count
      if stepFilter != nil { return "No other step that the filter shows has a finding." }
      return count == 1 ? "This is the only finding." : "All \(count) findings are about this step."
    }
    let place = "the \(forward ? "first" : "last") of \(found.count) \(steps) with findings"
    guard found.contains(step) else {
      return "Nothing found \(forward ? "after" : "before") step \(step + 1): this is \(place)."
    }
    return "That was the \(forward ? "last" : "first"); this is \(place)."
  }

  private mutating func goToFinding(at step: Int) {
    jump(to: step)
    foundStep = step
    scrolls[.explanation] = nil
    // A lesson takes its place, except while it is focused.
    if layout?.box(of: .explanation) == nil { focus = .explanation }
  }
}
