import Foundation
import TestKit
import Testing

/// `fdpass-tui replay` as a user has it.
@Suite("fdpass-tui replay")
struct ReplayTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")

  /// A recording of the demo, gone with its folder.
  private struct Recording {
    let folder = try? TemporaryDirectory()
    var file: String { (folder?.path ?? "") + "/demo.jsonl" }
    /// What --text said of the same session.
    var text = ""

    init() async throws {
      let result = try await run([program, "demo", "--text", "--record", file])
      #expect(result.status == 0, "\(result)")
      text = result.output
    }
  }

  @Test("as lines it says what was said then", .requires(.ptrace)) func lines() async throws {
    let recording = try await Recording()
    defer { recording.folder?.remove() }
    let text = try await run([Self.program, "replay", "--text", recording.file])
    #expect(text.status == 0)
    #expect(text.output == recording.text)
    let json = try await run([Self.program, "replay", "--json", recording.file])
    #expect(try String(contentsOfFile: recording.file, encoding: .utf8) == json.output)
  }

  @Test("on the screen it shows what the live screen shows of the past", .requires(.ptrace))
  func frames() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let file = folder.path + "/demo.jsonl"
    let terminal = try await TerminalSession([
      Self.program, "--record", file, "--keys", String(repeating: "Space ", count: 14) + "g",
    ])
    defer { terminal.close() }
    try await terminal.waitFor("PAST  step 1 of")
    let replay = try await TerminalSession([Self.program, "replay", file])
    defer { replay.close() }
    // A first key puts away the hint for newcomers, which only the replay still shows.
    try await replay.waitFor("PAST  step 1 of")
    try await terminal.send("Right")
    try await replay.send("Right")
    for step in 2...12 {
      let then = try await Self.samePicture(of: replay, as: terminal, at: step)
      #expect(then.lines[0].contains("replay › demo stdout, "))
      #expect(then.lines[0].contains("● replay"))
      try await terminal.send("Right")
      try await replay.send("Right")
    }
    try await replay.send("End")
    try await replay.waitFor("The recording ends here.")
    try await replay.send("i")
    try await replay.waitFor("This is a recording: nobody reads what is typed.")
    try await replay.send("c")
    try await replay.waitFor("This is a recording: its processes are gone.")
    try await replay.send("q")
    #expect(try await replay.waitForExit() == 0)
  }

  /// Waits until both show the same, but for the first line, which says what it is, and the last,
  /// which says what the keys do.
  private static func samePicture(
    of replay: TerminalSession, as terminal: TerminalSession, at step: Int
  ) async throws -> ScreenText {
    var last: [ScreenText] = []
    return try await waitForValue(
      "the same picture of step \(step)",
      lastSeen: { last.map(\.description).joined(separator: "\n") },
      {
        let (live, then) = (try await terminal.screen(), try await replay.screen())
        last = [live, then]
        let isSame = live.lines.dropFirst().dropLast() == then.lines.dropFirst().dropLast()
        return isSame && last.allSatisfy { isSettled($0, at: step) } ? then : nil
      })
  }

  private static func isSettled(_ screen: ScreenText, at step: Int) -> Bool {
    screen.contains("PAST  step \(step) of") && screen.contains("▶\(step < 10 ? "  " : " ")\(step)")
  }

  @Test(
    "what nobody received hung in the queue, also in a run that nobody stepped", .requires(.ptrace))
  func hanging() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let file = folder.path + "/leak.jsonl"
    let tracee = BuiltProducts.path(of: "tracees")
    let recorded = try await run([
      Self.program, "run", "--text", "--record", file, "--", tracee, "abandoned-at-exit",
    ])
    #expect(recorded.status == 0, "\(recorded)")
    let frame = try await run([Self.program, "replay", "--frame", "110x34", file])
    #expect(frame.output.contains("1 fd in flight"), "\(frame)")
    #expect(frame.output.contains("1 fd lost"), "\(frame)")
  }

  @Test(
    "a file that cannot be read is one sentence",
    arguments: [
      ("", "the file is empty."),
      ("\n\n", "(it has nothing but empty lines)."),
      ("\u{0}\u{1}binary\n\u{0}\n", "(line 1: not JSON: a value was expected at byte 0)."),
      (#"{"v":2,"kind":"session"}"# + "\n", "(line 1: format version 2; this program reads 1)."),
      (#"{"v":1,"seq":1,"kind":"ses"#, "(its only line is cut)."),
    ])
  func unreadable(content: String, sentence: String) async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let file = folder.path + "/x"
    try content.write(toFile: file, atomically: false, encoding: .utf8)
    try await expectFailure(file, sentence)
  }

  @Test(
    "what is no file is one sentence",
    arguments: [
      ("/tmp", "it is a directory"), ("/dev/null", "it is a device"),
      ("/nowhere", "No such file or directory."),
    ])
  func noFile(file: String, sentence: String) async throws {
    try await expectFailure(file, sentence)
  }

  @Test("ten gigabytes of nothing and a pipe are one sentence, too") func large() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let sparse = folder.path + "/sparse"
    #expect(FileManager.default.createFile(atPath: sparse, contents: nil))
    #expect(unsafe truncate(sparse, 10 << 30) == 0)
    try await expectFailure(sparse, "(line 1: longer than any line of a recording).")
    let pipe = folder.path + "/pipe"
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    try await expectFailure(pipe, "it is a pipe")
  }

  private func expectFailure(_ file: String, _ sentence: String) async throws {
    let result = try await run([Self.program, "replay", file])
    #expect(result.status == 1, "\(result)")
    #expect(result.errorOutput.hasPrefix("Error: Cannot replay \(file): "), "\(result)")
    #expect(result.errorOutput.contains(sentence), "\(result)")
    #expect(result.output == "")
  }

  @Test("what can be read of a damaged file is shown, and the rest is named")
  func damaged() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let file = folder.path + "/damaged"
    let close =
      #"{"v":1,"seq":N,"time":0.5,"kind":"call","pid":7,"comm":"x","call":"close","fd":3}"#
    let lines = (1...5).map { close.replacing("N", with: "\($0)") }
    let content = lines[0...2].joined(separator: "\n") + "\nx\n" + lines[3] + "\n" + lines[4]
    try (content.dropLast(9)).write(toFile: file, atomically: false, encoding: .utf8)
    let sentence =
      "Line 4 is left out: not JSON: a value was expected at byte 0. "
      + "The last line, 6, is cut; what stands before it is whole.\n"
    let text = try await run([Self.program, "replay", "--text", file])
    #expect(text.status == 0)
    #expect(text.output.split(separator: "\n").count == 4)
    #expect(text.errorOutput == sentence)
    let frame = try await run([Self.program, "replay", "--frame", "110x34", file])
    #expect(frame.status == 0)
    #expect(frame.output.contains("PAST  step 1 of 4"), "\(frame)")
    #expect(frame.output.contains("Line 4 is left out: not JSON"))
  }
}
