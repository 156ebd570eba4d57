import TestKit
import Testing
import TraceModel

@testable import TraceSources

/// The stepping rule, as a table and on a real program.
@Suite("Stepping")
struct StepTests {
  @Test("who went last goes on while it need not wait; then the first who need not; then any")
  func policy() {
    func choose(_ candidates: [(Int32, Bool)], last: Int32?) -> Int32? {
      StepPolicy.choose(
        among: candidates.map { .init(tid: $0.0, wouldWait: $0.1) }, last: last)
    }
    #expect(choose([], last: 1) == nil)
    #expect(choose([(1, false), (2, false)], last: nil) == 1)
    #expect(choose([(1, false), (2, false)], last: 2) == 2)
    #expect(choose([(1, false), (2, true)], last: 2) == 1)
    #expect(choose([(1, true), (2, false)], last: nil) == 2)
    #expect(choose([(1, true), (2, true)], last: 2) == 1)
    #expect(choose([(2, false)], last: 1) == 2)
  }

  @Test("stops before the send, between send and receive, and after", .requires(.ptrace, .unixDiag))
  func stopsAround() async throws {
    let run = try TracedRun("self-pass", stopped: true)
    try await run.settle(commands: 0)
    var states: [String] = []
    for step in 1...7 {
      states.append(try describe(run))
      run.send(.step(pid: nil))
      try await run.settle(commands: step)
    }
    #expect(
      states == [
        "at start", "after socketpair", "before sendmsg [5]", "after sendmsg, 1 queued",
        "before recvmsg", "after recvmsg, 0 queued", "before exit_group",
      ])
    _ = try await run.finish()
  }

  @Test("holds a thread also after a call that a signal lets fail", .requires(.ptrace, .unixDiag))
  func interrupted() async throws {
    let run = try TracedRun("interrupted-for-good", stopped: true)
    try await run.settle(commands: 0)
    var failed: [String] = []
    for step in 1...100 where run.status?.mode != .ended {
      run.send(.step(pid: nil))
      try await run.settle(commands: step)
      if case .after(let sequence) = run.status?.threads.first?.state,
        let message = run.timeline[sequence]?.message, let error = message.error
      {
        failed.append("\(message.call):\(error)")
      }
    }
    let timeline = try await run.finish()
    #expect(failed == ["recvmsg:EINTR", "sendmsg:EINTR"])
    #expect(timeline.ends == [.exited(status: 0)])
  }

  private func describe(_ run: TracedRun) throws -> String {
    let thread = try #require(run.status?.threads.first)
    switch thread.state {
    case .atStart: return "at start"
    case .before(let call, _):
      let numbers = call.message?.descriptorNumbers ?? []
      return "before \(call.callName ?? "?")" + (numbers.isEmpty ? "" : " \(numbers)")
    case .after(let sequence):
      let queued = run.timeline.tables(at: sequence).values.reduce(0) { $0 + $1.queued }
      let event = try #require(run.timeline[sequence])
      return "after \(event.callName ?? "?")" + (event.message == nil ? "" : ", \(queued) queued")
    default: return "\(thread.state)"
    }
  }
}
