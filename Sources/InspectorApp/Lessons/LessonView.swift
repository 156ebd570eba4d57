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

  /// Everything that was said, to be scrolled, and where the last page of it begins.
  struct LessonText {
    var lines: [LessonLine] = []
    var lastPage = 0
  }

  var lessonTitle: String {
    guard let run = lessonRun else { return "Lesson" }
    let page = spokenPages.last.map { ": \($0.number) of \(run.lesson.pages.count)" } ?? ""
    return visible(run.lesson.title) + page
  }

  /// What was said up to the moment on the screen; but what is asked stays for who looks around for
  /// the answer.
  private var spokenPages: [SpokenPage] {
    guard let run = lessonRun else { return [] }
    let pages = run.earlier + [run.spoken].compactMap(\.self)
    if moment == .now || run.phase == .asking { return pages }
    return pages.filter { $0.since <= lastShownEvent }
  }

  func lessonText(width: Int) -> LessonText {
    var text = LessonText()
    guard let run = lessonRun else { return text }
    let height = pageHeight(of: .lesson)
    let pages = spokenPages
    guard !pages.isEmpty else {
      return LessonText(lines: fitted([about(run)], width: width, height: height))
    }
    for (index, page) in pages.enumerated() {
      if index > 0 {
        text.lines.append(LessonLine(text: "(page \(page.number))", role: .dim))
      }
      text.lastPage = text.lines.count
      let isLast = index == pages.count - 1
      text.lines += fitted(
        paragraphs(of: page) + (isLast ? failures(run) : []), width: width, height: height)
    }
    // The last page begins at the top also where it is short.
    let missing = text.lastPage + height - text.lines.count
    if pages.count > 1, missing > 0 {
      text.lines += Array(repeating: LessonLine(text: "", role: .plain), count: missing)
    }
    return text
  }

  private func about(_ run: LessonRun) -> LessonLine {
    LessonLine(text: visible(run.lesson.about), role: .plain)
  }

  private func failures(_ run: LessonRun) -> [LessonLine] {
    run.failures.map {
      LessonLine(
        text: "The lesson says what is not so here: \(visible($0)). Steps in another order than "
          + "it expects can be the reason, or another kernel.", role: .warning)
    }
  }

  /// Wrapped, and with air where there is room for it.
  private func fitted(_ parts: [LessonLine], width: Int, height: Int) -> [LessonLine] {
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
    return airy.count <= height ? airy : lines.flatMap { $0 }
  }

  private func paragraphs(of page: SpokenPage) -> [LessonLine] {
    let isTold = !page.outcome.isEmpty
    var parts: [LessonLine] = []
    if page.isChanged {
      parts.append(
        LessonLine(
          text: "You have changed a call, and the lesson speaks of the unchanged one: no verdict "
            + "from here on." + (isTold ? " This is what has happened:" : ""),
          role: .changed, isOutcome: isTold))
    }
    if !page.isChanged || !isTold { parts.append(LessonLine(text: page.text, role: .plain)) }
    if let question = page.question, !page.isChanged || !isTold {
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

  /// What the learner does now: the last lines of the pane, which are never scrolled away.
  func lessonPrompt(width: Int) -> [LessonLine] {
    guard let run = lessonRun else { return [] }
    return nextInLesson(run).split(separator: "\n").flatMap {
      wrapped(String($0), width: width - 2).map { LessonLine(text: $0, role: .kernel) }
    }
  }

  private func nextInLesson(_ run: LessonRun) -> String {
    let (step, goOn) = (keymap.name(of: .step), keymap.name(of: .resume))
    if moment != .now {
      return run.phase == .asking
        ? "This is the past. \(keymap.name(of: .answer)): back to the question."
        : "What was said then. \(keymap.name(of: .now)): back to now."
    }
    switch run.phase {
    case .asking:
      if case .answering = mode { return answerHelp + " Enter alone: I do not know." }
      return "\(keymap.name(of: .answer)) or \(step): back to the question."
    case .doing where run.spoken?.question != nil:
      return "\(step): one step. \(goOn): go on until it has happened."
    case .doing, .waiting:
      return "\(step): one step. \(goOn): go on to where the lesson speaks again."
    case .told where run.isOver: return ending(run)
    case .told: return "\(step): go on."
    }
  }

  private func ending(_ run: LessonRun) -> String {
    let score =
      run.asked == 0 ? "" : " \(run.answeredRight) of \(run.asked) predictions were right."
    let leave =
      "\(keymap.name(of: .back)) looks back, \(keymap.name(of: .quit)) leaves."
    if let nextLesson {
      return "This is the end of the lesson.\(score)\n"
        + "\(keymap.name(of: .step)): the next lesson, \(nextLesson). \(leave)"
    }
    let next =
      LessonShelf.name(after: run.lesson.name).map { "Next: fdpass-tui learn \($0)" }
      ?? "fdpass-tui learn lists all lessons."
    return "This is the end of the lesson.\(score) \(leave)\n\(next)"
  }

  /// What has come of the step is seen first, where not all fits.
  func firstLessonLine(width: Int, height: Int) -> Int {
    let text = lessonText(width: width)
    let last = max(0, text.lines.count - height)
    let first = text.lastPage
    if let outcome = text.lines[first...].firstIndex(where: \.isOutcome) {
      return text.lines.count - first <= height ? first : min(last, outcome)
    }
    // What is asked, and what one has said to it, stands at the end.
    let isAsked =
      [.asking, .doing].contains(lessonRun?.phase) && lessonRun?.spoken?.question != nil
    return isAsked ? max(first, last) : first
  }

  /// The page that speaks and what to do, a paragraph a line.
  var lessonParagraphs: [String] {
    guard let run = lessonRun else { return [] }
    let parts = (spokenPages.last.map(paragraphs) ?? [about(run)]) + failures(run)
    return (parts.map(\.text) + [nextInLesson(run)]).flatMap { $0.split(separator: "\n") }
      .map { String($0) }
  }

  /// Whether the page that speaks begins above what is on the screen.
  var isLessonCutAbove: Bool {
    guard let width = layout?.box(of: .lesson)?.content.width else { return false }
    let first = scrolls[.lesson] ?? initialScroll(of: .lesson)
    return first > lessonText(width: width).lastPage
  }

  func drawLesson(in area: Rect, _ frame: inout Frame) {
    let lines = lessonText(width: area.width).lines
    let prompt = lessonPrompt(width: area.width)
    let height = max(0, area.height - prompt.count)
    let last = max(0, lines.count - height)
    let first = min(last, scrolls[.lesson] ?? initialScroll(of: .lesson))
    let shown = Array(lines.dropFirst(first).prefix(height))
    let gap = Array(repeating: LessonLine(text: "", role: .plain), count: height - shown.count)
    for (offset, line) in (shown + gap + prompt).prefix(area.height).enumerated() {
      frame.write(
        visible(line.text), x: area.x + 1, y: area.y + offset, style: look[line.role],
        within: area)
    }
  }
}
