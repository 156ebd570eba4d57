import Foundation
import TestKit
import Testing

/// A shell in a terminal from which the inspector is started, and which is to find its terminal
/// again as it was.
struct ShellSession {
  let terminal: TerminalSession
  private let directory: TemporaryDirectory
  private let modes: String

  /// What `XDG_RUNTIME_DIR` says in the shell: a directory of its own.
  var runtimeDirectory: String { directory.path + "/run" }

  /// Starts the shell, and notes the modes of its terminal (`stty -a`), which are those of
  /// `stty sane ixon`.
  init(columns: Int = 110, rows: Int = 34) async throws {
    directory = try TemporaryDirectory()
    try FileManager.default.createDirectory(
      atPath: directory.path + "/run", withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700])
    // Without line editing: an editor changes the modes while the shell waits.
    terminal = try await TerminalSession(
      ["sh"], columns: columns, rows: rows,
      environment: ["PS1": "ready> ", "ENV": "", "XDG_RUNTIME_DIR": directory.path + "/run"])
    try await terminal.waitFor("ready>")
    try await terminal.type("stty sane ixon")
    try await terminal.send(Self.newline)
    modes = try await Self.modes(terminal, directory)
  }

  func close() {
    terminal.close()
    directory.remove()
  }

  /// What ends a line also while a program that is about to leave the terminal has it raw, when
  /// Enter is no newline.
  private static let newline = "C-j"

  /// Types a command and its end.
  func type(_ command: String) async throws {
    try await terminal.type(command)
    try await terminal.send(Self.newline)
  }

  /// Expects the terminal to be as it was before: its modes, the cursor shown, no full screen, no
  /// reports of the mouse.
  func expectSane(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await waitFor("the shell's screen", sourceLocation: sourceLocation) {
      try await !terminal.isFullScreen()
    }
    let now = try await Self.modes(terminal, directory)
    #expect(now == modes, sourceLocation: sourceLocation)
    #expect(try await terminal.cursor().isVisible, sourceLocation: sourceLocation)
    #expect(try await !terminal.reportsMouse(), sourceLocation: sourceLocation)
  }

  /// Expects no socket to be left where the inspector makes it.
  func expectNoSocketLeft(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let left = try FileManager.default.contentsOfDirectory(atPath: runtimeDirectory)
    #expect(left == [], sourceLocation: sourceLocation)
  }

  private static func modes(
    _ terminal: TerminalSession, _ directory: TemporaryDirectory
  ) async throws -> String {
    let file = "\(directory.path)/modes-\(UUID().uuidString.prefix(8))"
    try await terminal.type("stty -a > \(file).part; mv \(file).part \(file)")
    try await terminal.send(newline)
    return try await waitForValue("the modes of the terminal") {
      try? String(contentsOfFile: file, encoding: .utf8)
    }
  }
}
