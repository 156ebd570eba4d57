import Foundation
import Synchronization
import TestKit
import Testing
import TraceModel
import TraceSources

/// A session over one of the tracees, run on a thread of its own and watched from the test.
final class TracedRun: Sendable {
  private struct State {
    var timeline = Timeline()
    var statuses: [SessionStatus] = []
    var failure: String?
    var remarks: [String] = []
    var isOver = false
  }

  private let state = Mutex(State())
  private let source: any EventSource

  convenience init(_ arguments: String..., stopped: Bool = false, path: String? = nil) throws {
    try self.init(arguments: arguments, stopped: stopped, path: path)
  }

  convenience init(arguments: [String], stopped: Bool = false, path: String? = nil) throws {
    let program = LaunchPlan.Program(
      path: path ?? Self.tracees, arguments: [path ?? Self.tracees] + arguments,
      environment: ["PATH=/usr/bin:/bin"], inheritsDescriptors: false)
    try self.init(
      LaunchSource(
        LaunchPlan(
          programs: [program], startsStopped: stopped, command: arguments, inspector: "test")))
  }

  /// A session over processes that run already.
  convenience init(attaching processes: Int32..., stopped: Bool = false) throws {
    try self.init(
      AttachSource(
        AttachPlan(
          processes: processes, startsStopped: stopped, command: ["attach"], inspector: "test")))
  }

  private init(_ source: any EventSource) {
    self.source = source
    Thread.detachNewThread { [self] in
      source.run(telling: .events) { update in state.withLock { Self.note(update, &$0) } }
      state.withLock { $0.isOver = true }
    }
  }

  static let tracees = BuiltProducts.path(of: "tracees")

  private static func note(_ update: SessionUpdate, _ state: inout State) {
    switch update {
    case .event(let event): state.timeline.append(event)
    case .status(let status): state.statuses.append(status)
    case .remark(let sentence): state.remarks.append(sentence)
    case .lines, .caughtUp, .recording: break
    case .failed(let sentence): state.failure = sentence
    }
  }

  var timeline: Timeline { state.withLock { $0.timeline } }
  var status: SessionStatus? { state.withLock { $0.statuses.last } }
  var remarks: [String] { state.withLock { $0.remarks } }
  var failure: String? { state.withLock { $0.failure } }

  func send(_ command: SessionCommand) { source.send(command) }

  /// Waits until every process has ended, and ends the session.
  func finish() async throws -> Timeline {
    try await waitFor("every process to end", deadline: .seconds(300)) {
      state.withLock { $0.isOver || $0.statuses.last?.mode == .ended }
    }
    try await quit()
    return timeline
  }

  func quit() async throws {
    source.send(.quit)
    try await waitFor("the session to be over") { state.withLock { $0.isOver } }
  }

  /// Waits until the session's state is as wanted.
  func wait(for awaited: String, _ isAsWanted: (SessionStatus) -> Bool) async throws {
    let lastSeen = {
      "\(self.status.map { "\($0)" } ?? "no status") \(self.failure ?? "") \(self.timeline.ends)"
    }
    _ = try await waitForValue(awaited, lastSeen: lastSeen) {
      status.map(isAsWanted) == true ? true : nil
    }
  }

  /// Waits until nothing is under way and `commands` commands were taken up.
  func settle(commands: Int) async throws {
    try await wait(for: "the step to settle") { status in
      status.isSettled && status.commandsTaken >= commands
    }
  }
}

extension Timeline {
  /// The calls, sends and receives of the session as `name=result` or `name:ERROR`.
  var calls: [String] {
    events.compactMap { event in
      switch event.body {
      case .call(let call): call.outcome(call.name)
      case .send(let message), .receive(let message):
        CallRecord(name: message.call, result: message.result.map(Int64.init), error: message.error)
          .outcome(message.call)
      default: nil
      }
    }
  }

  var transfers: [Transfer] { events.compactMap(\.transfer) }

  var ends: [ProcessRecord.Event] { processes.compactMap(\.end) }
}

extension CallRecord {
  fileprivate func outcome(_ name: String) -> String {
    error.map { "\(name):\($0)" } ?? result.map { "\(name)=\($0)" } ?? name
  }
}
