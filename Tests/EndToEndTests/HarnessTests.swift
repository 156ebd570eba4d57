import Foundation
import TestKit
import Testing

/// The harness itself, tried on a shell: a test that fails because of the harness wastes an hour.
@Suite(.requires(.tmux)) struct HarnessTests {
  @Test func showsTypesAndSeesTheEnd() async throws {
    let terminal = try await TerminalSession(
      ["sh"], columns: 60, rows: 10, environment: ["PS1": "ready> "])
    defer { terminal.close() }
    try await terminal.waitFor("ready>")
    try await terminal.type("printf '\\033[31mred\\033[m π %s\\n' $((6*7)); stty size")
    try await terminal.send("Enter")
    let screen = try await terminal.waitFor("10 60")
    #expect(screen.lines.count == 10)
    #expect(screen.lines.contains("red π 42"))
    #expect(try await terminal.screenWithColours().lines.contains("\u{1b}[31mred\u{1b}[39m π 42"))

    try await terminal.resize(columns: 70, rows: 12)
    // tmux may tell the new size a moment later.
    try await terminal.type("until stty size | grep '12 70'; do :; done; tty; exit 7")
    try await terminal.send("Enter")
    #expect(try await terminal.waitForExit() == 7)
    let last = try await terminal.screen()
    #expect(last.lines.contains("12 70"))
    #expect(last.contains(try await terminal.terminalDevice()))
    #expect(last.lines.count == 12)
  }

  @Test func keysArriveByName() async throws {
    let terminal = try await TerminalSession(["cat", "-v"], columns: 40, rows: 5)
    defer { terminal.close() }
    try await terminal.send("Left", "BTab", "Space", "q", "F1", "Enter")
    // Once as the terminal's echo, once as what the program made of it.
    try await terminal.waitUntil("the keys and their names") { screen in
      screen.lines.count { $0.contains("^[[D^[[Z q^[OP") } == 2
    }
    try await terminal.send("C-c")
    #expect(try await terminal.waitForExit() == 130)
  }

  @Test func clipboardAndFullScreenAreSeen() async throws {
    let terminal = try await TerminalSession(
      ["sh", "-c", "printf '\\033[?1049h\\033]52;c;aGVsbG8=\\a'; read x; printf '\\033[?1049l'"])
    defer { terminal.close() }
    try await waitFor("the alternate screen") { try await terminal.isFullScreen() }
    try await waitFor("the clipboard") { try await terminal.clipboard() == "hello" }
    try await terminal.send("Enter")
    #expect(try await terminal.waitForExit() == 0)
    #expect(try await !terminal.isFullScreen())
  }

  @Test func manyTerminalsAtOnce() async throws {
    try await withThrowingTaskGroup { group in
      for number in 1...8 {
        group.addTask {
          let terminal = try await TerminalSession(["sh", "-c", "echo $$ is \(number); cat"])
          defer { terminal.close() }
          try await terminal.waitFor("\(terminal.programID()) is \(number)")
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func closingEndsTheProgram() async throws {
    let terminal = try await TerminalSession(["sleep", "600"])
    let program = try await terminal.programID()
    let executable = "/proc/\(program)/exe"  // gone already while it is a zombie
    #expect(FileManager.default.fileExists(atPath: executable))
    terminal.close()
    try await waitFor("the end of sleep") { !FileManager.default.fileExists(atPath: executable) }
  }

  @Test func aFailedWaitShowsTheScreen() async throws {
    let terminal = try await TerminalSession(["sh", "-c", "echo only this; cat"])
    defer { terminal.close() }
    try await terminal.waitFor("only this")
    let failure = await #expect(throws: WaitTimeout.self) {
      try await terminal.waitFor("something else", deadline: .milliseconds(50))
    }
    let text = failure?.description ?? ""
    #expect(text.contains("HarnessTests.swift"))
    #expect(text.contains("“something else”"))
    #expect(text.contains("\nonly this\n"))
  }
}

struct CommandRunTests {
  @Test(arguments: [
    ("cat; echo to stderr >&2; exit 3", 3, "given\n", "to stderr\n"),
    ("kill -TERM $$", 143, "", ""),
    ("echo $ADDED${HOME+.}", 0, "yes\n", ""),
  ])
  func keepsStatusAndOutputs(
    _ script: String, _ status: Int32, _ output: String, _ errorOutput: String
  ) async throws {
    let result = try await run(
      ["sh", "-c", script], environment: ["ADDED": "yes", "HOME": nil], input: "given\n")
    #expect(result.status == status)
    #expect(result.output == output)
    #expect(result.errorOutput == errorOutput)
  }

  @Test func theChildHasNoDescriptorOfOurs() async throws {
    let pipe = Pipe()
    let result = try await run(["sh", "-c", "ls /proc/$$/fd"])
    #expect(result.output == "0\n1\n2\n")
    try pipe.fileHandleForReading.close()
  }

  @Test func theDeadlineKillsTheWholeGroup() async throws {
    let failure = await #expect(throws: WaitTimeout.self) {
      try await run(["sh", "-c", "echo begun; sleep 600"], deadline: .seconds(3))
    }
    #expect(failure?.description.contains("begun") == true)
  }

  @Test func aMissingProgramIsNamed() async throws {
    let failure = await #expect(throws: SpawnError.self) { try await run(["no-such-program"]) }
    #expect(failure?.description == "Cannot start no-such-program: No such file or directory.")
  }
}

struct RequirementTests {
  @Test(.requires(.strace)) func theTracingProbeAgreesWithStrace() async throws {
    let strace = try await run(["strace", "-o", "/dev/null", "true"])
    #expect(Requirement.ptrace.isMet == (strace.status == 0), "\(strace)")
  }

  @Test func rootAndUnprivilegedExcludeEachOther() {
    #expect(Requirement.root.isMet != Requirement.unprivileged.isMet)
  }
}
