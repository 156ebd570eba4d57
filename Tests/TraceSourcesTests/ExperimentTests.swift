import Glibc
import TestKit
import Testing
import TraceModel

/// Calls that are changed before the kernel sees them, on real programs that look afterwards
/// whether all of theirs is as it was.
@Suite("Experiments", .requires(.ptrace, .kcmp, .unixDiag))
struct ExperimentTests {
  @Test(
    "a send is changed, and put back",
    arguments: [
      (.resizeControl(to: 20), nil, "EINVAL", ["msg_controllen 24 20"]),
      (.resizeControl(to: 64), nil, "EINVAL", ["msg_controllen 24 64", "msg_control"]),
      (.removeControl, [], nil, ["msg_control", "msg_controllen 24 0"]),
      (.dropDescriptor(at: 0), [6], nil, ["fd[0] 5 left out", "cmsg_len 24 20"]),
      (.dropDescriptor(at: 1), [5], nil, ["fd[1] 6 left out", "cmsg_len 24 20"]),
      (.replaceDescriptor(at: 1, by: 0), [5, 0], nil, ["fd[1] 6 0"]),
      (.replaceDescriptor(at: 0, by: 99), nil, "EBADF", ["fd[0] 5 99"]),
      (.declareLength(20), [5], nil, ["cmsg_len 24 20"]),
      (.declareLength(15), nil, "EINVAL", ["cmsg_len 24 15"]),
      (.noData, [5, 6], nil, ["msg_iovlen 1 0"]),
      (.removeFlags(MessageFlags(rawValue: 0x4000)), [5, 6], nil, ["flags MSG_NOSIGNAL 0"]),
      (.fail(error: "EPIPE"), nil, "EPIPE", ["call made not made, EPIPE"]),
    ] as [(Experiment, [Int32]?, String?, [String])])
  func sends(
    experiment: Experiment, sent: [Int32]?, error: String?, changes: [String]
  ) async throws {
    let timeline = try await run("send", before: "sendmsg", experiment)
    let message = try #require(timeline.message("sendmsg"))
    #expect(message.error == error)
    if let sent { #expect(message.descriptorNumbers == sent) }
    #expect(message.result == (error != nil ? nil : experiment == .noData ? 0 : 4))
    try expect(message.experiment, experiment, changes)
    #expect(timeline.ends == [.exited(status: error == nil ? 10 : 50)])
  }

  @Test(
    "a receive is changed, and put back but for the kernel's answer",
    arguments: [
      ("receive", .resizeControl(to: 20), 1, true, 11),
      ("receive", .resizeControl(to: 64), 2, false, 12),
      ("receive", .removeControl, 0, true, 10),
      ("receive", .addFlags(.peek), 2, false, 12),
      ("receive", .removeFlags(.closeOnExec), 2, false, 12),
      ("receive", .noData, 2, false, 12),
      ("receive", .limitDescriptors(to: 3), 0, true, 10),
      ("receive", .fail(error: "ECONNRESET"), 0, false, 50),
      // What comes and has no room in the program's own buffer is as if the kernel had cut it.
      ("cramped", .resizeControl(to: 64), 2, false, 11),
    ] as [(String, Experiment, Int, Bool, Int32)])
  func receives(
    how: String, experiment: Experiment, received: Int, isCut: Bool, status: Int32
  ) async throws {
    let timeline = try await run(how, before: "recvmsg", experiment)
    let message = try #require(timeline.message("recvmsg"))
    #expect(message.descriptorNumbers.count == received)
    #expect(message.messageFlags?.contains(.controlTruncated) ?? false == isCut)
    #expect(message.experiment?.experiment == experiment)
    #expect(timeline.ends == [.exited(status: status)])
    if experiment == .removeFlags(.closeOnExec) {
      #expect(message.descriptors.map(\.closeOnExec) == [false, false])
    }
    if experiment == .addFlags(.peek) { #expect(timeline.transfers.last?.isPeek == true) }
    #expect(message.error == (status == 50 ? "ECONNRESET" : nil))
  }

  @Test("of several messages the one that is told is changed")
  func several() async throws {
    let timeline = try await run("several", before: "sendmmsg", .dropDescriptor(at: 0))
    let messages = timeline.events.compactMap(\.message)
    #expect(messages.map(\.descriptorNumbers) == [[], [6]])
    #expect(messages.map { $0.experiment?.changes.first?.now } == [nil, "left out"])
    #expect(timeline.ends == [.exited(status: 10)])
  }

  @Test("a call of a program that ran before fails as asked, and the next one is its own again")
  func attachedFailure() async throws {
    let program = try await RunningCommand.tracee("changed", "attached", saying: "ready")
    let run = try TracedRun(attaching: program.pid, stopped: true)
    try await run.wait(for: "the receive") { $0.pending?.callName == "recvmsg" }
    run.send(.experiment(tid: program.pid, .fail(error: "EAGAIN")))
    run.send(.step(pid: nil))
    try await waitFor("the failure") { run.timeline.calls.contains("recvmsg:EAGAIN") }
    try await run.quit()
    try await program.waitFor("status 50\n")
    kill(-program.pid, SIGUSR1)
    #expect(try await program.end(0) == 50)
  }

  @Test("one that is taken back was never there")
  func takenBack() async throws {
    let run = try TracedRun("changed", "receive", stopped: true)
    let (tid, steps) = try await step(run, before: "recvmsg")
    run.send(.experiment(tid: tid, .removeControl))
    try await run.wait(for: "the changed call") { $0.pending?.message?.control == nil }
    #expect(run.status?.pending?.message?.experiment?.experiment == .removeControl)
    run.send(.experiment(tid: tid, nil))
    try await run.settle(commands: steps + 2)
    #expect(run.status?.pending?.message?.experiment == nil)
    #expect(run.status?.pending?.message?.control?.capacity == 24)
    run.send(.resume)
    #expect(try await run.finish().ends == [.exited(status: 12)])
  }

  @Test("it is done again when a signal has interrupted the call")
  func interrupted() async throws {
    let run = try TracedRun("changed", "waiting", stopped: true)
    let (tid, before) = try await step(run, before: "recvmsg")
    run.send(.experiment(tid: tid, .resizeControl(to: 20)))
    var steps = before + 1
    while run.status?.mode != .ended, steps < 40 {
      run.send(.step(pid: nil))
      steps += 1
      try await run.settle(commands: steps)
    }
    let timeline = try await run.finish()
    let message = try #require(timeline.message("recvmsg"))
    #expect(message.descriptorNumbers.count == 1)
    #expect(message.experiment?.experiment == .resizeControl(to: 20))
    #expect(Set(timeline.ends) == [.exited(status: 10), .exited(status: 11)])
  }

  @Test(
    "nothing of it stays in a call that goes on after us",
    arguments: [
      Experiment.resizeControl(to: 20), .resizeControl(to: 64), .addFlags(.peek),
      .limitDescriptors(to: 3),
    ])
  func letGo(experiment: Experiment) async throws {
    let program = try await RunningCommand.tracee("changed", "attached", saying: "ready")
    let run = try TracedRun(attaching: program.pid, stopped: true)
    try await run.wait(for: "the receive") { $0.pending?.callName == "recvmsg" }
    run.send(.experiment(tid: program.pid, experiment))
    run.send(.step(pid: nil))
    try await run.wait(for: "the wait") { status in
      status.state(of: program.pid) == .waiting(call: "recvmsg", fd: 4)
    }
    try await run.quit()
    try await program.waitUntilUntraced()
    kill(-program.pid, SIGUSR1)
    try await program.waitFor("status 12\n")
    #expect(try await program.end(0) == 12)
  }

  @Test(
    "the calls of 32-bit programs are changed too", .requires(.compatCalls),
    arguments: ["socketcall", "direct"])
  func compat(way: String) async throws {
    for experiment in [Experiment.dropDescriptor(at: 2), .addFlags(MessageFlags(rawValue: 0x4000))]
    {
      let run = try TracedRun("compat", way, stopped: true)
      let (tid, _) = try await step(run, before: "sendmsg")
      run.send(.experiment(tid: tid, experiment))
      run.send(.resume)
      let message = try #require(try await run.finish().message("sendmsg"))
      #expect(message.result == 4)
      #expect(message.experiment?.experiment == experiment)
      let isDropped = experiment == .dropDescriptor(at: 2)
      #expect(message.descriptorNumbers.count == (isDropped ? 2 : 3))
      #expect(message.flags.names == (isDropped ? [] : ["MSG_NOSIGNAL"]))
    }
  }

  @Test("a program that filters its calls itself is not made to fail")
  func ownFilter() async throws {
    let run = try TracedRun("own-filter", "allow", stopped: true)
    let (tid, _) = try await step(run, before: "sendmsg")
    run.send(.experiment(tid: tid, .fail(error: "EPIPE")))
    try await waitFor("the remark") { run.remarks.first?.contains("own seccomp filter") == true }
    run.send(.resume)
    #expect(try await run.finish().ends == [.exited(status: 0)])
  }

  @Test("what does not fit is refused with a sentence")
  func refusals() async throws {
    let run = try TracedRun("changed", "receive", stopped: true)
    run.send(.experiment(tid: 1, .removeControl))
    let (tid, _) = try await step(run, before: "recvmsg", steps: 1)
    for experiment in [
      Experiment.dropDescriptor(at: 0), .resizeControl(to: 24), .fail(error: "ENOTHING"),
      .limitDescriptors(to: 1 << 30), .addFlags(.closeOnExec),
    ] { run.send(.experiment(tid: tid, experiment)) }
    try await waitFor("the remarks") { run.remarks.count == 6 }
    let beginnings = [
      "An experiment needs a thread that is stopped before", "A receive has no control message yet",
      "The control buffer has 24 bytes already", "There is no error ENOTHING", "The limit is ",
      "The call has these flags already",
    ]
    for (remark, beginning) in zip(run.remarks, beginnings) {
      #expect(remark.hasPrefix(beginning))
    }
    run.send(.resume)
    #expect(try await run.finish().ends == [.exited(status: 12)])
  }

  // MARK: Helpers

  private func run(
    _ how: String, before call: String, _ experiment: Experiment
  ) async throws -> Timeline {
    let run = try TracedRun("changed", how, stopped: true)
    let (tid, steps) = try await step(run, before: call)
    run.send(.experiment(tid: tid, experiment))
    run.send(.step(pid: nil))
    try await run.settle(commands: steps + 2)
    #expect(run.remarks == [])
    run.send(.resume)
    return try await run.finish()
  }

  /// Steps until a thread is stopped before a call; returns it, and how many commands were given.
  private func step(
    _ run: TracedRun, before call: String, steps: Int = 0
  ) async throws -> (tid: Int32, steps: Int) {
    for count in steps..<(steps + 30) {
      try await run.settle(commands: count)
      if let event = run.status?.pending, event.callName == call { return (event.tid, count) }
      run.send(.step(pid: nil))
    }
    Issue.record("never stopped before \(call): \(run.timeline.calls)")
    throw CancellationError()
  }

  private func expect(
    _ record: ExperimentRecord?, _ experiment: Experiment, _ changes: [String]
  ) throws {
    let record = try #require(record)
    #expect(record.experiment == experiment)
    for (change, text) in zip(record.changes, changes) {
      #expect("\(change.field) \(change.was) \(change.now)".hasPrefix(text))
    }
    #expect(record.changes.count == changes.count)
  }
}

extension Timeline {
  fileprivate func message(_ call: String) -> MessageRecord? {
    events.compactMap(\.message).first { $0.call == call }
  }
}

extension SessionStatus {
  /// What the first thread that is stopped at an entry is about to do.
  fileprivate var pending: TraceEvent? {
    threads.lazy.compactMap { thread -> TraceEvent? in
      if case .before(let call, _) = thread.state { call } else { nil }
    }.first
  }
}
