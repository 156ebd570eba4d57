import Foundation
import Glibc
import TestKit
import Testing

/// However the inspector ends, the shell has its terminal again and nothing that was launched
/// stays.
@Suite("However it ends", .requires(.tmux, .ptrace)) struct EndingTests {
  enum Moment: CaseIterable { case stopped, stepping, running }
  enum Launch: CaseIterable {
    case demo, run

    var arguments: String {
      switch self {
      case .demo: "demo"
      // A child of its own, and deaf to the polite request.
      case .run: "run --step -- sh -c 'trap : TERM; sleep 600 & while :; do wait; done'"
      }
    }
  }

  static let signals = [SIGTERM, SIGHUP, SIGINT, SIGSEGV]

  @Test("By a signal, a crash included", arguments: signals, Moment.allCases)
  func signal(number: Int32, moment: Moment) async throws {
    for launch in Launch.allCases {
      let session = try await InspectingShell(launch, moment)
      defer { session.shell.close() }
      kill(session.inspector, number)
      try await session.expectEnd(status: 128 + number)
      try await session.shell.expectSane()
      try session.shell.expectNoSocketLeft()
    }
  }

  @Test("By the key that interrupts", arguments: Launch.allCases)
  func interruptKey(launch: Launch) async throws {
    let session = try await InspectingShell(launch, .running)
    defer { session.shell.close() }
    try await session.shell.terminal.send("C-c")
    try await session.expectEnd(status: launch == .demo ? 0 : 128 + SIGKILL)
    try await session.shell.expectSane()
    try session.shell.expectNoSocketLeft()
  }

  @Test("By the end of the terminal", arguments: Launch.allCases)
  func hangUp(launch: Launch) async throws {
    let session = try await InspectingShell(launch, .running)
    session.shell.terminal.close()
    try await session.expectAllGone()
    try session.shell.expectNoSocketLeft()
    session.shell.close()
  }

  /// Nobody can act at SIGKILL: the terminal stays as it was, and so does the folder of the socket.
  /// The kernel ends what is traced, and the next session is a good one.
  @Test("By -9, when only the kernel can clean up", arguments: Moment.allCases)
  func killed(moment: Moment) async throws {
    for launch in Launch.allCases {
      let session = try await InspectingShell(launch, moment)
      defer { session.shell.close() }
      kill(session.inspector, SIGKILL)
      try await session.expectAllGone()
      let shell = session.shell
      // The old picture has to go first, and the modes to be those in which lines are typed.
      try await shell.type("stty sane ixon; clear; echo again-sa''ne")
      try await shell.terminal.waitFor("again-sane")
      try await shell.type("clear; \(TerminalSession.inspector); echo status $?")
      try await shell.terminal.waitFor("step 2")
      try await shell.terminal.send("q")
      try await shell.terminal.waitFor("status 0")
      try await shell.expectSane()
      let left = try FileManager.default.contentsOfDirectory(atPath: shell.runtimeDirectory)
      #expect(left.count == (launch == .demo ? 1 : 0))
    }
  }

  @Test("Ctrl-Z hands the terminal to the shell, fg takes it again")
  func suspending() async throws {
    let session = try await InspectingShell(.demo, .stopped)
    let shell = session.shell
    defer { shell.close() }
    for _ in 0..<2 {
      try await shell.terminal.send("C-z")
      try await shell.expectSane()
      #expect(!session.launched.contains(where: ProcessTree.isGone))
      try await shell.type("clear; fg")
      try await shell.terminal.waitFor("What just happened")
      #expect(try await shell.terminal.isFullScreen())
    }
    try await shell.terminal.send("Space")
    try await shell.terminal.waitFor("step 3")
    try await shell.terminal.waitForStraightBorders(columns: 110)
    try await shell.terminal.send("q")
    try await session.expectEnd(status: 0)
    try await shell.expectSane()
  }

  @Test("Without a screen: the program ends with us", arguments: [SIGTERM, SIGHUP, SIGKILL])
  func lines(number: Int32) async throws {
    let inspector = try RunningCommand([
      TerminalSession.inspector, "run", "--json", "--", "sh", "-c", "sleep 600 & echo $!; wait",
    ])
    try await inspector.waitFor("\n")
    let launched = ProcessTree.descendants(of: inspector.pid)
    #expect(launched.count == 2)
    #expect(try await inspector.end(number) == 128 + number)
    try await waitFor("the end of what was launched") {
      launched.allSatisfy(ProcessTree.isGone)
    }
  }
}

/// A shell in which the inspector runs.
struct InspectingShell {
  let shell: ShellSession
  let inspector: pid_t
  /// What the inspector has launched, and what that has.
  let launched: [pid_t]

  init(_ launch: EndingTests.Launch, _ moment: EndingTests.Moment) async throws {
    shell = try await ShellSession()
    let terminal = shell.terminal
    let shellID = try await terminal.programID()
    try await shell.type("clear; \(TerminalSession.inspector) \(launch.arguments)")
    try await terminal.waitFor("What just happened")
    switch moment {
    case .stopped: break
    case .stepping: try await terminal.send("Space", "Space", "Space")
    case .running:
      try await terminal.send("c")
      try await terminal.waitFor(launch == .demo ? "as fd 4" : "waits in clock_nanosleep")
    }
    inspector = try await waitForValue("the inspector's number") {
      ProcessTree.children(of: shellID).first
    }
    // The first picture is drawn before anything is there to be seen.
    let inspector = inspector
    launched = try await waitForValue("what the inspector launches") {
      let found = ProcessTree.descendants(of: inspector)
      return found.count >= (launch == .demo ? 2 : 1) ? found : nil
    }
  }

  /// Waits until the inspector and all it launched have gone, and asks the shell for the status.
  func expectEnd(status: Int32, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await expectAllGone(sourceLocation: sourceLocation)
    try await shell.type("echo \"status $?\"")
    try await shell.terminal.waitFor("status \(status)", sourceLocation: sourceLocation)
  }

  func expectAllGone(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await waitFor("the end of what was launched", sourceLocation: sourceLocation) {
      ([inspector] + launched).allSatisfy(ProcessTree.isGone)
    }
  }
}
