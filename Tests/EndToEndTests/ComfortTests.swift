import Foundation
import TestKit
import Testing

/// What the user settles once, what the inspector remembers, and the account without a screen.
@Suite("Comfort", .requires(.tmux, .ptrace)) struct ComfortTests {
  @Test("The configuration file counts, and what is wrong in it is said")
  func configuration() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let folder = directory.path + "/fdpass-tui"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try "unicode = maybe\nbind F5 = step\nbind Space = none\n".write(
      toFile: folder + "/config", atomically: true, encoding: .utf8)
    let terminal = try await TerminalSession.inspecting(
      environment: ["XDG_CONFIG_HOME": directory.path])
    defer { terminal.close() }
    try await terminal.waitFor("/fdpass-tui/config, line 1, column 11: write yes or no.")
    try await terminal.send("F5")
    try await terminal.waitFor("socket \u{2192} 3")
    try await terminal.waitFor(" F5 step  b back")
    let keys = try await run(
      [TerminalSession.inspector, "keys"], environment: ["XDG_CONFIG_HOME": directory.path])
    #expect(keys.output.contains("bind F5 = step\nbind s = step\n\n"), "\(keys)")
    try await terminal.quit()
  }

  @Test("A dragged line stays where it was put in the next session, and the first words are gone")
  func remembered() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let state = ["XDG_STATE_HOME": directory.path + "/not/yet"]
    let first = try await TerminalSession.inspecting(rows: 40, environment: state)
    defer { first.close() }
    try await first.waitFor("New here?")
    let row = try #require(
      try await first.screen().lines.firstIndex { $0.contains(" What just happened ") })
    // A press, a move with the button down, and its release, as tmux reports them.
    for (event, line) in [(0, row), (32, row - 2), (3, row - 2)] {
      let report = [event, 60, line + 1].map { UInt8($0 + 32) }
      try await first.send(bytes: Array("\u{1B}[M".utf8) + report)
    }
    let moved = try await first.waitUntil("the line further up") {
      $0.lines[row - 2].contains(" What just happened ")
    }
    #expect(moved.contains("New here?"), "\(moved)")
    try await first.quit()

    let second = try await TerminalSession.inspecting(rows: 40, environment: state)
    defer { second.close() }
    let screen = try await second.waitFor("step 2")
    #expect(screen.lines[row - 2].contains(" What just happened "), "\(screen)")
    #expect(!screen.contains("New here?"), "\(screen)")
    try await second.quit()
  }

  @Test("The linear account steps by keys, without drawing, and leaves the terminal as it was")
  func linear() async throws {
    let terminal = try await TerminalSession(
      ["sh", "-c", "stty -g; \(TerminalSession.inspector) --linear; stty -g"], rows: 60)
    defer { terminal.close() }
    try await terminal.waitFor("Next, server runs from the beginning")
    #expect(try await !terminal.isFullScreen())
    try await terminal.send("Space")
    try await terminal.waitFor("Step 3, server made a socket.")
    try await terminal.send("b")
    try await terminal.waitFor("Past, step 2 of 3, client is process")
    try await terminal.send("q")
    #expect(try await terminal.waitForExit() == 0)
    let lines = try await terminal.screen().lines.filter { $0.contains(":") && !$0.contains(" ") }
    #expect(lines.count == 2 && lines.first == lines.last, "\(lines)")
  }

  @Test("The linear account takes keys from a pipe, each when the one before has done its work")
  func linearPipe() async throws {
    let keys = String(repeating: " ", count: 40) + "ihello\u{1B}"
    let result = try await run([TerminalSession.inspector, "--linear"], input: keys)
    #expect(result.status == 0, "\(result)")
    for words in [
      "No number travels: client will get the lowest free one of its own.", "Everybody waits",
      "Typing into client's terminal. Esc leaves.",
    ] {
      #expect(result.output.contains(words), "\(words) in \(result)")
    }
    let steps = result.output.matches(of: #/(?m)^Step (\d+), /#).compactMap { Int($0.1) }
    #expect(steps == Array(1...max(1, steps.count)), "\(steps)")
    #expect(!result.output.contains("\u{1B}"))
  }
}
