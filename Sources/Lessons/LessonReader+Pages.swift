/// Reading the pages of a lesson.
extension LessonReader {
  mutating func takeQuestion(
    _ keyword: String, _ rest: SourceLine, _ entry: Entry
  ) throws(LessonProblem) -> Bool {
    let lines = [rest] + entry.body
    if keyword == "ask" {
      page.question = Question(text: try text(lines))
      return true
    }
    guard ["option", "answer", "expect", "hint", "right", "wrong"].contains(keyword) else {
      return false
    }
    guard page.question != nil else {
      throw LessonProblem(rest.number, 1, "“\(keyword)” needs an “ask” before it")
    }
    switch keyword {
    case "option":
      let option = try option(rest)
      page.question?.options.append(option)
    case "answer":
      let answer = try expression(rest)
      page.question?.answer = answer
    case "expect":
      var words = try WordReader(rest)
      let expected = try words.number("the answer of who knows it")
      page.question?.expected = expected
    case "hint":
      let hint = try text(lines)
      page.question?.hints.append(hint)
    case "right":
      let right = try text(lines)
      page.question?.right = right
    default:
      let wrong = try text(lines)
      page.question?.wrong = wrong
    }
    return true
  }

  mutating func takePage(
    _ keyword: String, _ rest: SourceLine, _ entry: Entry
  ) throws(LessonProblem) -> Bool {
    let lines = (rest.text.isEmpty ? [] : [rest]) + entry.body
    switch keyword {
    case "say":
      let said = try text(lines)
      page.text = said
    case "show":
      let shown = try shownPane(rest)
      if page.end == nil { page.shown = shown } else { page.shownThen = shown }
    case "until":
      let end = try moment(rest)
      page.end = end
    case "then":
      let outcome = try text(lines)
      page.outcome = outcome
    case "check":
      let condition = try expression(rest)
      page.checks.append(Check(line: rest.number, text: rest.text, condition: condition))
    case "source": page.source = rest.text
    default: return false
    }
    return true
  }

  private var page: Page {
    get { lesson.pages[lesson.pages.count - 1] }
    set { lesson.pages[lesson.pages.count - 1] = newValue }
  }

  private mutating func expression(_ line: SourceLine) throws(LessonProblem) -> Expression {
    var words = try WordReader(line)
    let expression = try words.expression()
    try words.expectEnd()
    let place = PlacedValue(expression: expression, line: line.number, column: line.column)
    values.append((place, page: lesson.pages.count - 1))
    return expression
  }

  private mutating func text(_ lines: [SourceLine]) throws(LessonProblem) -> PlacedText {
    var reader = PlacedTextReader(lines: lines)
    let text = try reader.read()
    values += reader.values.map { ($0, page: lesson.pages.count - 1) }
    return text
  }

  /// `its text when CONDITION`.
  private mutating func option(_ line: SourceLine) throws(LessonProblem) -> Question.Option {
    let parts = line.text.split(separator: " when ")
    guard parts.count > 1, let last = parts.last else {
      throw LessonProblem(line.number, line.column, "an option needs “when” and its condition")
    }
    let text = String(line.text.dropLast(last.count + " when ".count))
    let column = line.column + line.text.count - last.count
    return Question.Option(
      text: try self.text(
        [SourceLine(number: line.number, column: line.column, text: text)]),
      condition: try expression(
        SourceLine(number: line.number, column: column, text: String(last))))
  }

  /// `start`, `now`, `before CALL by ACTOR`, `CALL by ACTOR`, `end of ACTOR`; then `as NAME`.
  mutating func moment(_ line: SourceLine) throws(LessonProblem) -> PageMoment {
    var words = try WordReader(line)
    var kind = PageMoment.Kind.start
    if words.take("end") {
      try words.expect("of")
      kind = .end(actor: try use(of: &words))
    } else if words.take("now") {
      kind = .now
    } else if !words.take("start") {
      let isBefore = words.take("before")
      let call = try words.path("start, now, end, or a call as send, receive or close")
      try words.expect("by")
      let actor = try use(of: &words)
      kind = isBefore ? .before(call: call, actor: actor) : .after(call: call, actor: actor)
    }
    let name = words.take("as") ? try words.name("a name for this moment") : nil
    try words.expectEnd()
    return PageMoment(kind: kind, name: name, text: line.text)
  }

  /// `timeline`, `message`, `bytes`, `descriptors ACTOR`.
  private mutating func shownPane(_ line: SourceLine) throws(LessonProblem) -> ShownPane {
    var words = try WordReader(line)
    let pane: ShownPane
    if words.take("timeline") {
      pane = .timeline
    } else if words.take("message") {
      pane = .message
    } else if words.take("bytes") {
      pane = .bytes
    } else {
      guard words.take("descriptors") else {
        throw words.problem("a pane belongs here: timeline, message, bytes or descriptors")
      }
      pane = .descriptors(actor: try use(of: &words))
    }
    try words.expectEnd()
    return pane
  }

  mutating func use(of words: inout WordReader) throws(LessonProblem) -> String {
    let column = words.peek?.column ?? 1
    let name = try words.name("an actor")
    uses.append((name, words.line.number, column))
    return name
  }
}
