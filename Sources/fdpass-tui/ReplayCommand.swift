import ArgumentParser
import Glibc
import TraceModel
import TraceSources

/// `fdpass-tui replay`: a recording.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Look at a recording.",
    discussion: """
      Shows what --record wrote as the live screen did, but for the processes, which are gone: \
      Space and b go from step to step. What cannot be read of the file is named and left out.

      EXAMPLES
        fdpass-tui run --record broker.jsonl -- ./broker
        fdpass-tui replay broker.jsonl
        fdpass-tui replay --text broker.jsonl
      """)

  @OptionGroup var options: InspectingOptions

  @Argument(help: "The recording.", completion: .file())
  var file: String

  func validate() throws {
    if options.record != nil {
      throw ValidationError("A replay is a recording already; leave out --record.")
    }
  }

  func run() throws {
    let isLines = InspectingSession.wantsLines(options)
    let source = try ReplaySource(path: file, form: isLines ? .events : .timeline)
    var session = InspectingSession(source: source, title: title(source.session), options: options)
    session.isLive = false
    _ = try session.run()
  }

  private func title(_ session: SessionRecord?) -> String {
    guard let session, !session.command.isEmpty else { return "replay \u{203A} \(file)" }
    var words = session.command
    // Where the program lies takes the room of what it was given.
    if words.first == "run", words.count > 1 { words[1] = Executable.name(of: words[1]) }
    let command = words.joined(separator: " ")
    return "replay \u{203A} \(command), \(Self.age(since: session.started))"
  }

  /// `3 hours old`.
  private static func age(since began: Int64) -> String {
    let seconds = Int64(time(nil)) - began
    let units: [(seconds: Int64, name: String)] = [
      (365 * 86400, "year"), (30 * 86400, "month"), (86400, "day"), (3600, "hour"), (60, "minute"),
    ]
    for unit in units where seconds >= unit.seconds {
      let count = seconds / unit.seconds
      return "\(count) \(unit.name)\(count == 1 ? "" : "s") old"
    }
    return seconds < 0 ? "from the future" : "just recorded"
  }
}
