import TextUI
import TraceModel

/// A finding in words for the screen and for lines of text.
enum FindingWords {
  /// What is wrong, how it shows, and what to do.
  static func sentences(_ finding: Finding) -> String {
    Wording.join(problem(finding), cure(finding))
  }

  /// What is wrong and how it shows.
  static func problem(_ finding: Finding) -> String {
    "\(finding.severity.rawValue): \(visible(finding.text))"
  }

  /// What to do.
  static func cure(_ finding: Finding) -> String? {
    finding.cure.isEmpty ? nil : visible(finding.cure)
  }
}
