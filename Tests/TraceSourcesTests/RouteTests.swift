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

  @Test("a file goes on from one process to the next")
  func relay() async throws {
    let timeline = try await TracedRun("relay").finish()
    #expect(timeline.transfers.count == 3)
    #expect(timeline.transfers.flatMap(\.descriptors).allSatisfy { $0.proof == .kcmp })
  }

  @Test("a socket that came over a socket is the same socket, also one that came over itself")
  func sockets() async throws {
    let timeline = try await TracedRun("sockets-over-sockets").finish()
    #expect(timeline.ends == [.exited(status: 0)])
    // Its sender had closed the first one.
    #expect(
      timeline.transfers.flatMap(\.descriptors).map(\.proof) == [.inferred, .kcmp, .kcmp, .kcmp])
  }
}
