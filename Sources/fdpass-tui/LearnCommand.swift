import ArgumentParser
import Glibc
import InspectorApp
import Lessons
import TraceModel
import TraceSources

/// `fdpass-tui learn`: guided lessons.
struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Learn how descriptors are passed, from processes that do it.",
    usage: "fdpass-tui learn [<lesson>] [<options>]",
    discussion: """
      Without a name, lists the lessons. A lesson runs real processes in the normal screen and says \
      what they do; before what matters it asks what will happen, and then shows what the kernel \
      did. A file with a lesson of your own can be named too.

      EXAMPLES
        fdpass-tui learn                         what there is, and what you have done
        fdpass-tui learn first-pass              begin
        fdpass-tui learn first-pass --text       read it, with the numbers of this run
        fdpass-tui learn --json                  the list for programs
      """)

  @Argument(
    help: "The lesson: its name, or a file with one.",
    completion: .list(LessonShelf.names))
  var lesson: String?

  @Flag(help: .hidden) var wrongAnswers = false

  @OptionGroup var options: InspectingOptions

  func validate() throws {
    guard options.filter != nil, InspectingSession.wantsLines(options), !options.json else {
      return
    }
    throw ValidationError("--filter leaves out what a lesson tells of; it goes with --json.")
  }

  func run() throws {
    guard let lesson else { return try list() }
    let read = try LessonFiles.lesson(lesson)
    let wantsTranscript = InspectingSession.wantsLines(options) && !options.json
    let stage = try LessonStage.prepare(
      read, named: LessonFiles.lasting(lesson), startsStopped: wantsTranscript || !options.json)
    let source = try LaunchSource(stage.plan)
    if wantsTranscript {
      try transcribe(read, named: lesson, from: source)
    } else {
      var session = InspectingSession(
        source: source, title: "learn \u{203A} \(read.name)", options: options)
      session.lesson = read
      _ = try session.run()
    }
    _ = consume stage
  }

  private func transcribe(_ read: Lesson, named name: String, from source: any EventSource) throws {
    let output = try LineOutput(path: options.output, otherwise: STDOUT_FILENO)
    let isUnicode = options.drawsUnicode && localeHasUnicode()
    var session = TranscriptSession(
      source: try options.recorded(source), output: output.descriptor, name: name,
      transcript: LessonTranscript(
        LessonRun(read), answers: wrongAnswers ? .wrong : .right, unicode: isUnicode))
    try session.run()
  }

  // MARK: The list

  private func list() throws {
    let output = try LineOutput(path: options.output, otherwise: STDOUT_FILENO)
    let lessons = try LessonFiles.all()
    let done = LessonFiles.done
    let text =
      options.json ? LessonList.json(lessons, done: done) : LessonList.text(lessons, done: done)
    writeAll(Array(text.utf8), to: output.descriptor)
  }
}
