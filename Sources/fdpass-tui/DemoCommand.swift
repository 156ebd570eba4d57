import ArgumentParser
import TraceSources

/// `fdpass-tui demo`: the built-in server and client.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Step through one pass of the built-in server and client.",
    usage: "fdpass-tui demo [<role>] [<options>]",
    discussion: """
      The pair is two real processes that this program launches. On the screen both stand still \
      before their first step; as lines the demo runs to its end.

      EXAMPLES
        fdpass-tui demo                          step through it
        fdpass-tui demo --text                   read an account of it
        fdpass-tui demo ports                    a server that passes listening sockets by rules
        fdpass-tui demo --record pass.jsonl      keep it for fdpass-tui replay
      """)

  @Argument(
    help: """
      What is passed: the server's standard output, a listening socket that rules allow, a file \
      within limits, or an idle connection to be kept and given back.
      """)
  var role: DemoRole = .stdout

  @OptionGroup var options: InspectingOptions

  func run() throws {
    let stage = try DemoStage.prepare(
      role, startsStopped: !InspectingSession.wantsLines(options))
    var session = InspectingSession(
      source: try LaunchSource(stage.plan), title: "demo \u{203A} \(role.rawValue)",
      options: options, script: DemoScript())
    session.opening =
      "What you will see: \(role.purpose) For lessons on all of it: fdpass-tui learn."
    _ = try session.run()
    _ = consume stage
  }
}
