import Foundation
import TestKit
import Testing
import TraceModel

/// Programs whose table of descriptors is not where one looks first, or not to be looked at.
@Suite("Tables of descriptors", .requires(.ptrace, .kcmp, .unixDiag))
struct TableTests {
  @Test("a process is seen through a thread that is left when its first has ended")
  func leaderless() async throws {
    let timeline = try await TracedRun("leaderless").finish()
    #expect(timeline.transfers.map { $0.descriptors.map(\.proof) } == [[.kcmp]])
    #expect(timeline.sentTargets == ["/memfd:alone (deleted)"])
    #expect(timeline.calls.contains("write=1"))
    #expect(timeline.ends == [.exited(status: 0)])
  }

  @Test("what came and went between two events is not told as closed, by an exec or an end")
  func cameAndWent() async throws {
    let script = "exec 4</dev/null; exec 4<&-; exec /bin/sh -c 'exec /bin/true'"
    let timeline = try await TracedRun("-c", script, path: "/bin/sh").finish()
    var open: Set<DescriptorHolder> = []
    var untold: [DescriptorHolder] = []
    for event in timeline.events {
      for change in event.changes {
        let holder = DescriptorHolder(pid: change.pid, fd: change.fd)
        if change.now != nil {
          open.insert(holder)
        } else if open.remove(holder) == nil {
          untold.append(holder)
        }
      }
    }
    #expect(untold.isEmpty)
    #expect(timeline.ends == [.exited(status: 0)])
  }

  @Test("what another process does to a table that both share is known")
  func sharedTable() async throws {
    let timeline = try await TracedRun("shared-table").finish()
    #expect(timeline.sentTargets == ["/memfd:first (deleted)", "/memfd:second (deleted)"])
    let received = timeline.transfers.map { $0.descriptors.map(\.proof) }
    #expect(received == [[.kcmp], [.kcmp]])
    #expect(timeline.ends == [.exited(status: 0), .exited(status: 0)])
  }

  @Test("a table that two shared already when they were attached is told as they leave it")
  func sharedBefore() async throws {
    let parent = try await RunningCommand.tracee("shared-table-before", saying: "\n")
    let child = try #require(
      parent.output.split(separator: " ").last.flatMap { Int32($0.dropLast()) })
    let run = try TracedRun(attaching: parent.pid, child)
    try await run.wait(for: "both to wait") { status in
      [parent.pid, child].allSatisfy { status.state(of: $0)?.isWaiting == true }
    }
    kill(parent.pid, SIGUSR1)
    let timeline = try await run.finish()
    #expect(timeline.sentTargets == ["/memfd:first (deleted)", "/memfd:second (deleted)"])
    let received = timeline.transfers.map { $0.descriptors.map(\.proof) }
    #expect(received == [[.kcmp], [.kcmp]])
    #expect(timeline.ends == [.exited(status: 0), .exited(status: 0)])
  }

  @Test("children have their tables from the fork on, also before a CPU has time for them")
  func lateChildren() async throws {
    let timeline = try await TracedRun("late-children", "12").finish()
    #expect(timeline.events.compactMap(\.finding).filter { $0.code == .abandoned } == [])
    let proofs = timeline.transfers.map { $0.descriptors.map(\.proof) }
    #expect(proofs == Array(repeating: [.kcmp], count: 12))
    #expect(timeline.ends == Array(repeating: .exited(status: 0), count: 13))
  }

  @Test("of a thread that has left the table of its process nothing is told that is not its own")
  func ownTable() async throws {
    let timeline = try await TracedRun("own-table").finish()
    #expect(timeline.events.compactMap(\.message).map(\.descriptorNumbers.count) == [1, 1])
    #expect(timeline.sentTargets == [])
    #expect(timeline.transfers.map { $0.descriptors.map(\.proof) } == [[.none]])
    #expect(timeline.ends == [.exited(status: 0)])
  }

  @Test("of a process that hides from its user its calls are told, and that it hides")
  func hidden() async throws {
    let run = try TracedRun("hidden")
    let timeline = try await run.finish()
    #expect(timeline.calls.suffix(3) == ["socketpair=0", "sendmsg=1", "recvmsg=1"])
    #expect(timeline.ends == [.exited(status: 0)])
    if Requirement.root.isMet {
      #expect(timeline.transfers.map { $0.descriptors.map(\.proof) } == [[.kcmp]])
    } else {
      #expect(run.remarks.contains { $0.contains("does not let its own user see") })
    }
  }

  @Test("a send that a supervisor lets go on is seen")
  func supervised() async throws {
    let timeline = try await TracedRun("supervised").finish()
    #expect(timeline.transfers.map { $0.descriptors.map(\.proof) } == [[.kcmp], [.kcmp]])
    #expect(timeline.ends == [.exited(status: 0)])
  }
}

extension Timeline {
  /// What the descriptors of each send refer to.
  fileprivate var sentTargets: [String] {
    events.flatMap { event -> [String] in
      if case .send(let message) = event.body { message.descriptors.map(\.target) } else { [] }
    }
  }
}
