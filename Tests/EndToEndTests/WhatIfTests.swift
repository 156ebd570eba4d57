import Foundation
import TestKit
import Testing

/// The key `x` as a user has it: a call is changed before the kernel sees it, and what then happens
/// is shown, recorded and exported.
@Suite("What if", .requires(.ptrace, .kcmp, .unixDiag))
struct WhatIfTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")

  @Test("the demo's receive with too small a buffer")
  func demo() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let recording = directory.path + "/session"
    let terminal = try await TerminalSession.inspecting(["demo", "--record", recording])
    defer { terminal.close() }
    try await terminal.step(until: "1 fd in flight")
    // The client's turn comes only once the server's step has ended.
    try await terminal.waitFor("▷ after sendmsg")
    try await terminal.send("x")
    try await terminal.waitFor("What if: client is about to call recvmsg(3)")
    try await terminal.send("Enter", "Enter")
    try await terminal.waitFor("changed recvmsg 3")
    try await terminal.send("2")
    for text in [
      "! 1 finding", "changed recvmsg 17 B", "msg_controllen 16  was 20",
      "You cut the control buffer from 20 to 16 bytes before",
    ] { try await terminal.waitFor(text) }
    try await terminal.quit()
    for (format, mark) in [
      ("json", #""experiment":{"name":"resize-control","to":16,"changes":"#),
      ("text", "changed by an experiment, which cut the control buffer from 20 to 16 bytes"),
      ("markdown", "cut the control buffer from 20 to 16 bytes"),
      ("mermaid", "cut the control buffer from<br/>20 to 16 bytes"),
      ("svg", "changed by an experiment, which cut the control buffer"),
      ("perfetto", #""experiment":"changed by an experiment, which cut"#),
    ] {
      let export = try await run([Self.program, "export", recording, "--format", format])
      #expect(export.output.contains(mark), "\(format): \(export)")
      #expect(export.status == 0)
    }
    let replay = try await run([
      Self.program, "replay", recording, "--frame", "110x34", "--keys", "G x",
    ])
    #expect(replay.output.contains("changed recvmsg 17 B"))
    #expect(replay.output.contains("This is a recording: what happened cannot be changed"))
  }

  @Test("a foreign program gets one of two descriptors, and goes on", .requires(.python3))
  func python() async throws {
    let script = """
      import socket
      a, b = socket.socketpair()
      socket.send_fds(a, [b"two"], [0, 1])
      data, fds, flags, address = socket.recv_fds(b, 16, 2)
      print(len(fds), "came, MSG_CTRUNC", bool(flags & socket.MSG_CTRUNC))
      """
    let result = try await run([
      "env", "PATH=/usr/bin:/bin", Self.program, "run", "--step", "--frame", "110x34", "--keys",
      "Space Space Space Space x Enter Enter Space c", "--", "python3", "-c", script,
    ])
    #expect(result.output.contains("1 came, MSG_CTRUNC True"), "\(result)")
    #expect(result.output.contains("changed recvm"), "\(result)")
  }

  @Test("a program that runs already is changed only after a yes, and has all back when we leave")
  func attached() async throws {
    let pair = try await AttachablePair()
    let terminal = try await TerminalSession.inspecting([
      "attach", "--step", "\(pair.server.pid)",
    ])
    defer { terminal.close() }
    try await terminal.waitFor("recvmsg 4, would wait")
    try await terminal.send("x", "Down", "Down", "Enter")
    try await terminal.waitFor("was not started here. Change its call? y yes")
    try await terminal.send("y")
    try await terminal.waitFor("changed recvmsg 4")
    try await terminal.send("Space")
    try await terminal.waitFor("waits in recvmsg 4")
    try await terminal.quit()
    try await pair.expectUntraced()
    try await pair.pass(1)
    try await pair.end()
  }
}
