import CLinux
import Glibc
import Lessons
import TraceModel
import TraceSources

/// A lesson on its way from the command to the screen, and what came of it.
final class GivenLesson {
  let lesson: Lesson
  /// The one that the user went on to from its end.
  var next: String?

  init(_ lesson: Lesson) { self.lesson = lesson }
}

/// One session over a source, in the form that the options ask for.
struct InspectingSession {
  let source: any EventSource
  let title: String
  let options: InspectingOptions
  /// What is typed and done where nobody watches; nil when the program is left to itself.
  var script: DemoScript?
  /// Whether there are processes to command.
  var isLive = true
  /// The lesson that is given over it, on a screen.
  var lesson: GivenLesson?
  /// What the session is going to show.
  var opening = ""
  /// Where lines go that no -o takes elsewhere.
  var lines = STDOUT_FILENO
  /// Whether Ctrl-C is for the program alone, which shares our terminal.
  var leavesInterruptToProgram = false

  /// Lines rather than a screen: asked for, or nobody could see a screen.
  static func wantsLines(_ options: InspectingOptions) -> Bool {
    if options.text || options.json { return true }
    return options.frame == nil && !options.linear && isatty(STDOUT_FILENO) == 0
  }

  /// Runs the session to its end. Returns how the first program ended, where it has.
  ///
  /// - Throws: ``Failure`` with a sentence for the user.
  func run() throws -> ProcessRecord.Event? {
    let source = try options.recorded(source)
    if Self.wantsLines(options) { return try runLines(source) }
    if options.linear {
      return try LinearSession(
        source: source, title: title, options: options, isLive: isLive, lesson: lesson,
        opening: opening
      ).run()
    }
    return try ScreenSession(
      source: source, title: title, options: options, isLive: isLive, lesson: lesson,
      opening: opening
    ).run()
  }

  private func runLines(_ source: any EventSource) throws -> ProcessRecord.Event? {
    let output = try LineOutput(path: options.output, otherwise: lines)
    // A reader that has gone is a reason to end the session, not to be killed in the middle of it.
    // Caught rather than ignored, which what we launch would inherit.
    _ = clinux_forward_signal(SIGPIPE, -1)
    // The program may have taken the terminal for itself, as a shell does.
    clinux_block_signal(SIGTTOU)
    let interruption = Interruption(
      leavesInterruptToProgram ? [SIGTERM, SIGHUP] : [SIGINT, SIGTERM, SIGHUP]
    ) { [source] in source.send(.quit) }
    let session = LineSession(
      form: options.json ? .json : .text, output: output.descriptor, source: source,
      unicode: options.drawsUnicode && localeHasUnicode(), script: script, filter: options.filter)
    if leavesInterruptToProgram {
      // What the terminal sends, it sends to the program too, which may go on after it. Before there
      // is a program, it ends or stops us as any other. We stop when the program has, as it may have
      // something to do before.
      session.whenBegun = {
        for number in [SIGINT, SIGQUIT, SIGTSTP, SIGTTIN] { _ = clinux_forward_signal(number, -1) }
      }
    }
    try session.run()
    interruption.finish()
    return session.firstEnd
  }
}

extension InspectingOptions {
  /// A source with its events written to the file of --record, if that was asked for.
  func recorded(_ source: any EventSource) throws -> any EventSource {
    guard let record else { return source }
    return RecordedSource(source, into: try RecordingTarget(path: record))
  }
}
