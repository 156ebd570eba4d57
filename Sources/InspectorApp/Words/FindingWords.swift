import TextUI
import TraceModel

/// A finding in words for the screen and for lines of text.
enum FindingWords {
  /// What is wrong, how it shows, and what to do.
  static func sentences(_ finding: Finding) -> String {
    Wording.join(
      "\(finding.severity.rawValue): \(visible(finding.text))",
      finding.cure.isEmpty ? nil : visible(finding.cure))
  }
}
