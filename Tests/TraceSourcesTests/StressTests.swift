import Glibc
import TestKit
import Testing
import TraceModel

/// More of everything than a program should have: all is inspected to the end, nothing is lost and
/// nothing is left stopped.
@Suite("Under stress", .requires(.ptrace, .kcmp, .unixDiag), .timeLimit(.minutes(10)))
struct StressTests {
  @Test("a thousand threads that pass at once")
  func threads() async throws {
    let timeline = try await TracedRun("many-threads").finish()
    #expect(timeline.transfers.count == 1000)
    #expect(timeline.transfers.allSatisfy { $0.descriptors.map(\.proof) == [.kcmp] })
    #expect(timeline.ends == [.exited(status: 0)])
  }

  @Test("a process with ten thousand open descriptors")
  func descriptors() async throws {
    var limit = rlimit()
    _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let count = min(10_000, Int(clamping: limit.rlim_max) - 100)
    let timeline = try await TracedRun("many-descriptors", "\(count)").finish()
    #expect(timeline.transfers.count == 10)
    #expect(timeline.transfers.allSatisfy { $0.descriptors.map(\.proof) == [.kcmp] })
    #expect(timeline.ends == [.exited(status: 0)])
  }

  @Test("a thousand short children")
  func forks() async throws {
    let timeline = try await TracedRun("many-forks", "1000").finish()
    #expect(timeline.ends.count == 1001)
    #expect(timeline.ends.allSatisfy { $0 == .exited(status: 0) })
  }

  @Test("messages with as many descriptors as fit")
  func fullMessages() async throws {
    let timeline = try await TracedRun("many-passed", "100").finish()
    #expect(timeline.transfers.map(\.descriptors.count) == Array(repeating: 253, count: 100))
    #expect(timeline.transfers.allSatisfy { $0.descriptors.allSatisfy { $0.proof == .kcmp } })
    #expect(timeline.ends == [.exited(status: 0)])
  }

  @Test("a process that is killed while it is stopped for us")
  func killedWhileStopped() async throws {
    let run = try TracedRun("self-pass", stopped: true)
    try await run.settle(commands: 0)
    run.send(.step(pid: nil))
    try await run.settle(commands: 1)
    let pid = try #require(run.timeline.processes.first?.pid)
    kill(pid, SIGKILL)
    #expect(try await run.finish().ends == [.killed(signal: SIGKILL)])
  }

  @Test("an exec while another thread is stopped for us")
  func execWhileStopped() async throws {
    let run = try TracedRun("exec-beside-receive", stopped: true)
    try await run.settle(commands: 0)
    var commands = 0
    while run.status?.mode != .ended, commands < 20 {
      run.send(.step(pid: nil))
      commands += 1
      try await run.settle(commands: commands)
    }
    #expect(try await run.finish().ends == [.exited(status: 7)])
  }
}
