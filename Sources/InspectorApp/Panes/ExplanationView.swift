import TextUI
import TraceModel

extension Inspector {
  /// A line of the explanation, or all of its lines in one.
  struct ExplanationLine: Sendable, Hashable {
    var text: String
    var role: Role
    var isFinding = false
  }

  /// Everything there is to say about this moment, wrapped.
  func explanationLines(width: Int) -> [ExplanationLine] {
    let findings = scene.findings.map { finding in
      ExplanationLine(
        text: FindingWords.sentences(finding), role: finding.severity > .note ? .warning : .plain,
        isFinding: true)
    }
    let whatHappened = [ExplanationLine(text: scene.whatHappened, role: .plain)]
    let wrong = findings.filter { $0.role == .warning }
    let isChanged = scene.event?.message?.experiment != nil
    let opening = opening
    let next = [ExplanationLine(text: scene.whatComesNext, role: .kernel)]
    // Who begins needs to know what the first step does, more than who the process is.
    let isBeginning = !opening.isEmpty || showsWelcome
    // What is wrong comes before what is usual, unless the user brought it about; what is merely
    // worth knowing comes after it.
    let parts =
      [ExplanationLine(text: failure ?? "", role: .warning)]
      + [ExplanationLine(text: showsWelcome ? welcome : "", role: .notice)]
      + [ExplanationLine(text: opening, role: .plain)]
      + (isBeginning ? next : [])
      + (isChanged ? whatHappened + wrong : wrong + whatHappened)
      + findings.filter { $0.role == .plain }
      + (isBeginning ? [] : next)
      + [
        ExplanationLine(
          text: (status?.limits ?? []).map { visible($0) }.joined(separator: "\n"), role: .dim)
      ]
    // One column stays free on either side.
    return parts.filter { !$0.text.isEmpty }.flatMap { part in
      wrapped(part.text, width: width - 2).map { line in
        ExplanationLine(text: line, role: part.role, isFinding: part.isFinding)
      }
    }
  }

  /// What the session is going to show, as long as nobody has done anything yet; looking back shows
  /// what a recording would.
  private var opening: String {
    guard moment == .now, !history.steps.isEmpty else { return "" }
    let isYetToBegin = history.steps.indices.allSatisfy {
      history.step($0).map(isBeginning) ?? false
    }
    return isYetToBegin ? options.opening : ""
  }

  private func isBeginning(_ event: TraceEvent) -> Bool {
    guard case .process(let record) = event.body else { return false }
    return record.event.isBeginning
  }

  func drawExplanation(in area: Rect, _ frame: inout Frame) {
    let lines = explanationLines(width: area.width)
    let last = max(0, lines.count - area.height)
    let first = min(last, scrolls[.explanation] ?? initialScroll(of: .explanation))
    for (offset, line) in lines.dropFirst(first).prefix(area.height).enumerated() {
      frame.write(
        line.text, x: area.x + 1, y: area.y + offset, style: look[line.role], within: area)
    }
  }
}
