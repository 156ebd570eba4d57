import ArgumentParser
import Glibc
import InspectorApp
import Lessons
import TextUI
import TraceModel
import TraceSources

/// `fdpass-tui learn`: guided lessons.
struct LearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Learn how descriptors are passed, from processes that do it.",
    usage: "fdpass-tui learn [<lesson>] [<options>]",
    discussion: """
      Without a name, lists the lessons, and on a terminal asks for one. A lesson runs real processes in the normal screen and says \
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
    guard let first = try lesson ?? chosenFromList() else { return }
    var options = options
    var next: String? = first
    while let name = next {
      next = try give(name, options)
      // What was asked for at the start holds for the lesson that was asked for.
      options.keys = nil
    }
  }

  /// Gives a lesson. Returns the one that the user went on to from its end.
  private func give(_ name: String, _ options: InspectingOptions) throws -> String? {
    let given = GivenLesson(try LessonFiles.lesson(name))
    let wantsTranscript = InspectingSession.wantsLines(options) && !options.json
    let stage = try LessonStage.prepare(
      given.lesson, named: LessonFiles.lasting(name),
      startsStopped: wantsTranscript || !options.json)
    let source = try LaunchSource(stage.plan)
    if wantsTranscript {
      try transcribe(given.lesson, named: name, from: source)
    } else {
      var session = InspectingSession(
        source: source, title: "learn \u{203A} \(given.lesson.name)", options: options)
      session.lesson = given
      _ = try session.run()
    }
    _ = consume stage
    return given.next
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

  /// Prints the list. Returns the lesson that the user chooses from it, where there is a user.
  private func chosenFromList() throws -> String? {
    let output = try LineOutput(path: options.output, otherwise: STDOUT_FILENO)
    let lessons = try LessonFiles.all()
    let done = LessonFiles.done
    let text =
      options.json ? LessonList.json(lessons, done: done) : LessonList.text(lessons, done: done)
    writeAll(Array(text.utf8), to: output.descriptor)
    let hasUser = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    guard hasUser, !options.json, !options.text, options.output == nil, options.frame == nil else {
      return nil
    }
    return choose(from: lessons, next: lessons.first { !done.contains($0.name) })
  }

  private func choose(from lessons: [Lesson], next: Lesson?) -> String? {
    let usual = next.map { "Enter for \($0.name)" } ?? "Enter to leave"
    while true {
      let question = "Which one? Its number or name, \(usual), q to leave: "
      writeAll(Array(question.utf8), to: STDOUT_FILENO)
      guard let line = readLine() else {
        writeAll(Array("\n".utf8), to: STDOUT_FILENO)
        return nil
      }
      let answer = line.split(separator: " ").joined(separator: " ")
      if answer.isEmpty { return next?.name }
      if answer == "q" { return nil }
      if let number = Int(answer), lessons.indices.contains(number - 1) {
        return lessons[number - 1].name
      }
      if let lesson = lessons.first(where: { $0.name == answer }) { return lesson.name }
      let refusal = "There is no lesson \(visible(answer)).\n"
      writeAll(Array(refusal.utf8), to: STDOUT_FILENO)
    }
  }
}
