import ArgumentParser
import Glibc
import TerminalEmulation
import TextUI
import TraceModel
import TraceSources

/// `fdpass-tui run`: any program and its children.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Launch a program and inspect it and its children.",
    usage: "fdpass-tui run [<options>] -- <command> ...",
    discussion: """
      On the screen the program has a terminal of its own. With --text or --json it keeps stdin, \
      stdout and stderr, and the lines go to stderr or to the file of -o. The exit status is the \
      program's own, or 128 + the number of the signal that ended it.

      EXAMPLES
        fdpass-tui run --step -- ./broker
        fdpass-tui run --text -- tmux -L test new-session -d true
        fdpass-tui run --json -o events.json -- ./server --port 8080
      """)

  @OptionGroup var options: InspectingOptions

  @Argument(parsing: .captureForPassthrough, help: "The program and its arguments, after `--`.")
  var command: [String] = []

  func validate() throws {
    // What is passed through unread takes these options along; only after `--` are they meant so.
    if let first = command.first, ["-h", "--help"].contains(first) {
      throw CleanExit.helpRequest(self)
    }
    if words.isEmpty {
      throw ValidationError("Name the program to run, after the options and --.")
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
      let terminal = try PseudoTerminal(size: Size(.usual))
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
      programs: [program], startsStopped: options.step, stopsWithProgram: terminal == nil,
      command: ["run"] + words, inspector: "fdpass-tui \(FDPassTUI.version)")
    var session = InspectingSession(
      source: try LaunchSource(plan), title: "run \u{203A} \(Executable.name(of: words[0]))",
      options: options)
    session.lines = STDERR_FILENO
    session.leavesInterruptToProgram = true
    return try session.run()
  }
}

/// Finding programs as a shell does.
enum Executable {
  /// A program's name without the folder that it is in.
  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The path of the program that a word names: itself when it has a slash, else the first on the
  /// PATH that may be executed.
  ///
  /// - Throws: ``Failure`` when there is none.
  static func find(_ name: String) throws -> String {
    if name.contains("/") {
      guard let obstacle = obstacle(to: name) else { return name }
      throw Failure(
        "Cannot run \(name): \(obstacle). Check the name, and that the file may be executed.")
    }
    if let path = find(name, in: []) { return path }
    throw Failure(
      "Cannot run \(name): no program of this name is on the PATH. Check the name, or give a path.")
  }

  /// The first file of this name that may be executed, in `folders` and then on the PATH.
  static func find(_ name: String, in folders: [String]) -> String? {
    let searched = (environmentVariable("PATH") ?? "").split(separator: ":").map(String.init)
    return (folders + searched).map { $0 + "/" + name }.first { obstacle(to: $0) == nil }
  }

  /// Why a file cannot be executed, as far as its name and mode tell.
  private static func obstacle(to path: String) -> String? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return lastErrorText() }
    if status.st_mode & S_IFMT == S_IFDIR { return "it is a directory" }
    return unsafe access(path, X_OK) == 0 ? nil : lastErrorText()
  }
}
