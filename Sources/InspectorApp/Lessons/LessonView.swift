import Lessons
import TextUI

/// The pane of a lesson.
extension Inspector {
  /// A line of the lesson.
  struct LessonLine: Sendable, Hashable {
    var text: String
    var role: Role
    /// Whether it tells what came of the step.
    var isOutcome = false
    var isOption = false
  }

  var lessonTitle: String {
    guard let run = lessonRun else { return "Lesson" }
    let page = run.spoken.map { ": \($0.number) of \(run.lesson.pages.count)" } ?? ""
    return visible(run.lesson.title) + page
  }

  /// All that is said now, wrapped.
  func lessonLines(width: Int) -> [LessonLine] {
    guard let run = lessonRun else { return [] }
    var parts =
      run.spoken.map { paragraphs(of: $0) } ?? [
        LessonLine(text: visible(run.lesson.about), role: .plain)
      ]
    parts += run.failures.map {
      LessonLine(
        text: "The lesson says what is not so here: \(visible($0)). Steps in another order than "
          + "it expects can be the reason, or another kernel.", role: .warning)
    }
    if run.isChanged {
      parts.append(
        LessonLine(
          text: "You have changed a call. From here on the lesson may say what is not so.",
          role: .changed))
    }
    if let next = nextInLesson(run) { parts.append(LessonLine(text: next, role: .kernel)) }
    var lines: [[LessonLine]] = []
    for part in parts where !part.text.isEmpty {
      for paragraph in part.text.split(separator: "\n") {
        let wrapped = wrapped(String(paragraph), width: width - 2).map { text in
          LessonLine(
            text: text, role: part.role, isOutcome: part.isOutcome, isOption: part.isOption)
        }
        // The answers to choose from stand together.
        if part.isOption, lines.last?.first?.isOption == true {
          lines[lines.count - 1] += wrapped
        } else {
          lines.append(wrapped)
        }
      }
    }
    let airy = Array(lines.joined(separator: [LessonLine(text: "", role: .plain)]))
    return airy.count <= pageHeight(of: .lesson) ? airy : lines.flatMap { $0 }
  }

  private func paragraphs(of page: SpokenPage) -> [LessonLine] {
    var parts = [LessonLine(text: page.text, role: .plain)]
    if let question = page.question {
      parts.append(LessonLine(text: question.text, role: .notice))
      parts += question.options.enumerated().map {
        LessonLine(text: "\($0 + 1): \($1)", role: .plain, isOption: true)
      }
      parts += question.hints.prefix(question.hintsShown).map {
        LessonLine(text: "Hint: \($0)", role: .dim)
      }
      parts += answerLines(question)
    }
    parts.append(LessonLine(text: page.outcome, role: .plain, isOutcome: true))
    if !page.source.isEmpty {
      parts.append(LessonLine(text: "[\(page.source)]", role: .dim, isOutcome: true))
    }
    return parts
  }

  private func answerLines(_ question: SpokenQuestion) -> [LessonLine] {
    switch (question.given, question.right) {
    case (nil, _): return []
    case (.given(let given)?, nil):
      return [LessonLine(text: "You say: \(question.words(given))", role: .dim)]
    case (.unknown?, nil), (.tooLate?, nil):
      return [LessonLine(text: "You do not say. Let us see.", role: .dim)]
    case (let given?, let right?):
      let isRight = question.isRight == true
      let begin =
        switch given {
        case .given where isRight: "Right: "
        case .given(let number): "Not so. You said: \(question.sentence(number)) It is: "
        case .unknown: "It is: "
        case .tooLate: "You have gone past this question. It is: "
        }
      return [
        LessonLine(
          text: begin + question.sentence(right) + " " + question.verdict,
          role: isRight ? .new : .warning, isOutcome: true)
      ]
    }
  }

  /// What the learner does now.
  private func nextInLesson(_ run: LessonRun) -> String? {
    let (step, goOn) = (keymap.name(of: .step), keymap.name(of: .resume))
    switch run.phase {
    case .asking:
      if case .answering = mode { return answerHelp + " Enter alone: I do not know." }
      return "\(keymap.name(of: .answer)) or \(step): back to the question."
    case .doing: return "\(step): one step. \(goOn): go on until it has happened."
    case .waiting: return "\(step): one step. \(goOn): go on to where the lesson speaks again."
    case .told where run.isOver: return ending(run)
    case .told: return "\(step): go on."
    }
  }

  private func ending(_ run: LessonRun) -> String {
    let score =
      run.asked == 0 ? "" : " \(run.answeredRight) of \(run.asked) predictions were right."
    let next =
      LessonShelf.name(after: run.lesson.name).map { "Next: fdpass-tui learn \($0)" }
      ?? "fdpass-tui learn lists all lessons."
    return "This is the end of the lesson.\(score) \(keymap.name(of: .back)) looks back, "
      + "\(keymap.name(of: .quit)) leaves.\n\(next)"
  }

  /// What has come of the step is seen first, where not all fits.
  func firstLessonLine(width: Int, height: Int) -> Int {
    let lines = lessonLines(width: width)
    let last = max(0, lines.count - height)
    if let outcome = lines.firstIndex(where: \.isOutcome) { return min(last, outcome) }
    return lessonRun?.phase == .asking ? last : 0
  }

  var lessonText: String { lessonLines(width: 78).map(\.text).joined(separator: "\n") }

  /// The same, a paragraph a line.
  var lessonParagraphs: [String] {
    lessonLines(width: .max).map(\.text).filter { !$0.isEmpty }
  }

  func drawLesson(in area: Rect, _ frame: inout Frame) {
    let lines = lessonLines(width: area.width)
    let last = max(0, lines.count - area.height)
    let first = min(last, scrolls[.lesson] ?? initialScroll(of: .lesson))
    for (offset, line) in lines.dropFirst(first).prefix(area.height).enumerated() {
      frame.write(
        visible(line.text), x: area.x + 1, y: area.y + offset, style: look[line.role],
        within: area)
    }
  }
}
