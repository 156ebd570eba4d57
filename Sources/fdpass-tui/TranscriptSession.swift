import CLinux
import Glibc
import InspectorApp
import TraceModel
import TraceSources

/// A lesson that is played by itself and printed.
struct TranscriptSession {
  let source: any EventSource
  /// Where the text goes.
  let output: Int32
  /// The file of the lesson, or its name.
  let name: String
  var transcript: LessonTranscript

  /// Gives the lesson to its end.
  ///
  /// - Throws: ``Failure`` with a sentence where it cannot come to its end.
  mutating func run() throws {
    var failure: String?
    var hasReader = true
    // A reader that has gone ends the lesson, rather than us.
    _ = clinux_forward_signal(SIGPIPE, -1)
    writeAll(Array(transcript.heading.utf8), to: output)
    let interruption = Interruption([SIGINT, SIGTERM, SIGHUP]) { [source] in source.send(.quit) }
    source.run(telling: .events) { update in
      if case .failed(let sentence) = update { failure = sentence }
      if case .remark(let sentence) = update {
        writeAll(Array((sentence + "\n").utf8), to: STDERR_FILENO)
      }
      guard hasReader, !transcript.isOver else { return }
      let (text, commands) = transcript.take(update)
      hasReader = text.isEmpty || writeAll(Array(text.utf8), to: output)
      // EPIPE: nobody reads any more (`| head`). Any other reason is told.
      if !hasReader, errno != EPIPE {
        failure =
          "Cannot write the lesson: \(lastErrorText()). Make room, or give another file with -o."
      }
      for command in commands { source.send(command) }
      if transcript.isOver || !hasReader { source.send(.quit) }
    }
    interruption.finish()
    if let failure { throw Failure(failure) }
    guard hasReader else { return }
    if let failure = transcript.failure { throw Failure("The lesson \(name), \(failure).") }
    guard transcript.isOver else { throw Failure("The lesson \(name) was ended before its end.") }
  }
}
