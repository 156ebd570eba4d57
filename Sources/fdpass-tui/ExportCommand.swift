import ArgumentParser
import Glibc
import InspectorApp
import TraceModel
import TraceSources

/// `fdpass-tui export`: a recording in another form.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a recording as text, JSON, a report, a diagram or a trace.",
    discussion: """
      text and json are the lines of --text and --json; markdown is a report with transfers, \
      findings and a diagram; mermaid and svg are sequence diagrams; perfetto is a trace for \
      https://ui.perfetto.dev and chrome://tracing.

      EXAMPLES
        fdpass-tui run --record broker.jsonl -- ./broker
        fdpass-tui export broker.jsonl --format markdown
        fdpass-tui export broker.jsonl --format svg -o broker.svg
      """)

  @Argument(help: "The recording.")
  var file: String

  @Option(help: ArgumentHelp("The form to write.", valueName: "name"))
  var format: FormatName

  @Option(
    help: ArgumentHelp(
      "Write only what passes: \"process:server call:recvmsg|read -result:0\".",
      valueName: "terms"),
    transform: { try Filter($0) })
  var filter: Filter?

  @Option(
    name: .customShort("o"),
    help: ArgumentHelp("Write to this file rather than to stdout.", valueName: "file"))
  var output: String?

  func run() throws {
    let (timeline, remarks) = try read()
    if let output, Self.isSame(output, file) {
      throw Failure("Cannot write \(output): it is the recording itself. Give -o another file.")
    }
    let target = try LineOutput(path: output, otherwise: STDOUT_FILENO)
    try write(timeline, to: target.descriptor)
    for remark in remarks { writeAll(Array((remark + "\n").utf8), to: STDERR_FILENO) }
  }

  private func read() throws -> (Timeline, remarks: [String]) {
    var timeline = Timeline()
    var remarks: [String] = []
    try ReplaySource(path: file, form: .timeline).run(telling: .events) { update in
      switch update {
      case .recording(let part): timeline = part.timeline ?? timeline
      case .remark(let sentence): remarks.append(sentence)
      case .lines, .event, .status, .caughtUp, .failed: break
      }
    }
    return (timeline, remarks)
  }

  private func write(_ timeline: Timeline, to descriptor: Int32) throws {
    struct NobodyReads: Error {}
    signal(SIGPIPE, SIG_IGN)
    do {
      try format.format.write(timeline, filter: filter, unicode: localeHasUnicode()) { bytes in
        guard !writeAll(bytes, to: descriptor) else { return }
        // EPIPE: nobody reads any more (`| head`).
        if errno == EPIPE { throw NobodyReads() }
        throw Failure(
          "Cannot write the export: \(lastErrorText()). Make room, or give another file with -o.")
      }
    } catch is NobodyReads {}
  }

  private static func isSame(_ one: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard unsafe stat(one, &first) == 0, unsafe stat(other, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}

/// The names of `--format`.
struct FormatName: ExpressibleByArgument {
  let format: ExportFormat

  init?(argument: String) {
    guard let format = ExportFormat(rawValue: argument) else { return nil }
    self.format = format
  }

  static let allValueStrings = ExportFormat.allCases.map(\.rawValue)
}
