import Foundation
import TestKit
import Testing

/// The key `x` as a user has it: a call is changed before the kernel sees it, and what then happens
/// is shown, recorded and exported.
@Suite("What if", .requires(.ptrace, .kcmp, .unixDiag))
struct WhatIfTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")

  @Test("a receive with too small a buffer, on the screen and in every export")
  func screen() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let recording = directory.path + "/session"
    // One process, and keys that wait for each step, so that a busy machine does the same.
    let terminal = try await TerminalSession([
      Self.program, "run", "--step", "--record", recording, "--keys", "Space Space Space Space x",
      "--", BuiltProducts.path(of: "tracees"), "changed", "receive",
    ])
    defer { terminal.close() }
    try await terminal.waitFor("What if: tracees is about to call recvmsg on 4")
    try await terminal.send("Enter", "Enter")
    try await terminal.waitFor("▷ changed recvmsg 4")
    try await terminal.send("Space")
    for text in [
      "! 1 finding", "4 changed recvm", "msg_controllen 20  was 24",
      "You cut the control buffer from 24 to 20 bytes before",
    ] { try await terminal.waitFor(text) }
    try await terminal.send("q")
    #expect(try await terminal.waitForExit() == 128 + SIGTERM)
    for (format, mark) in [
      ("json", #""experiment":{"name":"resize-control","to":20,"changes":"#),
      ("text", "changed by an experiment, which cut the control buffer from 24 to 20 bytes"),
      ("markdown", "cut the control buffer from 24 to 20 bytes"),
      ("mermaid", "cut the control buffer from<br/>24 to 20 bytes"),
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
    #expect(replay.output.contains("changed recvm"))
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
