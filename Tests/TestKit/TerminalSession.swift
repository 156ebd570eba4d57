import Foundation
public import Glibc
public import Testing

/// A program running in a real terminal: a tmux server of its own, driven from a test.
///
/// Each session has its own server, socket and directory, so tests may run many at once. Nothing of
/// the user's tmux or environment reaches it. The terminal keeps its last screen after the program
/// has ended, so a test can look at what was left behind.
public final class TerminalSession: Sendable {
  private let tmux: TmuxServer

  /// Starts `command` in a terminal.
  ///
  /// - Parameters:
  ///   - command: the program (looked up in PATH when it has no slash) and its arguments.
  ///   - columns: the width in cells.
  ///   - rows: the height in cells.
  ///   - environment: what the program sees besides PATH, HOME, TMPDIR, XDG_RUNTIME_DIR,
  ///     `LANG=C.UTF-8` and `SHELL=/bin/sh`. TERM is `tmux-256color`.
  /// - Throws: ``TerminalFailure`` when tmux cannot start it.
  public init(
    _ command: [String], columns: Int = 110, rows: Int = 34, environment: [String: String] = [:]
  ) async throws {
    tmux = try await TmuxServer(running: command, columns, rows, environment)
  }

  deinit { close() }

  /// Ends the terminal and with it the program, which gets SIGHUP. More than once does no harm.
  public func close() { tmux.stop() }

  /// Presses keys by their tmux names, such as `q`, `Space`, `Left`, `C-c`, `BTab`, `PageUp`.
  public func send(_ keys: String...) async throws {
    try await tmux(["send-keys", "--"] + keys)
  }

  /// Types text letter by letter, whatever it says.
  public func type(_ text: String) async throws {
    try await tmux(["send-keys", "-l", "--", text])
  }

  /// Sends bytes as they are, such as a report of the mouse.
  public func send(bytes: [UInt8]) async throws {
    try await tmux(["send-keys", "-H"] + bytes.map { String($0, radix: 16) })
  }

  /// What the terminal shows now.
  public func screen() async throws -> ScreenText {
    ScreenText(lines: try await captured([]))
  }

  /// What the terminal shows now, with an escape sequence (SGR) wherever the look changes.
  public func screenWithColours() async throws -> ScreenText {
    ScreenText(lines: try await captured(["-e"]))
  }

  /// Gives the terminal another size, in cells. The program gets SIGWINCH.
  public func resize(columns: Int, rows: Int) async throws {
    try await tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// The program's process id.
  public func programID() async throws -> pid_t {
    Int32(try await format("#{pane_pid}")) ?? 0
  }

  /// The terminal's device, such as `/dev/pts/4`.
  public func terminalDevice() async throws -> String { try await format("#{pane_tty}") }

  /// Where the cursor is, from the top left cell (0, 0), and whether it is shown.
  public func cursor() async throws -> (column: Int, row: Int, isVisible: Bool) {
    let fields = try await format("#{cursor_x} #{cursor_y} #{cursor_flag}").split(separator: " ")
    let numbers = fields.map { Int($0) ?? -1 }
    return (numbers[0], numbers[1], numbers[2] == 1)
  }

  /// Whether the program has the alternate screen, as full-screen programs do while they run.
  public func isFullScreen() async throws -> Bool { try await format("#{alternate_on}") == "1" }

  /// The title that the program gave the terminal; at first the name of the machine.
  public func title() async throws -> String { try await format("#{pane_title}") }

  /// Whether the program has asked for reports of the mouse.
  public func reportsMouse() async throws -> Bool { try await format("#{mouse_any_flag}") == "1" }

  /// What the program last put into the clipboard with OSC 52; nil when nothing yet.
  public func clipboard() async throws -> String? {
    try? await tmux(["show-buffer"])
  }

  /// Waits until the screen is as wanted, and returns it. The failure shows the last screen.
  ///
  /// It must be so at two looks in a row: a look may come while a picture is half drawn, when its
  /// upper rows are there and its lower ones are still those of the picture before.
  ///
  /// - Parameters:
  ///   - awaited: what is waited for, worded to follow "Waited 60 seconds for".
  ///   - deadline: how long to wait before failing.
  ///   - sourceLocation: named in the failure, so that it points at the test.
  ///   - condition: looks at one screen.
  /// - Returns: the second of the screens that satisfied `condition`.
  /// - Throws: ``WaitTimeout``, ``TerminalFailure``, or what `condition` throws.
  @discardableResult
  public func waitUntil(
    _ awaited: String, deadline: Duration = usualDeadline,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: (ScreenText) throws -> Bool
  ) async throws -> ScreenText {
    var last: ScreenText?
    var wasAsWanted = false
    return try await waitForValue(
      awaited, deadline: deadline, sourceLocation: sourceLocation,
      lastSeen: { last?.description },
      {
        let screen = try await screen()
        last = screen
        let isAsWanted = try condition(screen)
        defer { wasAsWanted = isAsWanted }
        return isAsWanted && wasAsWanted ? screen : nil
      })
  }

  /// Waits until the screen holds `text` in one row, and returns the screen.
  @discardableResult
  public func waitFor(
    _ text: String, deadline: Duration = usualDeadline,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> ScreenText {
    try await waitUntil(
      "“\(text)” on the screen", deadline: deadline, sourceLocation: sourceLocation
    ) { $0.contains(text) }
  }

  /// Waits for the program's end.
  ///
  /// - Returns: its exit status, or 128 + the signal that killed it.
  /// - Throws: ``WaitTimeout`` with the last screen.
  public func waitForExit(
    deadline: Duration = usualDeadline, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Int {
    var last: ScreenText?
    return try await waitForValue(
      "the program's end", deadline: deadline, sourceLocation: sourceLocation,
      lastSeen: { last?.description },
      {
        last = try await screen()
        let fields = try await format("#{pane_dead}:#{pane_dead_status}:#{pane_dead_signal}")
          .split(separator: ":", omittingEmptySubsequences: false)
        guard fields[0] == "1" else { return nil }
        if let status = Int(fields[1]) ?? Int(fields[2]).map({ 128 + $0 }) { return status }
        tmux.reap()
        return nil
      })
  }

  private func captured(_ options: [String]) async throws -> [String] {
    let output = try await tmux(["capture-pane", "-p"] + options)
    return output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
  }

  private func format(_ format: String) async throws -> String {
    try await tmux(["display-message", "-p", format]).trimmingCharacters(in: .newlines)
  }
}
