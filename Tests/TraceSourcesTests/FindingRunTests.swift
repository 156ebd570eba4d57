import TestKit
import Testing
import TraceModel

/// Real programs that make one mistake each, and what is found.
@Suite("Findings in real programs", .requires(.ptrace, .kcmp, .unixDiag))
struct FindingRunTests {
  @Test(
    "each mistake is found, with the numbers that show it",
    arguments: [
      ("truncated", ["truncated warning arrived 1, capacity 20, fits 1, sent 3"]),
      ("truncate-by-table", ["truncated warning arrived 1, fits 4, limit 6, open 6, sent 3"]),
      ("plain-read", ["dropped error arrived 0, sent 1"]),
      ("no-buffer", ["dropped error arrived 0, capacity 0, sent 1"]),
      ("zero-bytes", ["vanished error bytes 0, sent 1"]),
      ("credentials-first", ["crowded-out warning arrived 0, capacity 20, sent 1, taken 20"]),
    ])
  func mistake(tracee: String, findings: [String]) async throws {
    let timeline = try await TracedRun(tracee).finish()
    #expect(timeline.accounts == findings)
    #expect(timeline.events.compactMap(\.finding).allSatisfy { !$0.cure.isEmpty })
    #expect(timeline.ends == [.exited(status: 0)])
  }
}

extension Timeline {
  /// The findings as `code severity name value, …`.
  var accounts: [String] {
    events.compactMap(\.finding).map { finding in
      let evidence = finding.evidence.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      return "\(finding.code.rawValue) \(finding.severity.rawValue) \(evidence)"
    }
  }
}
