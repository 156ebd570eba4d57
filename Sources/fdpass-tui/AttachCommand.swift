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

      EXAMPLES
        fdpass-tui attach 4711 4712
        fdpass-tui attach --text --socket /run/broker.sock
      """)

  @OptionGroup var options: InspectingOptions

  @Argument(help: ArgumentHelp("The numbers of the processes.", valueName: "pid"))
  var processes: [Int32] = []

  func validate() throws {
    if let wrong = processes.first(where: { $0 <= 0 }) {
      throw ValidationError("\(wrong) is not the number of a process: those are above 0.")
    }
  }

  func run() throws {
    for number in processes {
      if let obstacle = AttachObstacle.before(attaching: number) {
        throw Failure(obstacle.description)
      }
    }
    let words = processes.map { String($0) }
    let plan = AttachPlan(
      processes: processes, startsStopped: options.step, command: ["attach"] + words,
      inspector: "fdpass-tui \(FDPassTUI.version)")
    let session = InspectingSession(
      source: try AttachSource(plan), title: "attach \u{203A} \(words.joined(separator: " "))",
      options: options)
    _ = try session.run()
  }
}
