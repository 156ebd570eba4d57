/// What only the whole lesson can tell.
extension LessonReader {
  func finish(lines: Int) throws(LessonProblem) -> Lesson {
    for use in uses where !lesson.actors.contains(where: { $0.name == use.name }) {
      let known = lesson.actors.map(\.name).joined(separator: ", ")
      throw LessonProblem(
        use.line, use.column, "there is no actor \(use.name); there are: \(known)")
    }
    for actor in lesson.actors {
      for line in actor.lines {
        guard let made = line.action.madeActor, !lesson.actors.contains(where: { $0.name == made })
        else { continue }
        throw LessonProblem(line.line, 1, "there is no actor \(made) to become")
      }
    }
    try checkNames()
    try checkQuestions()
    if lesson.title.isEmpty { throw LessonProblem(lines, 1, "the lesson has no title") }
    if lesson.pages.isEmpty { throw LessonProblem(lines, 1, "the lesson has no page") }
    return lesson
  }

  private func checkNames() throws(LessonProblem) {
    for (value, page) in values {
      let moments = lesson.pages[...page].flatMap { [$0.moment.name, $0.end?.name] }
      let known = Set(moments.compactMap(\.self) + lesson.actors.map(\.name))
      guard let name = value.expression.name(notIn: known) else { continue }
      throw LessonProblem(
        value.line, value.column,
        "nothing is called “\(name)” here; there are \(known.sorted().joined(separator: ", "))")
    }
  }

  private func checkQuestions() throws(LessonProblem) {
    for page in lesson.pages {
      guard let question = page.question else { continue }
      if question.options.isEmpty == (question.answer == nil) {
        throw LessonProblem(page.line, 1, "this page's “ask” needs an “answer”, or “option”s")
      }
      if page.end == nil {
        throw LessonProblem(page.line, 1, "this page asks, and needs an “until” that answers")
      }
    }
  }
}
