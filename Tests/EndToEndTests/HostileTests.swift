import Foundation
import TestKit
import Testing

/// Programs that print, send and name what would disturb a terminal. The inspector shows it in its
/// place, and the user's terminal never acts on it.
@Suite("Hostile programs", .requires(.tmux, .ptrace)) struct HostileTests {
  /// Ends whatever string or mode was begun, so that the last line can be seen.
  private static let ending =
    "\u{18}\u{1B}\\\u{1B}(B\u{0F}\u{1B}[m\u{1B}[r\u{1B}[?6l\u{1B}[24;1H\nEND"

  /// What is printed, by what it attempts.
  static let attempts: [(String, [UInt8])] = [
    ("the title", Array("\u{1B}]0;pwned\u{07}\u{1B}]2;pwned\u{1B}\\\u{1B}kpwned\u{1B}\\".utf8)),
    ("other screens", Array("\u{1B}[?1049h\u{1B}[2J\u{1B}[?47l\u{1B}[?1049l\u{1B}[3J\u{1B}c".utf8)),
    ("the mouse, the cursor", Array("\u{1B}[?1003h\u{1B}[?1006h\u{1B}[?25h\u{1B}[?2004h".utf8)),
    ("the clipboard", Array("\u{1B}]52;c;cHduZWQ=\u{07}".utf8)),
    (
      "device strings",
      Array("\u{1B}P$qm\u{1B}\\\u{1B}Ptmux;\u{1B}\u{1B}]0;pwned\u{07}\u{1B}\\".utf8)
    ),
    ("questions", Array("\u{1B}[6n\u{1B}[c\u{1B}[>c\u{1B}[5n\u{1B}Z\u{1B}[18t\u{05}".utf8)),
    (
      "regions and places", Array("\u{1B}[2;3r\u{1B}[?6h\u{1B}[999;999H\u{1B}#8\u{1B}(0\u{0E}".utf8)
    ),
    ("invalid UTF-8", [0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF5, 0x80, 0x9B, 0x32, 0x4A, 0xE6]),
    ("NULs and controls", [UInt8](0..<8) + [UInt8](14..<24) + [0x7F, 0, 0, 0]),
    ("4 KB in one line", [UInt8](repeating: 0x78, count: 4096)),
    ("wide characters", Array(String(repeating: "漢字", count: 101).utf8)),
    (
      "marks", Array("e\u{301}\u{302}\u{303}か\u{3099} 👩\u{200D}👩\u{200D}👧 \u{202E}abc\u{200B}".utf8)
    ),
  ]

  @Test("What is printed stays in its pane", arguments: attempts)
  func printing(attempt: String, bytes: [UInt8]) async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    try Data(bytes + Self.ending.utf8).write(to: URL(filePath: directory.path + "/printed"))
    let terminal = try await TerminalSession([
      TerminalSession.inspector, "run", "--no-mouse", "--", "sh", "-c",
      "cat \(directory.path)/printed; exec sleep 600",
    ])
    defer { terminal.close() }
    try await terminal.waitFor("END")
    try await terminal.waitFor(" sleep's terminal")
    try await expectUndisturbed(terminal)
    try await terminal.focus("sleep's terminal")
    try await terminal.send("z")
    try await terminal.waitUntil("the zoomed pane") {
      $0.lines[1].hasPrefix("┌[ sleep's terminal") && $0.contains("END")
    }
    try await expectUndisturbed(terminal)
    try await terminal.send("q")
    #expect(try await terminal.waitForExit() == 128 + SIGTERM)
    #expect(try await !terminal.isFullScreen())
  }

  private func expectUndisturbed(
    _ terminal: TerminalSession, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let screen = try await terminal.waitForStraightBorders(
      columns: 110, sourceLocation: sourceLocation)
    #expect(screen.lines[0].hasPrefix(" fdpass-tui "), sourceLocation: sourceLocation)
    #expect(try await !terminal.title().contains("pwned"), sourceLocation: sourceLocation)
    #expect(try await terminal.clipboard() == nil, sourceLocation: sourceLocation)
    #expect(try await terminal.isFullScreen(), sourceLocation: sourceLocation)
    #expect(try await !terminal.reportsMouse(), sourceLocation: sourceLocation)
    #expect(try await !terminal.cursor().isVisible, sourceLocation: sourceLocation)
  }

  /// The system's Python first: others begin with long scripts.
  private static let path =
    "/usr/bin:/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "")

  /// A program that puts the same into names, paths, addresses and messages.
  private static let names = #"""
    import os, socket, sys
    evil = "\x1b]0;pwned\x07\x1b[2J\x1b[9;9H\r\n\t\x9b2J漢e\u0301\u202e".encode() + b"\xff"
    os.chdir(sys.argv[1])
    opened = os.open(evil, os.O_CREAT | os.O_RDWR)
    abstract = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    abstract.bind(b"\0" + evil + sys.argv[1].encode())
    left, right = socket.socketpair()
    socket.send_fds(left, [evil], [opened, abstract.fileno()])
    socket.recv_fds(right, 4096, 8)
    os.symlink("/bin/sleep", b"bin-" + evil)
    if os.fork() == 0:
        os.execve(b"bin-" + evil, [evil, b"600"], {})
    os.wait()
    """#

  @Test("Names, paths, addresses, messages: each step and pane", .requires(.python3))
  func names() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let script = directory.path + "/names.py"
    try Self.names.write(toFile: script, atomically: false, encoding: .utf8)
    let terminal = try await TerminalSession(
      [
        TerminalSession.inspector, "run", "--no-mouse", "--", "python3", script, directory.path,
      ], environment: ["PATH": Self.path])
    defer { terminal.close() }
    try await terminal.waitFor("waits in clock_nanosleep")
    for _ in 0..<8 {
      try await terminal.send("z")
      try await expectUndisturbed(terminal)
      try await terminal.send("z", "Tab")
    }
    func step(_ screen: ScreenText) -> Int? {
      screen.lines[0].firstMatch(of: #/ step (\d+) /#).flatMap { Int($0.1) }
    }
    let last = try #require(try await step(terminal.screen()))
    #expect(last > 5)
    for number in (1..<last).reversed() {
      try await terminal.send("b")
      try await terminal.waitUntil("step \(number)") { step($0) == number }
      try await terminal.waitForStraightBorders(columns: 110)
    }
    try await expectUndisturbed(terminal)
  }

  @Test(
    "Lines hold no control character but their end", .requires(.python3),
    arguments: ["--text", "--json"])
  func lines(form: String) async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let script = Self.names.replacing("600", with: "0")
    let result = try await run(
      [
        TerminalSession.inspector, "run", form, "--", "python3", "-c", script, directory.path,
      ], environment: ["PATH": Self.path])
    #expect(result.status == 0, "\(result)")
    let controls = result.errorOutput.unicodeScalars.filter {
      $0 != "\n" && $0.properties.generalCategory == .control
    }
    #expect(controls.isEmpty, "\(result)")
    #expect(result.errorOutput.contains("pwned"), "\(result)")
    if form == "--json" { _ = try JSONEvent.all(of: result.errorOutput) }
  }
}
