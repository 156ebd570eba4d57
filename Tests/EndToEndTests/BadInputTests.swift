import Foundation
import TestKit
import Testing

/// Wrong words and wrong places: one clear sentence, the right status, nothing left behind.
@Suite("Bad input", .requires(.ptrace)) struct BadInputTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")

  @Test(
    "Wrong usage is status 64 and says what would be right",
    arguments: [
      (["--nonsense"], "Unknown option '--nonsense'"),
      (["nonsense"], "The value 'nonsense' is invalid"),
      (["demo", "stdout", "more"], "Unexpected argument 'more'"),
      (["run"], "Name the program to run, after the options and --."),
      (["run", "--"], "Name the program to run, after the options and --."),
      (["--text", "--json"], "--text and --json exclude each other; choose one."),
      (["--step", "--json"], "--step needs a screen"),
      (["--frame", "80x24", "--text"], "--frame prints a screen"),
      (["--keys", "q", "--json"], "--keys needs a screen"),
      (["--frame", "80"], "The value '80' is invalid for '--frame <WxH>'"),
      (["--frame", "0x24"], "The value '0x24' is invalid for '--frame <WxH>'"),
      (["--frame", "99999x24"], "The value '99999x24' is invalid for '--frame <WxH>'"),
      (["--frame", "80x24", "--keys", "Spce"], "“Spce”, word 1 of the key list, is not a key"),
      (
        ["--theme", "pink"],
        "Please provide one of 'dark', 'light', 'high-contrast', '16' or 'none'."
      ),
      (["-o"], "Missing value for '-o <file>'"),
      (["attach", "4711x"], "The value '4711x' is invalid for '<pid>'"),
    ] as [([String], String)])
  func usage(arguments: [String], sentence: String) async throws {
    let result = try await run([Self.program] + arguments)
    #expect(result.status == 64, "\(result)")
    #expect(result.errorOutput.hasPrefix("Error: "), "\(result)")
    #expect(result.errorOutput.contains(sentence), "\(result)")
    #expect(result.output == "", "\(result)")
  }

  @Test(
    "What cannot be done is status 1 and one sentence",
    arguments: [
      (["run", "--", "no-such-program"], "Cannot run no-such-program: no program of this name"),
      (["run", "--", "/no/such"], "Cannot run /no/such: No such file or directory."),
      (["run", "--", "/etc/passwd"], "Cannot run /etc/passwd: Permission denied."),
      (["run", "--", "/tmp"], "Cannot run /tmp: it is a directory."),
      (["run", "--frame", "80x24", "--", "/no/such"], "Cannot run /no/such: No such file"),
      (["--text", "-o", "/no/such"], "Cannot write /no/such: No such file or directory."),
      (["--json", "-o", "/tmp"], "Cannot write /tmp: Is a directory."),
      (["attach", "--text", "4190001"], "Cannot attach to process 4190001: there is none"),
    ] as [([String], String)])
  func impossible(arguments: [String], sentence: String) async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let result = try await run(
      [Self.program] + arguments, environment: ["XDG_RUNTIME_DIR": directory.path])
    #expect(result.status == 1, "\(result)")
    #expect(result.errorOutput.hasPrefix("Error: \(sentence)"), "\(result)")
    #expect(result.errorOutput.split(separator: "\n").count == 1, "\(result)")
    #expect(result.output == "", "\(result)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  @Test("A program that is none, and one without its interpreter")
  func notAProgram() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    for (text, sentence) in [
      ("\u{7F}ELF nonsense", "Exec format error"), ("#!/no/such\n", "No such file or directory"),
    ] {
      let file = directory.path + "/program"
      // Not written by this process: a child of another test may have it open for a moment.
      _ = try await run(["sh", "-c", "cat > \(file); chmod 755 \(file)"], input: text)
      let result = try await run([Self.program, "run", "--text", "--", file])
      #expect(result.status == 1, "\(result)")
      #expect(result.errorOutput.contains("Cannot run \(file): \(sentence)"), "\(result)")
    }
  }

  @Test("A folder for sockets that is too deep, missing, or not ours gives way to /tmp")
  func runtimeDirectory() async throws {
    let deep = "/tmp/" + String(repeating: "x", count: 100)
    for path in [deep, "/no/such", "/proc", ""] {
      let result = try await run(
        [Self.program, "demo", "--text"], environment: ["XDG_RUNTIME_DIR": path])
      #expect(result.status == 0, "\(result)")
      #expect(result.output.contains(#/fdpass-server --socket /tmp/fdpass-tui\.\w+/fdpass\.sock/#))
      let folder = result.output.firstMatch(of: #/--socket (/tmp/fdpass-tui\.\w+)//#)
      let left = try #require(folder?.1)
      #expect(!FileManager.default.fileExists(atPath: String(left)))
    }
  }

  /// For a copy of the program that is not among its own: libraries may lie beside the original.
  private static let elsewhere: [String: String?] = [
    "PATH": "/usr/bin:/bin",
    "LD_LIBRARY_PATH": URL(filePath: program).deletingLastPathComponent().path,
  ]

  @Test("Without the demo's pair it says what is missing")
  func missingPair() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let copy = directory.path + "/fdpass-tui"
    // Not copied by this process: a child of another test may have it open for a moment.
    #expect(try await run(["cp", Self.program, copy]).status == 0)
    let result = try await run([copy, "--text"], environment: Self.elsewhere)
    #expect(result.status == 1, "\(result)")
    #expect(result.errorOutput.contains("Cannot find fdpass-server"), "\(result)")
    #expect(result.errorOutput.split(separator: "\n").count == 1, "\(result)")
  }
}
