import ArgumentParser
import Glibc
import TextUI
import TraceModel
import TraceSources

/// `fdpass-tui demo`: the built-in server and client.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Step through one pass of the built-in server and client.",
    usage: "fdpass-tui demo [<role>] [<options>]")

  /// What the pair passes.
  enum Role: String, ExpressibleByArgument, CaseIterable {
    case stdout
  }

  @Argument(help: "What is passed: the server's standard output.")
  var role: Role = .stdout

  @OptionGroup var options: InspectingOptions

  func run() throws {
    let stage = try DemoStage.prepare(startsStopped: !wantsLines)
    let source = try LaunchSource(stage.plan)
    if wantsLines {
      try runLines(source)
    } else {
      try runScreen(source)
    }
    _ = consume stage
  }

  /// Lines rather than a screen: asked for, or nobody could see a screen.
  private var wantsLines: Bool {
    options.text || options.json || (options.frame == nil && isatty(STDOUT_FILENO) == 0)
  }

  private func runLines(_ source: LaunchSource) throws {
    let output = try LineOutput(path: options.output)
    let interruption = Interruption { source.send(.quit) }
    try LineSession(
      form: options.json ? .json : .text, output: output.descriptor, source: source,
      unicode: !options.noUnicode && localeHasUnicode(), script: DemoScript()
    ).run()
    interruption.finish()
  }

  private func runScreen(_ source: LaunchSource) throws {
    let session = ScreenSession(
      source: source, title: "demo \u{203A} \(role.rawValue)", options: options)
    try session.run()
  }
}
