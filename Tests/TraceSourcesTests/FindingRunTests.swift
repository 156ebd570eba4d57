import TestKit
import Testing
import TraceModel

/// Real programs that make one mistake each, and what is found.
@Suite("Findings in real programs", .requires(.ptrace, .kcmp, .unixDiag))
struct FindingRunTests {
  @Test(
    "each mistake is found, and nothing else, with the numbers that show it",
    arguments: [
      ("truncated", ["truncated warning arrived 1, capacity 20, fits 1, sent 3"]),
      ("truncate-by-table", ["truncated warning arrived 1, fits 4, limit 6, open 6, sent 3"]),
      ("plain-read", ["dropped error arrived 0, sent 1"]),
      ("plain-preadv2", ["dropped error arrived 0, sent 1"]),
      ("no-buffer", ["dropped error arrived 0, capacity 0, sent 1"]),
      ("buffer-nowhere", ["dropped error arrived 0, capacity 64, sent 1"]),
      ("zero-bytes", ["vanished error bytes 0, sent 1"]),
      ("urgent", ["urgent warning bytes 1, sent 1"]),
      ("no-unix-socket", ["vanished error sent 1"]),
      ("credentials-first", ["crowded-out warning arrived 0, capacity 20, sent 1, taken 20"]),
      ("inheritable", ["inheritable note"]),
      ("inheritable-exec", ["inheritable warning"]),
      ("inheritable-child", ["inheritable warning"]),
      ("slack", ["slack note arrived 2, capacity 24", "slack warning"]),
      (
        "padding",
        ["padding warning length 24, needed 20", "slack note arrived 2, capacity 24"]
      ),
      ("abandoned", ["abandoned warning arrived 0, sent 2"]),
      ("abandoned-by-exec", ["abandoned warning arrived 0, sent 2"]),
      ("abandoned-at-exit", ["abandoned warning arrived 0, sent 1"]),
      ("unused", ["unused note count 1"]),
      ("kept", ["kept note count 1"]),
      ("leak", ["leak warning copies 3", "leak warning copies 6"]),
      ("bad-descriptor", ["bad-descriptor warning count 2"]),
      (
        "refused",
        [
          "refused warning limit 253, sent 254", "refused warning offset 24",
          "refused warning offset 0", "refused warning length 20, type 29",
          "refused warning length 20, type 2",
        ]
      ),
      // Programs without a mistake.
      ("flag-by-fcntl", []), ("flag-by-ioctl", []), ("flawless", []), ("self-pass", []),
      ("queue-in-flight", []), ("queue-stays", []),
    ])
  func mistake(tracee: String, findings: [String]) async throws {
    let timeline = try await TracedRun(tracee).finish()
    #expect(timeline.accounts == findings)
    #expect(timeline.events.compactMap(\.finding).allSatisfy { !$0.cure.isEmpty })
    #expect(timeline.ends.allSatisfy { $0 == .exited(status: 0) })
  }

  @Test("calls that cannot succeed are told all the same") func noSocket() async throws {
    let timeline = try await TracedRun("through-no-socket").finish()
    #expect(timeline.ends == [.exited(status: 0)])
    let calls = ["sendmsg:EBADF", "recvmsg:EBADF", "sendmsg:ENOTSOCK", "recvmsg:ENOTSOCK"]
    #expect(timeline.calls.suffix(5) == calls + ["sendmmsg=0"])
    #expect(timeline.events.compactMap(\.message).allSatisfy { $0.unreadable == nil })
  }

  @Test("too many in flight, for a user without privileges") func tooManyInFlight() async throws {
    let timeline = try await TracedRun("too-many-in-flight").finish()
    // How many this user's other programs have in flight is not ours to say.
    let codes = timeline.events.compactMap(\.finding).map(\.code)
    #expect(codes.first == .tooManyInFlight)
    // What it could send waits in its own socket when it ends.
    #expect(codes.dropFirst().allSatisfy { $0 == .abandoned })
    #expect(timeline.accounts.first?.contains("limit 16, sent 1") == true)
  }

  @Test(
    "what another user should not be handed", .requires(.root),
    arguments: [("directory", FindingCode.directory), ("writable", .writable)])
  func handover(tracee: String, code: FindingCode) async throws {
    let timeline = try await TracedRun(tracee).finish()
    #expect(timeline.accounts == ["\(code.rawValue) warning receiver 65534, sender 0"])
    #expect(timeline.ends == [.exited(status: 0), .exited(status: 0)])
  }

  @Test("an io_uring, and that it cannot be passed") func ring() async throws {
    let timeline = try await TracedRun("io-uring").finish()
    // Status 77: the system forbids it.
    guard timeline.ends != [.exited(status: 77)] else { return #expect(timeline.accounts == []) }
    #expect(timeline.accounts == ["io-uring note", "refused warning"])

    let program = try await RunningCommand.tracee("hold-ring", saying: "ready")
    let run = try TracedRun(attaching: program.pid)
    try await waitFor("the finding") { !run.timeline.accounts.isEmpty }
    try await run.quit()
    #expect(run.timeline.accounts == ["io-uring note"])
    try await program.end()
  }
}

extension Timeline {
  /// The findings as `code severity name value, …`.
  var accounts: [String] {
    events.compactMap(\.finding).map { finding in
      let evidence = finding.evidence.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
      return "\(finding.code.rawValue) \(finding.severity.rawValue)"
        + (evidence.isEmpty ? "" : " \(evidence)")
    }
  }
}
