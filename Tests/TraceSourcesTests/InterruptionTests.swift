import TestKit
import Testing
import TraceModel

/// Calls that a signal lets fail: told as the program sees them, once, and no others.
@Suite("Interruption", .requires(.ptrace, .unixDiag))
struct InterruptionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let program: String
    let calls: [String]

    var testDescription: String { program }
  }

  private static let cases = [
    Case(program: "and-left", calls: ["sendmsg=1", "recvmsg=1"]),
    Case(program: "by-close", calls: ["sendmsg=1", "recvmsg=1", "recvmsg:EINTR"]),
    Case(program: "by-write", calls: ["write=1", "recvmsg:EINTR", "read=1"]),
    Case(program: "twice", calls: ["recvmsg:EINTR", "recvmsg:EINTR"]),
    Case(program: "handler", calls: ["sendmsg=1", "recvmsg=1"]),
  ]

  @Test("is told of the call that fails, whatever the handler does", arguments: cases)
  func running(_ expected: Case) async throws {
    let timeline = try await TracedRun("interrupted-\(expected.program)").finish()
    #expect(Set(timeline.ends) == [.exited(status: 0)])
    #expect(Self.transfers(of: timeline) == expected.calls)
  }

  // The others have a child that watches its parent, which needs both to run.
  @Test("is told in single steps as well", arguments: cases[1...2])
  func stepping(_ expected: Case) async throws {
    let run = try TracedRun("interrupted-\(expected.program)", stopped: true)
    try await run.settle(commands: 0)
    for step in 1...200 where run.status?.mode != .ended {
      run.send(.step(pid: nil))
      try await run.settle(commands: step)
    }
    let timeline = try await run.finish()
    #expect(Set(timeline.ends) == [.exited(status: 0)])
    #expect(Self.transfers(of: timeline) == expected.calls)
  }

  @Test("tells once of a close in a handler")
  func close() async throws {
    let timeline = try await TracedRun("interrupted-by-close").finish()
    #expect(timeline.calls.filter { $0.hasPrefix("close") } == ["close", "close"])
  }

  private static func transfers(of timeline: Timeline) -> [String] {
    timeline.calls.filter { call in
      ["sendmsg", "recvmsg", "read", "write"].contains { call.hasPrefix($0) }
    }
  }
}
