import TextUI
import TraceModel

extension Inspector {
  /// A line of the explanation and whether it speaks of what comes next.
  struct ExplanationLine: Sendable, Hashable {
    var text: String
    var role: Role
  }

  /// Everything there is to say about this moment, wrapped.
  func explanationLines(width: Int) -> [ExplanationLine] {
    let findings = scene.findings.map { (FindingWords.sentences($0), $0.severity > .note) }
    // What is wrong comes before what is usual, and what is merely worth knowing after it.
    let parts: [(String, Role)] =
      [(failure ?? "", .warning)] + findings.filter(\.1).map { ($0.0, .warning) }
      + [(scene.whatHappened, .plain)] + findings.filter { !$0.1 }.map { ($0.0, .plain) }
      + [
        (scene.whatComesNext, .kernel),
        ((status?.limits ?? []).map { visible($0) }.joined(separator: "\n"), .dim),
      ]
    // One column stays free on either side.
    return parts.filter { !$0.0.isEmpty }.flatMap { text, role in
      wrapped(text, width: width - 2).map { ExplanationLine(text: $0, role: role) }
    }
  }

  func drawExplanation(in area: Rect, _ frame: inout Frame) {
    let lines = explanationLines(width: area.width)
    let last = max(0, lines.count - area.height)
    let first = min(last, scrolls[.explanation] ?? 0)
    for (offset, line) in lines.dropFirst(first).prefix(area.height).enumerated() {
      frame.write(
        line.text, x: area.x + 1, y: area.y + offset, style: look[line.role], within: area)
    }
  }
}
