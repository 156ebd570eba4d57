import Foundation
import TestKit
import Testing

/// `fdpass-tui attach` as a user has it.
@Suite("fdpass-tui attach", .requires(.ptrace, .unixDiag))
struct AttachScreenTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")

  @Test("lines of both ends of a socket; a signal ends us and nobody else")
  func lines() async throws {
    let pair = try await AttachablePair()
    let inspector = try RunningCommand([Self.program, "attach", "--text", "--socket", pair.path])
    try await inspector.waitFor("tracees serve \(pair.path)")
    try await inspector.waitFor("tracees ask \(pair.path)")
    try await pair.pass(1)
    try await inspector.waitFor("the same open file")
    #expect(try await inspector.end(SIGINT) == 128 + SIGINT)
    try await pair.expectUntraced()
    try await pair.pass(2)
    try await pair.end()
  }

  @Test("killed by -9 we leave everybody running")
  func killed() async throws {
    let pair = try await AttachablePair()
    let inspector = try RunningCommand([
      Self.program, "attach", "--json", "\(pair.server.pid)", "\(pair.client.pid)",
    ])
    try await inspector.waitFor("\"kind\":\"process\",\"pid\":\(pair.client.pid)")
    try await pair.pass(1)
    try await inspector.waitFor("\"kind\":\"transfer\"")
    #expect(try await inspector.end(SIGKILL) == 128 + SIGKILL)
    try await pair.expectUntraced()
    try await pair.pass(2)
    try await pair.end()
  }

  @Test("killed by -9 while it holds them, too")
  func killedWhileHolding() async throws {
    let pair = try await AttachablePair()
    let terminal = try await TerminalSession([
      Self.program, "attach", "--step", "\(pair.server.pid)",
    ])
    defer { terminal.close() }
    try await terminal.waitFor("recvmsg 4, would wait")
    kill(try await terminal.programID(), SIGKILL)
    try await pair.expectUntraced()
    try await pair.pass(1)
    try await pair.end()
  }

  @Test("one whose processes end, ends")
  func ends() async throws {
    let pair = try await AttachablePair()
    let inspector = try RunningCommand([Self.program, "attach", "--text", "\(pair.client.pid)"])
    try await inspector.waitFor("runs already")
    try await pair.client.end()
    try await inspector.waitFor("is ended by signal 15")
    #expect(try await inspector.end(0) == 0)
    try await pair.server.end()
    pair.directory.remove()
  }

  @Test(
    "wrong numbers are one sentence each",
    arguments: [
      (["4190000"], 1, "Cannot attach to process 4190000: there is none with this number."),
      (["abc"], 64, "The value 'abc' is invalid for '<pid>'"),
      (["12x"], 64, "The value '12x' is invalid for '<pid>'"),
      (["0"], 64, "0 is not the number of a process"),
      (["--socket", "/nowhere"], 1, "Cannot attach to the socket /nowhere: No such file"),
      (["--socket", "/tmp"], 1, "it is a directory, not a socket."),
      (["--socket", "/tmp", "1"], 64, "Give either the numbers of processes or --socket."),
    ] as [([String], Int32, String)])
  func wrong(arguments: [String], status: Int32, sentence: String) async throws {
    let result = try await run([Self.program, "attach", "--text"] + arguments)
    #expect(result.status == status, "\(result)")
    #expect(result.errorOutput.contains(sentence), "\(result)")
    #expect(result.output == "")
  }

  @Test("without a terminal the list is lines")
  func list() async throws {
    let pair = try await AttachablePair()
    let text = try await run([Self.program, "attach"])
    #expect(text.status == 0)
    let line = text.output.split(separator: "\n").first {
      $0.drop { $0 == " " }.hasPrefix("\(pair.server.pid)  tracees")
    }
    #expect(line?.contains(pair.path) == true, "\(text)")
    #expect(line?.hasSuffix("  tracees \(pair.client.pid)") == true, "\(text)")
    let json = try await run([Self.program, "attach", "--json"])
    #expect(json.output.contains(#""paths":["\#(pair.path)"]"#), "\(json)")
    try await pair.end()
  }

  @Test("the list as a frame; Enter goes on to the session, and the keys with it")
  func frame() async throws {
    let pair = try await AttachablePair()
    // Of the path, since a number may also be a part of others.
    let name = pair.directory.path.suffix(8)
    let letters = name.map(String.init).joined(separator: " ")
    let list = try await run([
      Self.program, "attach", "--frame", "100x20", "--keys", letters,
    ])
    #expect(list.output.contains("Filter: \(name)"), "\(list)")
    #expect(list.output.contains(pair.path), "\(list)")
    let session = try await run([
      Self.program, "attach", "--frame", "110x34", "--keys", "\(letters) End Enter z",
    ])
    #expect(session.output.contains("waits in rt_sigtimedwait"), "\(session)")
    try await pair.expectUntraced()
    try await pair.pass(1)
    try await pair.end()
  }

  @Test("choosing on the screen, looking, and leaving", .requires(.tmux))
  func screen() async throws {
    let pair = try await AttachablePair()
    let terminal = try await TerminalSession([Self.program, "attach"])
    defer { terminal.close() }
    try await terminal.waitFor("type to filter")
    try await terminal.type(pair.path)
    try await terminal.waitFor("2 of ")
    try await terminal.send("Tab", "Tab", "Enter")
    try await terminal.waitFor("waits in recvmsg 4")
    try await pair.pass(1)
    try await terminal.waitFor("SCM_RIGHTS")
    try await terminal.send("q")
    #expect(try await terminal.waitForExit() == 0)
    try await pair.expectUntraced()
    try await pair.pass(2)
    try await pair.end()
  }
}

/// A server and a client that run, connected to each other.
struct AttachablePair {
  let directory: TemporaryDirectory
  let server: RunningCommand
  let client: RunningCommand

  var path: String { directory.path + "/s" }

  init() async throws {
    directory = try TemporaryDirectory()
    let tracees = BuiltProducts.path(of: "tracees")
    let path = directory.path + "/s"
    server = try RunningCommand([tracees, "serve", path])
    try await server.waitFor("listening")
    client = try RunningCommand([tracees, "ask", path])
    try await client.waitFor("connected")
    // Accepted, and so waiting in a receive.
    try await pass(0)
  }

  /// Makes the client ask, and waits for its pass with this number, counted from 0.
  func pass(_ number: Int) async throws {
    kill(client.pid, SIGUSR1)
    try await client.waitFor("pass \(number + 1)\n")
  }

  /// Waits until nobody traces any of the two.
  func expectUntraced() async throws {
    for pid in [server.pid, client.pid] {
      try await waitFor("process \(pid) to be let go") {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        return status.contains("TracerPid:\t0\n") && !status.contains("State:\tt")
      }
    }
  }

  func end() async throws {
    try await client.end()
    try await server.end()
    directory.remove()
  }
}
