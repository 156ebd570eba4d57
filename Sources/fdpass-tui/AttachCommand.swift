import ArgumentParser
import TraceSources

/// `fdpass-tui attach`: programs that run already.
struct AttachCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach",
    abstract: "Inspect running processes, and leave them running.",
    discussion: """
      Attaches to every thread of the processes and to the children they make from now on. \
      q, Ctrl-C or the end of fdpass-tui, however it comes, lets them go; they run on.

      Without numbers and without --socket it lists the processes that are joined by Unix sockets, \
      to choose from: on the screen, or as lines with --text or --json.

      EXAMPLES
        fdpass-tui attach                        choose from the list
        fdpass-tui attach 4711 4712
        fdpass-tui attach --text --socket /run/broker.sock
      """)

  @OptionGroup var options: InspectingOptions

  @Argument(help: ArgumentHelp("The numbers of the processes.", valueName: "pid"))
  var processes: [Int32] = []

  @Option(
    help: ArgumentHelp(
      "Inspect who is at both ends of the Unix socket with this path, or @name.",
      valueName: "path"), completion: .file())
  var socket: String?

  func validate() throws {
    if let wrong = processes.first(where: { $0 <= 0 }) {
      throw ValidationError("\(wrong) is not the number of a process: those are above 0.")
    }
    if socket != nil, !processes.isEmpty {
      throw ValidationError("Give either the numbers of processes or --socket.")
    }
  }

  func run() throws {
    if let socket {
      let found: [Int32]
      do throws(SocketPlaceError) {
        found = try SocketPlace.processes(at: socket)
      } catch {
        throw Failure(error.description)
      }
      try inspect(found, words: ["--socket", socket], leavesOut: true, options)
    } else if processes.isEmpty {
      guard let choice = try ChooserSession(options: options).run() else { return }
      var rest = options
      rest.keys = choice.keys
      try inspect(choice.processes, words: choice.processes.map { String($0) }, rest)
    } else {
      try inspect(processes, words: processes.map { String($0) }, options)
    }
  }

  private func inspect(
    _ processes: [Int32], words: [String], leavesOut: Bool = false, _ options: InspectingOptions
  ) throws {
    for process in processes where !leavesOut {
      if let obstacle = AttachObstacle.before(attaching: process) {
        throw Failure(obstacle.description)
      }
    }
    let plan = AttachPlan(
      processes: processes, leavesOut: leavesOut, startsStopped: options.step,
      command: ["attach"] + words, inspector: "fdpass-tui \(FDPassTUI.version)")
    let session = InspectingSession(
      source: try AttachSource(plan),
      title: "attach \u{203A} \(socket ?? words.joined(separator: " "))", options: options)
    _ = try session.run()
  }
}
