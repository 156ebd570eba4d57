import Foundation
import TestKit
import Testing
import TraceModel

@testable import TraceSources

/// Who cannot be attached, and what is said about it.
@Suite("Obstacles to attaching")
struct AttachObstacleTests {
  @Test(
    "what can be told before trying",
    arguments: [
      (nil, "process 7: there is none with this number. Find the number with pgrep"),
      (ProcessStanding(pid: 99, name: "me"), "process 7 (me): it is this fdpass-tui itself."),
      (
        ProcessStanding(pid: 7, name: "kthreadd", isKernelThread: true),
        "process 7 (kthreadd): it is a thread of the kernel, which has no descriptors."
      ),
      (
        ProcessStanding(pid: 7, name: "a", tracer: 4_190_000),
        "process 7 (a): process 4190000 traces it, and there can be only one tracer. End that one"
      ),
      (
        ProcessStanding(pid: 7, name: "a", state: "Z"),
        "process 7 (a): it has ended, and its parent has not taken note of it yet."
      ),
    ] as [(ProcessStanding?, String)])
  func before(standing: ProcessStanding?, sentence: String) throws {
    let obstacle = try #require(AttachObstacle.before(attaching: 7, standing, ourselves: 99))
    #expect(obstacle.description.hasPrefix("Cannot attach to \(sentence)"), "\(obstacle)")
  }

  @Test("a process like any other is worth a try")
  func worthATry() {
    let standing = ProcessStanding(pid: 7, name: "a", user: 12345)
    #expect(AttachObstacle.before(attaching: 7, standing, ourselves: 99) == nil)
  }

  @Test("EPERM names whose the process is, or the value of ptrace_scope and the ways out")
  func refused() {
    let standing = ProcessStanding(pid: 7, name: "a", user: 0)
    let foreign = AttachObstacle.refused(7, standing, code: EPERM, user: 4_000_000, yama: 1)
    #expect(
      foreign.description == "Cannot attach to process 7 (a): it belongs to root, and you are "
        + "user 4000000. Run fdpass-tui as that user or as root (sudo).")
    let own = ProcessStanding(pid: 7, name: "a", user: 1000)
    let yama = AttachObstacle.refused(7, own, code: EPERM, user: 1000, yama: 1).description
    for words in [
      "EPERM; kernel.yama.ptrace_scope is 1", "as root (sudo)",
      "`echo 0 > /proc/sys/kernel/yama/ptrace_scope`", "`fdpass-tui run`",
    ] {
      #expect(yama.contains(words), "\(yama)")
    }
  }

  @Test("real ones: ourselves, one that is traced, one of the kernel")
  func real() async throws {
    #expect(AttachObstacle.before(attaching: getpid())?.description.contains("itself") == true)
    if let kernel = ProcessStanding(of: 2), kernel.name == "kthreadd" {
      #expect(AttachObstacle.before(attaching: 2)?.description.contains("kernel") == true)
    }
    #expect(AttachObstacle.before(attaching: getppid()) == nil)
  }

  @Test("one that is traced already", .requires(.ptrace))
  func traced() async throws {
    let program = try await RunningCommand.tracee("epoll", saying: "waiting")
    let run = try TracedRun(attaching: program.pid)
    try await run.wait(for: "the first stop") { $0.state(of: program.pid)?.isWaiting == true }
    let obstacle = AttachObstacle.before(attaching: program.pid)
    #expect(obstacle?.description.contains("traces it, and there can be only one") == true)
    try await run.quit()
    try await program.end()
  }

  @Test("the process of another user", .requires(.ptrace, .unprivileged))
  func foreign() async throws {
    let run = try TracedRun(attaching: 1)
    try await waitFor("the failure") { run.failure != nil }
    #expect(run.failure?.contains("it belongs to root, and you are ") == true)
  }
}

/// Who holds which socket.
@Suite("Sockets and their processes", .requires(.unixDiag))
struct SocketCensusTests {
  @Test("both ends are found by the socket's path, however it is written")
  func bothEnds() async throws {
    let pair = try await RunningPair()
    let both = [pair.server.pid, pair.client.pid].sorted()
    let name = pair.directory.path.split(separator: "/").last.map(String.init) ?? ""
    for path in [pair.path, "/tmp/../tmp/\(name)/s", "/tmp/./\(name)/./s"] {
      #expect(try SocketPlace.processes(at: path) == both)
    }
    try FileManager.default.createSymbolicLink(
      atPath: pair.path + "-link", withDestinationPath: "s")
    #expect(try SocketPlace.processes(at: pair.path + "-link") == both)
    try await pair.end()
  }

  @Test("a path without a socket, or without anybody there, is a sentence")
  func nobody() async throws {
    let pair = try await RunningPair()
    try await pair.client.end()
    try await pair.server.end()
    let stale = pair.path
    for (path, sentence) in [
      (stale, "nobody listens there: the file was left behind"),
      (stale + "-no", "No such file or directory. Check the path"),
      ("/tmp", "it is a directory, not a socket."),
      ("/etc/passwd", "it is a regular file, not a socket."),
      ("@fdpass-nobody", "nobody here has an abstract socket of this name"),
    ] {
      let error = #expect(throws: SocketPlaceError.self) {
        try SocketPlace.processes(at: path)
      }
      #expect(
        error?.description.hasPrefix("Cannot attach to the socket \(path): \(sentence)") == true,
        "\(error?.description ?? "no error")")
    }
    pair.directory.remove()
  }

  @Test("the list has the path, the peers, the user and what is in flight")
  func census() async throws {
    let pair = try await RunningPair()
    let sender = try await RunningCommand.tracee("in-flight", saying: "sent")
    let census = SocketCensus.take()
    let server = try #require(census.processes.first { $0.pid == pair.server.pid })
    #expect(server.comm == "tracees")
    #expect(server.paths == [pair.path])
    #expect(server.peers == [.init(pid: pair.client.pid, comm: "tracees")])
    #expect(server.queued == 0)
    #expect(server.user == UserNames()[geteuid()])
    let peer = try #require(
      census.processes.first { $0.peers.contains { $0.pid == sender.pid } })
    #expect(peer.queued == 1)
    #expect(peer.paths == [])
    #expect(!census.processes.contains { $0.pid == getpid() })
    kill(peer.pid, SIGKILL)
    try await sender.end()
    try await pair.end()
  }
}

/// Sockets as /proc lists them.
@Suite("Listed sockets")
struct ListedSocketTests {
  @Test(
    "a line of /proc/net/unix",
    arguments: [
      (
        "0000000000000000: 00000002 00000000 00010000 0001 01 20873 /run/a b",
        "stream 20873 /run/a b listening"
      ),
      ("ffff9: 00000003 00000000 00000000 0005 03 77", "seqpacket 77 - -"),
      ("ffff9: 00000003 00000000 00000000 0002 01 78 @name", "datagram 78 @name -"),
      ("Num       RefCount Protocol Flags    Type St Inode Path", "nothing"),
      ("", "nothing"),
    ])
  func line(text: String, meaning: String) {
    let socket = ListedSockets.socket(line: text)
    let words = socket.map {
      "\($0.type.rawValue) \($0.inode) \($0.path ?? "-") \($0.isListening ? "listening" : "-")"
    }
    #expect(words ?? "nothing" == meaning)
  }
}
