import Foundation
import TestKit
import Testing
import TraceModel

@testable import TraceSources

/// Programs that run already are attached, watched and let go.
@Suite("Attaching", .requires(.ptrace, .kcmp, .unixDiag))
struct AttachTests {
  @Test("a blocked server and its client are seen where they wait, pass, and pass again after us")
  func passes() async throws {
    let pair = try await RunningPair()
    let run = try TracedRun(attaching: pair.server.pid, pair.client.pid)
    try await run.wait(for: "the server's call") { status in
      status.state(of: pair.server.pid) == .waiting(call: "recvmsg", fd: 4)
        && status.state(of: pair.client.pid) == .waiting(call: "rt_sigtimedwait", fd: nil)
    }
    #expect(run.timeline.processes.map(\.pid) == [pair.server.pid, pair.client.pid])
    try await pair.pass(1)
    try await waitFor("the transfer") { run.timeline.transfers.count == 1 }
    let transfer = try #require(run.timeline.transfers.first)
    #expect(transfer.descriptors.map(\.sent) == [1])
    #expect(transfer.descriptors.map(\.received) == [4])
    #expect(transfer.descriptors.map(\.proof) == [.kcmp])
    try await run.quit()
    try await pair.server.waitUntilUntraced()
    try await pair.client.waitUntilUntraced()
    try await pair.pass(2)
    try await pair.end()
  }

  @Test(
    "what a process outside of the session received is not taken for lost",
    arguments: ["close", "dup2", "close_range"])
  func receiverOutside(closing call: String) async throws {
    let sender = try await RunningCommand.tracee("send-to-child", call, saying: "ready")
    let run = try TracedRun(attaching: sender.pid)
    try await run.wait(for: "the sender to wait") { $0.state(of: sender.pid)?.isWaiting == true }
    kill(sender.pid, SIGUSR1)
    let timeline = try await run.finish()
    #expect(timeline.ends == [.exited(status: 0)])
    #expect(timeline.calls.count { $0 == "sendmsg=1" } == 3)
    #expect(timeline.events.compactMap(\.finding).filter { $0.code == .abandoned } == [])
    #expect(timeline.flights.counts.last == 0)
  }

  @Test("who is held before a call performs it when we leave")
  func heldAtEntry() async throws {
    let pair = try await RunningPair()
    let run = try TracedRun(attaching: pair.server.pid, pair.client.pid, stopped: true)
    try await run.wait(for: "the server to be held") { status in
      guard case .before(let call, wouldWait: true) = status.state(of: pair.server.pid) else {
        return false
      }
      return call.callName == "recvmsg" && call.message?.socket.fd == 4
    }
    kill(pair.client.pid, SIGUSR1)
    try await run.wait(for: "the client to have asked") { status in
      if case .after = status.state(of: pair.client.pid) { true } else { false }
    }
    run.send(.step(pid: pair.client.pid))
    try await run.wait(for: "the client to be held") { status in
      if case .before(let call, _) = status.state(of: pair.client.pid) {
        call.callName == "recvmsg"
      } else {
        false
      }
    }
    try await run.quit()
    try await pair.client.waitFor("pass 1\n")
    try await pair.pass(2)
    try await pair.end()
  }

  @Test("leaving does not interrupt a call that would not survive it")
  func leavingIsNotFelt() async throws {
    let program = try await RunningCommand.tracee("epoll", saying: "waiting")
    let run = try TracedRun(attaching: program.pid)
    try await run.wait(for: "the wait") { status in
      if case .waiting("epoll_wait", _) = status.state(of: program.pid) { true } else { false }
    }
    // Coming is felt, as with any tracer (signal(7)); going is not.
    #expect(program.output == "waiting\ninterrupted\n")
    try await run.quit()
    try await program.waitUntilUntraced()
    try await program.waitForState("S")
    #expect(program.output == "waiting\ninterrupted\n")
    #expect(try await program.end() == 128 + SIGTERM)
  }

  @Test("one that job control has stopped stays stopped, and goes on when it is continued")
  func stoppedByJobControl() async throws {
    let pair = try await RunningPair()
    kill(pair.server.pid, SIGSTOP)
    try await pair.server.waitForState("T")
    let run = try TracedRun(attaching: pair.server.pid)
    try await run.wait(for: "the stopped server") { status in
      status.state(of: pair.server.pid) == .suspended
    }
    try await run.quit()
    try await pair.server.waitUntilUntraced()
    // On its way from the one stop to the other it runs in the kernel for a moment.
    try await pair.server.waitForState("T")
    kill(pair.server.pid, SIGCONT)
    try await pair.pass(1)
    try await pair.end()
  }

  @Test("every thread is attached, and let go")
  func threads() async throws {
    let program = try await RunningCommand.tracee("idle-threads", "60", saying: "threads")
    let run = try TracedRun(attaching: program.pid)
    try await run.wait(for: "every thread") { $0.threads.count == 61 }
    let tracers = ProcessFiles.threads(program.pid).compactMap { ProcessStanding(of: $0)?.tracer }
    #expect(tracers.count == 61 && !tracers.contains(0))
    try await run.quit()
    try await program.waitUntilUntraced()
    kill(program.pid, SIGUSR1)
    #expect(try await program.end(0) == 0)
  }

  @Test("children are followed to their ends")
  func children() async throws {
    let program = try await RunningCommand.tracee("make-children", saying: "ready")
    let run = try TracedRun(attaching: program.pid)
    try await run.wait(for: "the wait") { $0.state(of: program.pid)?.isWaiting == true }
    kill(program.pid, SIGUSR1)
    try await program.waitFor("child 0\n")
    try await run.quit()
    #expect(run.timeline.transfers.count == 1)
    #expect(run.timeline.ends == [.exited(status: 0)])
    kill(program.pid, SIGUSR1)
    try await program.waitFor("child 0\nchild 0\n")
    try await program.end()
  }

  @Test("a process that cannot be attached ends the session, and nobody stays attached")
  func oneOfTwo() async throws {
    let pair = try await RunningPair()
    let run = try TracedRun(attaching: pair.server.pid, 4_190_000)
    try await waitFor("the failure") { run.failure != nil }
    #expect(run.failure?.contains("process 4190000: there is none with this number") == true)
    try await pair.server.waitUntilUntraced()
    try await pair.pass(1)
    try await pair.end()
  }
}

/// The server and the client of the tracees, connected to each other.
struct RunningPair {
  let directory: TemporaryDirectory
  let server: RunningCommand
  let client: RunningCommand

  var path: String { directory.path + "/s" }

  init() async throws {
    directory = try TemporaryDirectory()
    let path = directory.path + "/s"
    server = try await .tracee("serve", path, saying: "listening")
    client = try await .tracee("ask", path, saying: "connected")
    let pid = server.pid
    try await waitFor("the server to accept") {
      ProcessFiles.waitingCall(pid).map { $0.first == 4 } == true
    }
  }

  /// Makes the client ask, and waits for its `count`th pass.
  func pass(_ count: Int) async throws {
    kill(client.pid, SIGUSR1)
    try await client.waitFor("pass \(count)\n")
  }

  func end() async throws {
    try await client.end()
    try await server.end()
    directory.remove()
  }
}

extension RunningCommand {
  /// Starts one of the tracees, and waits until it has said that it is ready.
  static func tracee(_ arguments: String..., saying text: String) async throws -> RunningCommand {
    let command = try RunningCommand([TracedRun.tracees] + arguments)
    try await command.waitFor(text)
    return command
  }

  /// Waits until nobody traces any of its threads, and none of them is stopped for a tracer.
  func waitUntilUntraced() async throws {
    try await TestKit.waitFor("process \(pid) to be let go") {
      ProcessFiles.threads(pid).allSatisfy { tid in
        guard let standing = ProcessStanding(of: tid) else { return true }
        return standing.tracer == 0 && ProcessFiles.state(tid) != "t"
      }
    }
  }

  func waitForState(_ state: Character) async throws {
    try await TestKit.waitFor("state \(state)") { ProcessFiles.state(pid) == state }
  }
}

extension SessionStatus {
  func state(of pid: Int32) -> ThreadStatus.State? { threads.first { $0.pid == pid }?.state }
}

extension ThreadStatus.State {
  var isWaiting: Bool { if case .waiting = self { true } else { false } }
}
