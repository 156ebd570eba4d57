import Lessons
public import TraceModel

/// A lesson that gives its own answers, as text to read from top to bottom.
public struct LessonTranscript: Sendable {
  /// Which answers it gives.
  public enum Answers: Sendable, Hashable {
    case right
    /// Every one wrong, so that the corrections are shown.
    case wrong
  }

  private var run: LessonRun
  private let answers: Answers
  private let width: Int
  private let unicode: Bool
  private var timeline = Timeline()
  private var toldEvents = 0
  private var pagesTold = 0
  private var hasAsked = false
  /// Why it could not go on.
  public private(set) var failure: String?

  /// A transcript of a lesson that has not begun.
  ///
  /// - Parameters:
  ///   - run: The lesson.
  ///   - answers: Which answers it gives.
  ///   - width: Columns of a line.
  ///   - unicode: Whether more than ASCII may be used.
  public init(_ run: LessonRun, answers: Answers, width: Int = 78, unicode: Bool = true) {
    self.run = run
    self.answers = answers
    self.width = width
    self.unicode = unicode
  }

  /// Whether everything is told.
  public var isOver: Bool { run.isOver || failure != nil }

  /// The lines before the first page.
  public var heading: String {
    let lesson = run.lesson
    return "\(lesson.title)\n\(String(repeating: "=", count: lesson.title.count))\n\n"
      + wrapped(lesson.about, width: width).joined(separator: "\n") + "\n"
  }

  /// Takes in what the source told. Returns what is to be printed, and what is to be done next.
  public mutating func take(_ update: SessionUpdate) -> (text: String, commands: [SessionCommand]) {
    switch update {
    case .event(let event):
      timeline.append(event)
      return ("", [])
    case .status(let status): return isOver || !status.isSettled ? ("", []) : go(on: status)
    case .lines, .caughtUp, .recording, .remark, .failed: return ("", [])
    }
  }

  private mutating func go(on status: SessionStatus) -> (String, [SessionCommand]) {
    var text = ""
    while true {
      run.look(at: timeline, status)
      switch run.phase {
      case .asking:
        text += events() + question()
        run.answer(chosenAnswer)
      case .told:
        if run.spoken?.question?.given == .tooLate {
          failure =
            "line \(run.page.line): the question comes too late: “\(run.page.end?.text ?? "")” "
            + "has happened by then"
          return (text, [])
        }
        text += (run.spoken?.question == nil ? events() + said() : "") + outcome()
        if run.isOver {
          failure = run.failures.first
          return (text + ending, [])
        }
        run.turn()
        hasAsked = false
      case .waiting, .doing:
        if run.phase == .doing, !hasAsked {
          text += run.spoken?.question == nil ? events() + said() : ""
          hasAsked = true
        }
        return (text, next(status))
      }
    }
  }

  /// One step more, if anybody can take one.
  private mutating func next(_ status: SessionStatus) -> [SessionCommand] {
    if status.mode == .stepping, status.next != nil { return [.step(pid: nil)] }
    let moment = run.phase == .doing ? run.page.end ?? run.page.moment : run.page.moment
    let why = status.mode == .ended ? "every process has ended" : "every process waits"
    failure =
      "line \(run.page.line): the moment “\(moment.text)” does not come: \(why). "
      + "Compare what the actors do with the events before it (--json shows them)"
    return []
  }

  private var chosenAnswer: Int? {
    guard let question = run.page.question else { return nil }
    if answers == .right { return question.expected }
    if question.options.isEmpty { return question.expected + 1 }
    return question.expected % question.options.count + 1
  }

  // MARK: Text

  private mutating func said() -> String {
    guard !hasAsked, let spoken = run.spoken else { return "" }
    hasAsked = true
    return paragraph(spoken.text)
  }

  private mutating func question() -> String {
    guard let spoken = run.spoken, let question = spoken.question else { return "" }
    hasAsked = true
    let options = question.options.enumerated().map { "  \($0 + 1)  \($1)\n" }.joined()
    let given = chosenAnswer.map { question.words($0) } ?? ""
    return paragraph(spoken.text) + paragraph("? " + question.text) + options
      + paragraph("> " + given)
  }

  private mutating func outcome() -> String {
    guard let spoken = run.spoken else { return "" }
    var text = events()
    if let question = spoken.question {
      let mark = question.isRight == true ? "Right" : "Not so"
      let right = question.right.map { "\(mark): \(question.sentence($0))" } ?? ""
      text += paragraph([right, question.verdict].filter { !$0.isEmpty }.joined(separator: " "))
    }
    text += paragraph(spoken.outcome)
    return text + (spoken.source.isEmpty ? "" : paragraph("[\(spoken.source)]"))
  }

  /// The events that came since the last ones, as they are in --text.
  private mutating func events() -> String {
    let new = timeline.sequences(in: toldEvents + 1...max(toldEvents + 1, timeline.lastSequence))
    toldEvents = max(toldEvents, timeline.lastSequence)
    let lines = new.compactMap { timeline[$0] }.filter { event in
      switch event.body {
      case .session: false
      // What a lesson shows may well be worth a note; its words are the lesson's.
      case .finding(let finding): finding.severity > .note
      default: true
      }
    }.map { EventLine.text($0, in: timeline, unicode: unicode) }
    guard !lines.isEmpty else { return "" }
    return "\n" + lines.flatMap { $0.split(separator: "\n") }.map { "    \($0)\n" }.joined()
  }

  private func paragraph(_ text: String) -> String {
    guard !text.isEmpty else { return "" }
    let lines = text.split(separator: "\n").map {
      wrapped(String($0), width: width).joined(separator: "\n")
    }.joined(separator: "\n\n")
    return "\n" + (unicode ? lines : String(lines.map { $0.isASCII ? $0 : "?" })) + "\n"
  }

  private var ending: String {
    run.asked == 0
      ? ""
      : paragraph("\(run.answeredRight) of \(run.asked) predictions were right.")
  }
}
