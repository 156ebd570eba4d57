import Foundation
import TestKit
import Testing

/// The demo on a real terminal, from the command to the end.
@Suite("The screen", .requires(.tmux, .ptrace, .kcmp)) struct ScreenTests {
  @Test(
    "One pass, step by step, at the sizes people have",
    arguments: [(80, 24), (110, 34), (160, 50)])
  func pass(columns: Int, rows: Int) async throws {
    let terminal = try await TerminalSession.inspecting(columns: columns, rows: rows)
    defer { terminal.close() }
    for sight in ["1 fd in flight", "recvmsg 17 B + fd 4"] {
      try await terminal.step(until: sight)
      try await terminal.waitForStraightBorders(columns: columns)
    }
    try await zoom("client /proc/", in: terminal, columns: columns)
    try await terminal.waitFor("═ same as server")
    try await terminal.send("z")

    try await terminal.step(until: "all wait")
    try await terminal.send("i")
    try await terminal.waitFor("typing, Esc leaves")
    try await terminal.type("over to you")
    try await terminal.send("Enter", "Escape")
    // Its read takes a moment to return, and Escape with a key right behind it is another key.
    try await terminal.waitUntil("the client's read to return, and keys to be commands") {
      $0.contains("stopped") && !$0.contains("typing, Esc leaves")
    }
    try await terminal.step(until: "write")
    try await zoom("server's terminal", in: terminal, columns: columns)
    try await terminal.waitUntil("what was typed") { screen in
      screen.lines.contains { $0.hasPrefix("│ over to you ") }
    }
    try await terminal.quit()
  }

  /// Gives a pane the whole screen.
  private func zoom(
    _ title: String, in terminal: TerminalSession, columns: Int
  ) async throws {
    try await terminal.focus(title)
    try await terminal.send("z")
    try await terminal.waitUntil("the zoomed pane") { $0.lines[1].hasPrefix("┌[ \(title)") }
    try await terminal.waitForStraightBorders(columns: columns)
  }

  @Test("All panes at once from 100×30; below that the rest is a key away")
  func panes() async throws {
    let titles = [
      "Timeline", "Message", "Bytes", "server /proc/", "client /proc/", "server's terminal",
      "client's terminal", "What just happened",
    ]
    let terminal = try await TerminalSession.inspecting(columns: 100, rows: 30)
    defer { terminal.close() }
    try await terminal.waitUntil("all panes") { screen in
      titles.allSatisfy { screen.contains(" \($0)") }
    }

    try await terminal.resize(columns: 80, rows: 24)
    try await terminal.waitFor("[Timeline] Message  Bytes  server fds  client fds")
    for title in titles.dropFirst() {
      try await terminal.send("Tab")
      try await terminal.waitFor("[ \(title)")
      try await terminal.waitForStraightBorders(columns: 80)
    }
    try await terminal.quit()
  }

  @Test("The past is looked at and left; help, zoom and Tab come back")
  func looking() async throws {
    let terminal = try await TerminalSession.inspecting()
    defer { terminal.close() }
    try await terminal.step(until: "recvmsg 17 B + fd 4")
    let now = try await terminal.waitUntil("all that the step brings") {
      $0.contains("⏸ stopped") && $0.contains("Next, client goes on")
    }
    try await terminal.send("b", "b")
    let past = try await terminal.waitFor("PAST  step 11 of 13")
    #expect(past.contains("1 fd in flight"))
    #expect(!past.contains("═ server"), "\(past)")
    try await terminal.send("End")
    try await terminal.waitUntil("the screen of now") { $0 == now }

    try await terminal.send("?")
    try await terminal.waitFor("Help: Timeline")
    try await terminal.send("Escape")
    try await terminal.waitUntil("the screen without help") { $0 == now }
    try await terminal.send("z")
    try await terminal.waitUntil("one pane") { !$0.contains("Message") }
    try await terminal.send("z")
    try await terminal.waitUntil("all panes") { $0 == now }
    for _ in 0..<8 { try await terminal.send("Tab") }
    try await terminal.waitUntil("the first pane again") { $0 == now }
    try await terminal.quit()
  }

  @Test("Too small is said in words that fit, and the screen grows back")
  func tooSmall() async throws {
    let terminal = try await TerminalSession(
      [TerminalSession.inspector], columns: 10, rows: 3)
    defer { terminal.close() }
    let small = try await terminal.waitFor("60×16")
    #expect(small.lines.joined(separator: " ").hasPrefix("Needs 60×16"), "\(small)")
    try await terminal.resize(columns: 50, rows: 5)
    try await terminal.waitFor("fdpass-tui needs at least 60×16; this terminal is")
    try await terminal.resize(columns: 100, rows: 30)
    try await terminal.waitFor("What just happened")
    try await terminal.waitForStraightBorders(columns: 100)
    try await terminal.send("Space")
    try await terminal.waitFor("step 3")
    try await terminal.resize(columns: 10, rows: 3)
    try await terminal.waitFor("60×16")
    try await terminal.quit()
  }

  @Test("A resize while the programs run redraws")
  func resizing() async throws {
    let terminal = try await TerminalSession.inspecting()
    defer { terminal.close() }
    try await terminal.send("c")
    try await terminal.waitFor("as fd 4")
    for (columns, rows) in [(132, 43), (80, 24), (97, 31), (100, 30)] {
      try await terminal.resize(columns: columns, rows: rows)
      let screen = try await terminal.waitForStraightBorders(columns: columns)
      #expect(screen.lines.count == rows)
      #expect(screen.lines[0].hasSuffix("running"), "\(screen)")
    }
    try await terminal.quit()
  }

  @Test("Leaving gives the shell its screen back")
  func leaving() async throws {
    let shell = try await ShellSession()
    defer { shell.close() }
    try await shell.type("echo before; \(TerminalSession.inspector); echo status $?")
    try await shell.terminal.waitFor("What just happened")
    #expect(try await shell.terminal.isFullScreen())
    try await shell.terminal.send("Space", "q")
    let screen = try await shell.terminal.waitFor("status 0")
    #expect(screen.lines.contains("before"))
    #expect(!screen.contains("Timeline"), "\(screen)")
    try await shell.expectSane()
  }
}
