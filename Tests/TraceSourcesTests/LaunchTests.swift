import TestKit
import Testing
import TraceModel

/// Tiny real programs, traced from their first instruction to their end.
@Suite("Launching and tracing", .requires(.ptrace, .kcmp, .unixDiag))
struct LaunchTests {
  @Test("a descriptor passed within one process is the same file under two numbers")
  func selfPass() async throws {
    let timeline = try await TracedRun("self-pass").finish()
    #expect(timeline.calls == ["socketpair=0", "sendmsg=7", "recvmsg=7"])
    let transfer = try #require(timeline.transfers.first)
    #expect(timeline.transfers.count == 1 && transfer.send == 4 && transfer.receive == 5)
    let pair = try #require(transfer.descriptors.first)
    #expect(pair.sent == 5 && pair.received == 6 && pair.proof == .kcmp)
    #expect(timeline.ends == [.exited(status: 0)])
  }

  @Test("of a file that cannot be watched, closed before the receive, nothing is proven")
  func closeThenReceive() async throws {
    let timeline = try await TracedRun("close-then-receive").finish()
    #expect(timeline.calls == ["socketpair=0", "sendmsg=7", "close", "recvmsg=7"])
    let pair = try #require(timeline.transfers.first?.descriptors.first)
    #expect(pair.sent == 5 && pair.received == 5 && pair.proof == .inferred)
  }

  @Test("a forked child receives, and its write through the passed pipe is seen")
  func parentChild() async throws {
    let timeline = try await TracedRun("parent-child").finish()
    #expect(timeline.transfers.map(\.descriptors.count) == [1])
    #expect(timeline.transfers.first?.descriptors.first?.proof == .kcmp)
    #expect(timeline.calls.contains("write=3"))
    #expect(timeline.ends == [.exited(status: 0), .exited(status: 0)])
  }

  @Test("wrong pointers and lengths are reported as the kernel answered them")
  func badPointers() async throws {
    let timeline = try await TracedRun("bad-pointers").finish()
    #expect(
      timeline.calls == [
        "socketpair=0", "sendmsg:EFAULT", "sendmsg:EFAULT", "sendmsg:EFAULT", "sendmsg:ENOBUFS",
        "sendmsg:EMSGSIZE", "sendmsg:EINVAL", "sendmsg:EFAULT", "recvmsg:EFAULT",
      ])
    #expect(timeline.ends == [.exited(status: 0)])
    let unreadable = timeline.events.compactMap { $0.message?.unreadable }
    #expect(unreadable.count == 2)
  }

  @Test("signals reach their handlers, and the exit status is the program's own")
  func signals() async throws {
    #expect(try await TracedRun("signals").finish().ends == [.exited(status: 42)])
  }

  @Test("a program that a signal kills is reported so", arguments: [Int32(15), 9, 10])
  func killed(signal: Int32) async throws {
    let timeline = try await TracedRun("kill-self", "\(signal)").finish()
    #expect(timeline.ends == [.killed(signal: signal)])
  }

  @Test("threads pass to each other and nothing is lost")
  func threads() async throws {
    let timeline = try await TracedRun("threads").finish()
    #expect(timeline.transfers.count == 20)
    #expect(timeline.transfers.allSatisfy { $0.descriptors.first?.proof == .kcmp })
    #expect(timeline.ends == [.exited(status: 0)])
  }

  @Test("an exec by a thread that is not the leader is followed")
  func execFromThread() async throws {
    let timeline = try await TracedRun("exec-from-thread").finish()
    #expect(timeline.ends == [.exited(status: 7)])
  }

  @Test("a child stopped and continued by its parent goes on as without us")
  func jobControl() async throws {
    let timeline = try await TracedRun("job-control").finish()
    #expect(Set(timeline.ends) == [.exited(status: 5)])
    #expect(timeline.ends.count == 2)
  }

  @Test("a receive that signals interrupt is reported once, when it returns")
  func interruptedReceive() async throws {
    let timeline = try await TracedRun("interrupted-receive").finish()
    #expect(timeline.calls.filter { $0.hasPrefix("recvmsg") } == ["recvmsg=1"])
    #expect(timeline.ends == [.exited(status: 0), .exited(status: 0)])
  }

  @Test("what a signal lets fail is reported as the program sees it")
  func interruptedForGood() async throws {
    let timeline = try await TracedRun("interrupted-for-good").finish()
    #expect(timeline.ends == [.exited(status: 0)])
    #expect(
      timeline.calls.filter { $0.hasPrefix("recvmsg") || $0.hasPrefix("sendmsg") }
        == ["recvmsg:EINTR", "sendmsg:EINTR", "sendmsg=1", "recvmsg=1"])
    #expect(timeline.transfers.map { $0.descriptors.map(\.proof) } == [[.kcmp]])
  }

  @Test("what a small control buffer cut off is counted as lost")
  func truncated() async throws {
    let timeline = try await TracedRun("truncated").finish()
    let transfer = try #require(timeline.transfers.first)
    #expect(transfer.descriptors.count == 1)
    #expect(transfer.lost == 2)
    let receive = try #require(timeline[transfer.receive]?.message)
    #expect(receive.messageFlags?.contains(.controlTruncated) == true)
  }

  @Test("a program that cannot be run is a sentence")
  func missingProgram() async throws {
    let run = try TracedRun(path: "/nowhere/program")
    try await waitFor("the failure") { run.failure != nil }
    #expect(
      run.failure == "Cannot run /nowhere/program: No such file or directory. "
        + "Check the name, and that the file may be executed.")
  }

  @Test("a wait that a signal interrupted goes on by its own name")
  func interruptedWait() async throws {
    let run = try TracedRun("sleep-through-signal")
    try await run.wait(for: "the child's end and the program to wait") { status in
      status.threads.map(\.state) == [.waiting(call: "poll", fd: nil)]
    }
    try await run.quit()
  }

  @Test("quitting ends a program that would run on")
  func quitting() async throws {
    let run = try TracedRun("sleep")
    try await run.wait(for: "the program to wait") { status in
      status.threads.contains { $0.state == .waiting(call: "poll", fd: nil) }
    }
    try await run.quit()
    #expect(run.timeline.ends == [.killed(signal: 15)])
  }
}
