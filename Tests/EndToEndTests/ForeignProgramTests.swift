import Foundation
import TestKit
import Testing

/// Programs that nobody here wrote do under us what they do alone.
@Suite("Foreign programs", .requires(.ptrace))
struct ForeignProgramTests {
  private static let inspector = BuiltProducts.path(of: "fdpass-tui")
  private static let inspected = [inspector, "run", "--json", "-o", "/dev/null", "--"]

  @Test(
    "output and status are the program's own",
    arguments: [
      "ls /proc/self/fd; ulimit -a",
      "kill -SEGV $$", "kill -KILL $$", "kill -TERM $$", "exit 77",
      "unshare -Urpf sh -c 'echo $$; id -u' 2>&1",
      "chroot / sh -c pwd 2>&1",
      "timeout 0.1 sleep 9",
      """
      exec bash -c 'set -m; sleep 30 & kill -STOP %1; until jobs | grep -q Stopped; do :; done
      jobs; bg; kill %1; wait %1; echo $?'
      """,
    ])
  func sameAsAlone(script: String) async throws {
    let alone = try await run(["sh", "-c", script])
    let watched = try await run(Self.inspected + ["sh", "-c", script])
    #expect(watched.output == alone.output)
    #expect(watched.status == alone.status)
    #expect(watched.errorOutput == alone.errorOutput)
  }

  @Test("ignored and blocked signals stay so")
  func inheritedSignals() async throws {
    // Without the two signals that the C library keeps for itself.
    let show = ["sed", "-En", "s/^(Sig(Blk|Ign)).*(.{8})$/\\1 \\3/p", "/proc/self/status"]
    let ignoring = ["env", "--ignore-signal=PIPE,INT,QUIT,USR1", "--block-signal=CHLD,USR2"]
    let alone = try await run(ignoring + show)
    let watched = try await run(ignoring + Self.inspected + show)
    #expect(alone.output.hasPrefix("SigBlk 00010800\nSigIgn "))
    #expect(watched.output == alone.output)
  }

  @Test("a tracer among them says what it says under any tracer", .requires(.strace))
  func innerTracer() async throws {
    let inner = ["strace", "-o", "/dev/null", "true"]
    func message(_ result: CommandResult) -> String {
      result.errorOutput.replacing(#/[0-9]+/#, with: "N")
    }
    let other = try await run(["strace", "-f", "-o", "/dev/null"] + inner)
    let ours = try await run(Self.inspected + inner)
    #expect(!message(ours).isEmpty)
    #expect(message(ours) == message(other))
    #expect(ours.status == other.status)
  }

  @Test("children that live on are waited for, and the first program's status counts")
  func orphans() async throws {
    let script = "(setsid sh -c 'sleep 0.2; echo late' &) ; exit 5"
    let result = try await run(Self.inspected + ["sh", "-c", script])
    #expect(result.output == "late\n")
    #expect(result.status == 5)
  }

  @Test("a setuid program without its rights is told", .requires(.unprivileged))
  func setuid() async throws {
    let result = try await run([Self.inspector, "run", "--text", "--", "su", "--version"])
    #expect(result.output.hasPrefix("su from util-linux"))
    #expect(result.errorOutput.contains("its file would give it the rights of root: the kernel"))
    #expect(result.status == 0)
  }

  @Test("root's tree has setuid programs with their rights", .requires(.root))
  func setuidOfRoot() async throws {
    let command = ["setpriv", "--reuid=65534", "--clear-groups", "su", "-c", "id -u", "root"]
    let alone = try await run(command)
    let watched = try await run([Self.inspector, "run", "--text", "--"] + command)
    #expect(watched.output == alone.output)
    #expect(watched.status == alone.status)
    #expect(!watched.errorOutput.contains("its file would give it"))
  }
}

/// A shell in a terminal, under us, as without us.
@Suite("Job control", .requires(.ptrace, .tmux))
struct JobControlTests {
  @Test("a shell under us stops, continues and interrupts its jobs")
  func innerShell() async throws {
    let session = try await Self.shell()
    try await session.type("\(Self.inspected) bash --norc -i\n")
    // In two halves, so that what is typed is not taken for the prompt.
    try await session.type("PS1='in''ner$ '\n")
    try await session.waitUntil("the inner prompt") { $0.lines.contains("inner$") }
    try await session.type("sleep 100\n")
    try await Self.interrupt(session, with: "C-z", until: "Stopped")
    try await session.type("fg\n")
    try await Self.interrupt(session, with: "C-c", until: "^C")
    try await session.type("echo status $?; exit 3\n")
    try await session.waitFor("status 130")
    try await session.type("echo outer $?\n")
    try await session.waitFor("outer 3")
    session.close()
  }

  @Test("we are a job like any other")
  func outerShell() async throws {
    let session = try await Self.shell()
    try await session.type("\(Self.inspected) sleep 100\n")
    try await Self.interrupt(session, with: "C-z", until: "Stopped")
    try await session.type("bg; jobs\n")
    try await session.waitFor("Running")
    try await session.type("fg\n")
    try await Self.interrupt(session, with: "C-c", until: "^C")
    try await session.type("echo status $?\n")
    try await session.waitFor("status 130")
    session.close()
  }

  @Test(
    "a program that has something to do before it stops does it, and goes on afterwards",
    arguments: ["TSTP", "STOP"])
  func tidyingUp(by signal: String) async throws {
    let session = try await Self.shell()
    let program = BuiltProducts.path(of: "tracees")
    try await session.type("\(Self.inspected) \(program) tidy \(signal)\n")
    try await session.waitFor("running")
    try await Self.interrupt(session, with: "C-z", until: "Stopped")
    #expect(try await session.screen().contains("tidied"))
    try await session.type("fg\n")
    try await session.waitFor("back")
    try await session.type("on\n")
    try await session.type("echo status $?\n")
    try await session.waitFor("status 9")
    session.close()
  }

  @Test("an inner shell that stops itself", arguments: ["suspend", "kill -STOP $$"])
  func suspendedShell(how: String) async throws {
    let session = try await Self.shell()
    try await session.type("\(Self.inspected) bash --norc -i\n")
    try await session.type("PS1='in''ner$ '\n")
    try await session.waitUntil("the inner prompt") { $0.lines.contains("inner$") }
    try await session.type("\(how)\n")
    try await session.waitFor("Stopped")
    try await session.type("fg\n")
    try await session.type("echo in''side; exit 3\n")
    try await session.waitUntil("the inner shell") { $0.lines.contains("inside") }
    try await session.type("echo outer $?\n")
    try await session.waitFor("outer 3")
    session.close()
  }

  @Test("Ctrl-C at any moment of the start ends us as it ends any program")
  func interruptedStart() async throws {
    for milliseconds in stride(from: 10, through: 100, by: 5) {
      // timeout(1) sends it to its whole process group, as a terminal does.
      let done = try await run([
        "timeout", "--preserve-status", "-s", "INT", "-k", "10", "\(Double(milliseconds) / 1000)",
        BuiltProducts.path(of: "fdpass-tui"), "run", "--text", "--", "sleep", "100",
      ])
      #expect(done.status == 128 + SIGINT, "after \(milliseconds) ms: \(done.errorOutput)")
    }
  }

  private static let inspected =
    "\(BuiltProducts.path(of: "fdpass-tui")) run --text -o /dev/null --"

  private static func shell() async throws -> TerminalSession {
    let session = try await TerminalSession(
      ["bash", "--norc", "--noprofile", "-i"], environment: ["PS1": "ready$ "])
    try await session.waitFor("ready$")
    return session
  }

  /// Presses a key until it has shown its effect: the program may not have begun yet.
  private static func interrupt(
    _ session: TerminalSession, with key: String, until text: String
  ) async throws {
    try await waitFor("“\(text)” after \(key)") {
      try await session.send(key)
      for _ in 0..<20 where try await !session.screen().contains(text) {
        try await Task.sleep(for: .milliseconds(10))
      }
      return try await session.screen().contains(text)
    }
  }
}
