import Foundation
import TestKit
import Testing

/// Terminals that can do less than one would wish.
@Suite("Kinds of terminals", .requires(.tmux, .ptrace)) struct TerminalKindsTests {
  /// An escape sequence (SGR) that sets a colour; 39 and 49 take one back.
  private static var colour: Regex<(Substring, Substring, Substring, Substring)> {
    #/(\[|;)(3[0-8]|4[0-8]|9[0-7]|10[0-7])(;|m)/#
  }

  @Test(
    "One that cannot show a screen: a sentence with the way out",
    arguments: [
      ("dumb", "The terminal “dumb” that TERM names cannot place its cursor"),
      ("unknown", "the terminal “unknown” that TERM names"),
      ("no-such-terminal", "terminfo does not know the terminal “no-such-terminal”"),
      ("", "TERM is not set"),
    ])
  func tooSimple(name: String, sentence: String) async throws {
    let terminal = try await TerminalSession(
      [TerminalSession.inspector], columns: 200, environment: ["TERM": name])
    defer { terminal.close() }
    #expect(try await terminal.waitForExit() == 1)
    let screen = try await terminal.screen()
    let lines = screen.lines.filter { !$0.isEmpty }
    #expect(lines.count == 1, "\(screen)")
    #expect(lines.first?.contains(sentence) == true, "\(screen)")
    #expect(lines.first?.hasPrefix("Error: ") == true, "\(screen)")
    #expect(lines.first?.contains("--text") == true, "\(screen)")
  }

  @Test(
    "Without colour everything can still be told apart",
    arguments: [
      (["--no-color"], [:]), ([], ["NO_COLOR": "1"]), ([], ["TERM": "vt100"]),
      ([], ["TERM": "xterm-mono"]),
    ] as [([String], [String: String])])
  func noColour(arguments: [String], environment: [String: String]) async throws {
    let terminal = try await TerminalSession.inspecting(arguments, environment: environment)
    defer { terminal.close() }
    let screen = try await terminal.step(until: "recvmsg 17 B + fd 4")
    #expect(screen.contains("[ Timeline ]"), "\(screen)")
    #expect(screen.contains("═ server 0,1,2"), "\(screen)")
    #expect(screen.contains(" NEW "), "\(screen)")
    try await terminal.waitForStraightBorders(columns: 110)
    let coloured = try await terminal.screenWithColours()
    #expect(!coloured.lines.contains { $0.contains(Self.colour) })
    try await terminal.quit()
  }

  @Test("With colour there is some, and the light theme has others")
  func colour() async throws {
    var looks: [ScreenText] = []
    for theme in ["dark", "light"] {
      let terminal = try await TerminalSession.inspecting(["--theme", theme])
      defer { terminal.close() }
      looks.append(try await terminal.screenWithColours())
      #expect(looks.last?.lines.contains { $0.contains(Self.colour) } == true)
      try await terminal.quit()
    }
    #expect(looks[0].lines[1] != looks[1].lines[1])
  }

  @Test(
    "Without Unicode all is ASCII",
    arguments: [(["--no-unicode"], [:]), ([], ["LANG": "C"]), ([], ["LC_ALL": "POSIX"])]
      as [([String], [String: String])])
  func ascii(arguments: [String], environment: [String: String]) async throws {
    // The lines are drawn with the terminal's own, which are no letters of any encoding.
    let terminal = try await TerminalSession.inspecting(arguments, environment: environment)
    defer { terminal.close() }
    let screen = try await terminal.step(until: "recvmsg 17 B + fd 4")
    let lines: Set<Unicode.Scalar> = ["┌", "─", "┐", "│", "├", "┤", "┬", "┴", "┼", "└", "┘"]
    for line in screen.lines {
      let others = line.unicodeScalars.filter { !$0.isASCII && !lines.contains($0) }
      #expect(others.isEmpty, "\(line)")
    }
    #expect(screen.contains("= server 0,1,2"), "\(screen)")
    try await terminal.quit()
  }

  @Test("A frame and lines are ASCII where the locale is")
  func asciiWithoutScreen() async throws {
    for arguments in [["--frame", "110x34", "--keys", "Space Space Space ? Esc"], ["--text"]] {
      let result = try await run(
        [TerminalSession.inspector] + arguments, environment: ["LC_ALL": "C"])
      #expect(result.status == 0 && result.output.allSatisfy(\.isASCII), "\(result)")
    }
  }

  @Test("A terminal that was left with its line drawing characters shows letters all the same")
  func otherCharacterSet() async throws {
    let terminal = try await TerminalSession(
      ["sh", "-c", "printf '\\033(0'; exec \(TerminalSession.inspector)"],
      environment: ["TERM": "xterm-256color"])
    defer { terminal.close() }
    try await terminal.waitFor("What just happened")
    try await terminal.step(until: "bind fdpass.sock")
    try await terminal.quit()
  }

  @Test("Input that is no terminal: the terminal is found all the same")
  func redirectedInput() async throws {
    let terminal = try await TerminalSession(
      ["sh", "-c", "\(TerminalSession.inspector) < /dev/null; echo status $?; cat"])
    defer { terminal.close() }
    try await terminal.waitFor("What just happened")
    try await terminal.send("Space")
    try await terminal.waitFor("step 3")
    try await terminal.send("q")
    try await terminal.waitFor("status 0")
  }
}
