import Foundation
import TestKit
import Testing

/// Programs that use their terminal, used within the inspector.
@Suite("Interactive programs", .requires(.tmux, .ptrace)) struct InteractiveTests {
  /// Reads keys as an editor does: raw, on the alternate screen, with application arrows, bracketed
  /// paste and the mouse; says how large its terminal is and which bytes came.
  private static let reader = #"""
    import os, signal, termios, tty
    out = lambda text: os.write(1, text.encode())
    size = lambda *_: out("\x1b[2;1H\x1b[Ksize %dx%d" % os.get_terminal_size())
    signal.signal(signal.SIGWINCH, size)
    before = termios.tcgetattr(0)
    tty.setraw(0)
    out("\x1b[?1049h\x1b[?1h\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b]0;reader\x07")
    size()
    out("\x1b[c")
    data = b""
    while data != b"q":
        data = os.read(0, 100)
        out("\x1b[4;1H\x1b[Kgot " + repr(data))
    termios.tcsetattr(0, termios.TCSADRAIN, before)
    out("\x1b[?1049l")
    """#

  @Test("An editor has its size, its keys, its mouse and its answers")
  func editor() async throws {
    let terminal = try await TerminalSession.inspecting(["run", "--", "python3", "-c", Self.reader])
    defer { terminal.close() }
    // The answer to its question.
    try await terminal.waitFor(#"got b'\x1b[?1;2c'"#)
    try await terminal.send("i")
    try await terminal.waitFor(": reader: typing, C-] leaves")
    try await terminal.waitFor("size 106x21")
    for (key, bytes) in [
      ("Escape", #"\x1b"#), ("Up", #"\x1bOA"#), ("F5", #"\x1b[15~"#), ("M-x", #"\x1bx"#),
      ("C-c", #"\x03"#), ("C-z", #"\x1a"#), ("BTab", #"\x1b[Z"#),
    ] {
      try await terminal.send(key)
      try await terminal.waitFor("got b'\(bytes)'")
    }
    // The mouse as tmux reports it: the third column of the second row of the pane.
    try await terminal.type("\u{1B}[M %$")
    try await terminal.waitFor(#"got b'\x1b[<0;3;2M'"#)
    try await terminal.type("\u{1B}[200~one\rtwo\u{1B}[201~")
    try await terminal.waitFor(#"got b'\x1b[200~one\rtwo\x1b[201~'"#)
    try await terminal.resize(columns: 80, rows: 24)
    try await terminal.waitFor("size 76x14")

    try await terminal.send("C-]")
    try await terminal.waitFor("i type")
    try await terminal.send("C-]")
    try await terminal.waitFor(#"got b'\x1d'"#)
    try await terminal.send("C-]", "z")
    try await terminal.waitFor("size 76x20")
    try await terminal.send("i", "q")
    try await terminal.waitFor("nobody reads its terminal any more")
    try await terminal.quit()
  }

  @Test("A shell's lines scroll away and come back")
  func shell() async throws {
    let terminal = try await TerminalSession.inspecting(["run", "--", "sh"])
    defer { terminal.close() }
    try await terminal.waitFor("i type")
    try await terminal.send("i")
    try await terminal.type("seq 1000 1099")
    try await terminal.send("Enter")
    try await terminal.waitFor("│ 1099 ")
    try await terminal.send("C-]", "z", "g")
    try await terminal.waitFor("│ 1000 ")
    try await terminal.waitForStraightBorders(columns: 110)
    try await terminal.send("PageDown")
    let page = try await terminal.waitUntil("the next page") {
      $0.contains("│ 1040 ") && !$0.contains("│ 1000 ")
    }
    #expect(page.contains("│ 1028 "), "\(page)")
    #expect(!page.contains("│ 1099 "), "\(page)")
    try await terminal.send("i")
    try await terminal.waitFor("│ 1099 ")
    try await terminal.send("C-d")
    try await terminal.waitFor("nobody reads its terminal any more")
    try await terminal.quit()
  }

  @Test("A program that waits goes on waiting when its terminal gets another size")
  func waiting() async throws {
    let terminal = try await TerminalSession.inspecting()
    defer { terminal.close() }
    try await terminal.step(until: "all wait")
    // What they print may come after they wait.
    let before = try await terminal.waitUntil("all that they print") {
      $0.contains("Client Request: Send me your Stdout") && $0.contains("Stdout as fd 4")
    }
    try await terminal.focus("client's terminal")
    try await terminal.send("z")
    try await terminal.waitUntil("the zoomed pane") { $0.lines[1].hasPrefix("┌[ client's") }
    try await terminal.send("z")
    try await terminal.focus("Timeline")
    // The first line counts the steps: nobody took one.
    try await terminal.waitUntil("the screen as it was") {
      $0.lines.first == before.lines.first && $0.contains("all wait")
        && $0.contains("Client Request: Send me your Stdout") && $0.contains("Stdout as fd 4")
    }
    try await terminal.quit()
  }
}
