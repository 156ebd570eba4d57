import Foundation
import TestKit
import Testing
import TraceModel

/// The ways that descriptors take in real programs (see Tests/Tracees/routes.c).
@Suite("Ways of descriptors", .requires(.ptrace, .kcmp, .unixDiag))
struct RouteTests {
  @Test("datagrams find the socket that is bound to their address", arguments: [true, false])
  func addresses(isAbstract: Bool) async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let path = isAbstract ? "@\(directory.path)" : "\(directory.path)/s"
    let depth = FileManager.default.currentDirectoryPath.split(separator: "/").count
    let relative = isAbstract ? path : String(repeating: "../", count: depth) + path.dropFirst()
    let timeline = try await TracedRun("to-address", path, relative).finish()
    #expect(timeline.ends == [.exited(status: 0)])
    let sends = timeline.events.filter { if case .send = $0.body { true } else { false } }
    #expect(sends.map { $0.message?.address } == [path, relative, nil, nil])
    let plain = timeline.events.first { $0.callName == "sendto" }
    guard case .call(let call) = plain?.body else { throw CancellationError() }
    #expect(call.address == path)
    #expect(timeline.transfers.map(\.send) == sends.map(\.sequence))
    #expect(timeline.transfers.flatMap(\.descriptors).allSatisfy { $0.proof == .kcmp })
  }

  @Test("a datagram socket that was disconnected has its peer no longer")
  func disconnected() async throws {
    let timeline = try await TracedRun("disconnect").finish()
    #expect(timeline.ends == [.exited(status: 0)])
    let peers = timeline.events.compactMap(\.message).map { $0.socket.peer != nil }
    #expect(peers == [true, false, true, false])
    #expect(timeline.transfers.map { $0.descriptors.map(\.proof) } == [[.kcmp], [.kcmp]])
  }

  @Test("what was sent before the accept is received after it", arguments: [true, false])
  func beforeAccept(isAbstract: Bool) async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let path = isAbstract ? "@\(directory.path)" : "\(directory.path)/s"
    let timeline = try await TracedRun("before-accept", path).finish()
    #expect(timeline.ends == [.exited(status: 0)])
    #expect(timeline.transfers.map(\.descriptors.count) == [1, 1])
    #expect(timeline.transfers.flatMap(\.descriptors).allSatisfy { $0.proof == .kcmp })
  }

  @Test("a connection that nobody has accepted is known by the socket in whose queue it waits")
  func waitingToBeAccepted() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let run = try TracedRun("before-accept", "\(directory.path)/s", stopped: true)
    var commands = 0
    func connect() -> TraceEvent? { run.timeline.events.first { $0.callName == "connect" } }
    while connect() == nil, commands < 30 {
      try await run.settle(commands: commands)
      run.send(.step(pid: nil))
      commands += 1
    }
    try await run.settle(commands: commands)
    let event = try #require(connect())
    let table = try #require(run.timeline.tables(at: event.sequence)[event.pid])
    let listener = try #require(table.rows.first { $0.socket?.isListening == true }?.socket)
    let client = try #require(table.rows.first { $0.socket?.listener != nil }?.socket)
    #expect(client.listener == listener.inode)
    #expect(client.peer == nil)
    run.send(.resume)
    _ = try await run.finish()
  }

  @Test("a file goes on from one process to the next")
  func relay() async throws {
    let timeline = try await TracedRun("relay").finish()
    #expect(timeline.transfers.flatMap(\.descriptors).map(\.proof) == [.kcmp, .kcmp, .kcmp])
    let origins = timeline.transfers.flatMap(\.descriptors).compactMap(\.origin)
    // The parent opened it; it went to a child, to another, by fork to a grandchild, and back.
    let processes = timeline.processes.map(\.pid)
    #expect(origins.map(\.holder.pid) == Array(repeating: processes[0], count: 3))
    #expect(origins.map(\.beginning) == [.opened, .opened, .opened])
    let ways = origins.map { $0.hops.map { "\($0.send == nil ? "fork" : "pass") \($0.pid)" } }
    let (first, second) = try (
      #require(timeline.event(.receive, 0)?.pid), #require(timeline.event(.receive, 1)?.pid)
    )
    let third = try #require(timeline.event(.send, 2)?.pid)
    #expect(
      ways == [
        ["pass \(first)"], ["pass \(first)", "pass \(second)"],
        ["pass \(first)", "pass \(second)", "fork \(third)", "pass \(processes[0])"],
      ])
    timeline.expectRowsToAgree()
  }

  @Test("a socket that came over a socket is the same socket, also one that came over itself")
  func sockets() async throws {
    let timeline = try await TracedRun("sockets-over-sockets").finish()
    #expect(timeline.ends == [.exited(status: 0)])
    timeline.expectRowsToAgree()
    // Its sender had closed the first one, which was watched.
    #expect(
      timeline.transfers.flatMap(\.descriptors).map(\.proof) == [.kcmp, .kcmp, .kcmp, .kcmp])
  }
}

extension Timeline {
  fileprivate enum Way { case send, receive }

  /// One of the sends or receives with descriptors.
  fileprivate func event(_ way: Way, _ index: Int) -> TraceEvent? {
    let found = events.filter { event in
      switch event.body {
      case .send(let message): way == .send && !message.descriptors.isEmpty
      case .receive(let message): way == .receive && !message.descriptors.isEmpty
      default: false
      }
    }
    return found.indices.contains(index) ? found[index] : nil
  }

  /// The rows of tables know the same origins as the transfers that brought them.
  fileprivate func expectRowsToAgree() {
    for transfer in transfers {
      for pair in transfer.descriptors {
        guard let pid = self[transfer.receive]?.pid else { continue }
        let row = DescriptorHolder(pid: pid, fd: pair.received)
        #expect(origin(of: row, at: transfer.receive) == pair.origin)
      }
    }
  }
}
