import ControlMessages
import Glibc
import TestKit
import Testing
import TraceModel

/// Programs with ways of their own: all goes as it would without us, and nothing is missed.
@Suite("Guests", .requires(.ptrace, .kcmp, .unixDiag))
struct GuestTests {
  @Test(
    "a child is followed however it is made", arguments: ["fork", "vfork", "clone3", "posix_spawn"])
  func children(how: String) async throws {
    let timeline = try await TracedRun("child-by", how).finish()
    #expect(timeline.transfers.map { $0.descriptors.map(\.proof) } == [[.kcmp]])
    #expect(timeline.ends == [.exited(status: 0), .exited(status: 0)])
  }

  @Test(
    "a filter of the program's own does what it does without us",
    arguments: [
      ("allow", .exited(status: 0)), ("errno", .exited(status: 0)), ("trace", .exited(status: 0)),
      ("trap", .exited(status: 0)), ("kill", .killed(signal: SIGSYS)),
    ] as [(String, ProcessRecord.Event)])
  func filters(verdict: String, end: ProcessRecord.Event) async throws {
    let timeline = try await TracedRun("own-filter", verdict).finish()
    #expect(timeline.ends == [end])
    #expect(timeline.calls.contains("seccomp=0"))
  }

  @Test("a daemon is followed after its parent has ended")
  func daemon() async throws {
    let timeline = try await TracedRun("daemon").finish()
    #expect(timeline.transfers.count == 1)
    #expect(timeline.ends == Array(repeating: .exited(status: 0), count: 3))
  }

  @Test(
    "signals bring what came with them, and nobody can trace twice",
    arguments: ["signal-info", "own-tracer"])
  func expectations(name: String) async throws {
    let timeline = try await TracedRun(name).finish()
    #expect(timeline.ends.first == .exited(status: 0))
  }

  @Test("a child that asks for it is told of its parent's death")
  func parentDeath() async throws {
    let timeline = try await TracedRun("parent-death").finish()
    #expect(timeline.ends == [.exited(status: 0), .exited(status: 12)])
  }

  @Test(
    "passes in namespaces of the program's own", .requires(.userNamespaces),
    arguments: ["other-network", "other-numbers"])
  func namespaces(name: String) async throws {
    let timeline = try await TracedRun(name).finish()
    #expect(timeline.transfers.map { $0.descriptors.map(\.proof) } == [[.kcmp]])
    #expect(timeline.ends.allSatisfy { $0 == .exited(status: 0) })
  }

  @Test("a socket from another network carries descriptors on", .requires(.userNamespaces))
  func networkChild() async throws {
    let timeline = try await TracedRun("network-child").finish()
    let proofs = timeline.transfers.map { $0.descriptors.map(\.proof) }
    // Where the sender was quick to close, only its file is left to compare.
    #expect(proofs.count == 2 && proofs.allSatisfy { $0 == [.kcmp] || $0 == [.inferred] })
    #expect(timeline.ends.allSatisfy { $0 == .exited(status: 0) })
  }

  @Test(
    "passes by the calls of 32-bit programs", .requires(.compatCalls),
    arguments: ["socketcall", "direct"])
  func compat(way: String) async throws {
    let timeline = try await TracedRun("compat", way).finish()
    #expect(
      timeline.calls == [
        "socketpair=0", "sendmsg=4", "recvmsg=4", "sendmmsg=4", "sendmmsg=4", "recvmmsg=4",
        "recvmmsg=4", way == "direct" ? "write=4" : "sendto=4",
      ])
    let plain = timeline.events.compactMap { event in
      if case .call(let call) = event.body, call.data != nil { call } else { nil }
    }
    #expect(plain.map(\.address) == [nil])
    let messages = timeline.events.compactMap(\.message)
    #expect(messages.allSatisfy { $0.control?.abi == .bits32 })
    #expect(messages.map(\.descriptorNumbers.count) == [3, 3, 1, 2, 1, 2])
    #expect(timeline.transfers.map { $0.descriptors.map(\.sent) } == [[0, 1, 2], [0], [0, 1]])
    #expect(timeline.transfers.allSatisfy { $0.descriptors.allSatisfy { $0.proof == .kcmp } })
    #expect(timeline.ends == [.exited(status: 0)])
  }

  @Test("an exec by a thread while its leader is held")
  func execBesideLeader() async throws {
    let run = try TracedRun("exec-beside-leader", stopped: true)
    try await run.settle(commands: 0)
    var commands = 0
    while run.status?.mode != .ended, commands < 30 {
      run.send(.step(pid: nil))
      commands += 1
      try await run.settle(commands: commands)
    }
    #expect(try await run.finish().ends == [.exited(status: 7)])
    #expect(run.timeline.processes.count == 1)
  }
}
