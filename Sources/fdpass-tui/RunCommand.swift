import ArgumentParser
import Glibc
import TerminalEmulation
import TraceModel
import TraceSources

/// `fdpass-tui run`: any program and its children.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Launch a program and inspect it and its children.",
    discussion: """
      With --text or --json the program keeps stdin, stdout and stderr, and the lines go to stderr \
      or to the file of -o. On the screen it has a terminal of its own. The exit status is the \
      program's own, 128 + signal when a signal ended it.

      EXAMPLES
        fdpass-tui run --text -- sshd -t
        fdpass-tui run --json -o events.json -- ./server --port 8080
        fdpass-tui run --step -- ./broker
      """)

  @OptionGroup var options: InspectingOptions

  @Argument(parsing: .captureForPassthrough, help: "The program and its arguments, after `--`.")
  var command: [String] = []

  func validate() throws {
    if words.isEmpty {
      throw ValidationError("Name the program to run: fdpass-tui run -- CMD ARG…")
    }
  }

  /// The command without the `--` before it.
  private var words: [String] { command.first == "--" ? Array(command.dropFirst()) : command }

  func run() throws {
    let path = try Executable.find(words[0])
    let end: ProcessRecord.Event?
    if InspectingSession.wantsLines(options) {
      end = try run(path: path, terminal: nil)
    } else {
      let terminal = try PseudoTerminal(size: DemoStage.terminalSize)
      end = try run(
        path: path,
        terminal: .init(master: terminal.masterDescriptor, slave: terminal.slaveDescriptor))
      _ = consume terminal
    }
    switch end {
    case .exited(let status): if status != 0 { throw ExitCode(status) }
    case .killed(let signal): throw ExitCode(128 + signal)
    default: break
    }
  }

  private func run(path: String, terminal: LaunchPlan.Terminal?) throws -> ProcessRecord.Event? {
    let program = LaunchPlan.Program(
      path: path, arguments: words,
      environment: terminal == nil ? environmentVariables() : terminalEnvironment(),
      terminal: terminal)
    let plan = LaunchPlan(
      programs: [program], startsStopped: options.step, command: ["run"] + words,
      inspector: "fdpass-tui \(FDPassTUI.version)")
    var session = InspectingSession(
      source: try LaunchSource(plan), title: "run \u{203A} \(words[0])", options: options)
    session.lines = STDERR_FILENO
    session.leavesInterruptToProgram = true
    return try session.run()
  }
}

/// Finding programs as a shell does.
enum Executable {
  /// The path of the program that a word names: itself when it has a slash, else the first on the
  /// PATH that may be executed.
  ///
  /// - Throws: ``Failure`` when there is none.
  static func find(_ name: String) throws -> String {
    if name.contains("/") { return name }
    if let path = find(name, in: []) { return path }
    throw Failure(
      "Cannot run \(name): no program of this name is on the PATH. Check the name, or give a path.")
  }

  /// The first file of this name that may be executed, in `folders` and then on the PATH.
  static func find(_ name: String, in folders: [String]) -> String? {
    let searched = (environmentVariable("PATH") ?? "").split(separator: ":").map(String.init)
    return (folders + searched).map { $0 + "/" + name }.first { unsafe access($0, X_OK) == 0 }
  }
}
