extension Lesson {
  /// Reads a lesson.
  ///
  /// - Throws: ``LessonProblem`` with the place of the first thing that is wrong.
  public init(name: String, text: String) throws(LessonProblem) {
    var reader = LessonReader(name: name)
    for entry in LessonReader.entries(of: text) { try reader.take(entry) }
    self = try reader.finish(
      lines: text.split(separator: "\n", omittingEmptySubsequences: false).count)
  }
}

/// Takes a lesson keyword by keyword.
struct LessonReader {
  /// A line that begins at the margin, and the indented ones that belong to it.
  struct Entry {
    var head: SourceLine
    var body: [SourceLine]
  }

  private(set) var lesson: Lesson
  /// Where names of actors were used, to be looked up when all are known.
  private var uses: [(name: String, line: Int, column: Int)] = []
  /// Every value on every page, for the same reason: an answer stands before its moment.
  private var values: [(PlacedValue, page: Int)] = []

  init(name: String) { lesson = Lesson(name: name) }

  /// The entries of a text; lines that begin with `#` are comments.
  static func entries(of text: String) -> [Entry] {
    var entries: [Entry] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let indent = line.prefix { $0 == " " }.count
      var words = line.dropFirst(indent)
      while words.last?.isWhitespace == true { words.removeLast() }
      let source = SourceLine(number: index + 1, column: indent + 1, text: String(words))
      if words.hasPrefix("#") { continue }
      if indent == 0, !words.isEmpty {
        entries.append(Entry(head: source, body: []))
      } else if !entries.isEmpty {
        entries[entries.count - 1].body.append(source)
      } else if !words.isEmpty {
        entries.append(Entry(head: source, body: []))
      }
    }
    for index in entries.indices {
      while entries[index].body.last?.text.isEmpty == true { entries[index].body.removeLast() }
    }
    return entries
  }

  mutating func take(_ entry: Entry) throws(LessonProblem) {
    let keyword = entry.head.text.prefix { $0 != " " }
    let rest = entry.head.rest(after: keyword)
    if try takeHeader(String(keyword), rest, entry) { return }
    guard !lesson.pages.isEmpty else {
      throw LessonProblem(
        entry.head.number, entry.head.column,
        "“\(keyword)” is not a word that a lesson begins with; there are title, minutes, about, "
          + "needs, file, folder, link, pair, actor and page")
    }
    if try takeQuestion(String(keyword), rest, entry) { return }
    if try takePage(String(keyword), rest, entry) { return }
    throw LessonProblem(
      entry.head.number, entry.head.column,
      "“\(keyword)” is not part of a page; there are say, ask, option, answer, expect, hint, "
        + "right, wrong, until, then, check and source")
  }

  private mutating func takeHeader(
    _ keyword: String, _ rest: SourceLine, _ entry: Entry
  ) throws(LessonProblem) -> Bool {
    var words = keyword == "title" || keyword == "about" ? nil : try? WordReader(rest)
    switch keyword {
    case "title": lesson.title = rest.text
    case "about": lesson.about = ([rest] + entry.body).map(\.text).joined(separator: " ")
    case "minutes":
      words = try WordReader(rest)
      lesson.minutes = try words?.number("how many minutes") ?? 0
    case "needs":
      words = try WordReader(rest)
      if let need = try words?.oneOf("a need", Lesson.Need.self) { lesson.needs.append(need) }
    case "file", "folder", "link": try takeFile(rest, keyword)
    case "pair": try takePair(rest)
    case "actor": try takeActor(rest, entry)
    case "page": lesson.pages.append(Page(line: rest.number, moment: try moment(rest)))
    default: return false
    }
    return true
  }

  private mutating func takeFile(
    _ rest: SourceLine, _ keyword: String
  ) throws(LessonProblem) {
    var words = try WordReader(rest)
    let path = try words.path("its name")
    guard !path.contains("..") else {
      throw words.problem("its name may not lead out of the folder")
    }
    let kind: LessonFile.Kind =
      switch keyword {
      case "file": .file(text: try words.quoted("its text"))
      case "link": .link(target: try words.quoted("where it leads"))
      default: .folder
      }
    try words.expectEnd()
    lesson.files.append(LessonFile(path: path, kind: kind))
  }

  private mutating func takePair(_ rest: SourceLine) throws(LessonProblem) {
    var words = try WordReader(rest)
    var ends: [String] = []
    for _ in 0..<2 {
      ends.append(try use(of: &words))
    }
    let type = try words.oneOf("a socket's type", SocketType.self)
    try words.expectEnd()
    lesson.pairs.append(SocketPair(ends: ends, type: type))
  }

  private mutating func takeActor(_ rest: SourceLine, _ entry: Entry) throws(LessonProblem) {
    var words = try WordReader(rest)
    let name = try words.name("the actor's name")
    try words.expectEnd()
    guard !lesson.actors.contains(where: { $0.name == name }) else {
      throw LessonProblem(rest.number, rest.column, "there is an actor \(name) already")
    }
    var reader = ActorReader(sockets: lesson.sockets(of: name))
    var actor = LessonActor(name: name)
    for line in entry.body where !line.text.isEmpty { actor.lines.append(try reader.read(line)) }
    lesson.actors.append(actor)
  }

  private mutating func takeQuestion(
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

  private mutating func takePage(
    _ keyword: String, _ rest: SourceLine, _ entry: Entry
  ) throws(LessonProblem) -> Bool {
    let lines = (rest.text.isEmpty ? [] : [rest]) + entry.body
    switch keyword {
    case "say":
      let said = try text(lines)
      page.text = said
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
  private mutating func moment(_ line: SourceLine) throws(LessonProblem) -> PageMoment {
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

  private mutating func use(of words: inout WordReader) throws(LessonProblem) -> String {
    let column = words.peek?.column ?? 1
    let name = try words.name("an actor")
    uses.append((name, words.line.number, column))
    return name
  }

  /// What only the whole can tell.
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

extension SourceLine {
  /// What follows a word at its beginning.
  fileprivate func rest(after word: Substring) -> SourceLine {
    let rest = text.dropFirst(word.count)
    let spaces = rest.prefix { $0 == " " }.count
    return SourceLine(
      number: number, column: column + word.count + spaces, text: String(rest.dropFirst(spaces)))
  }
}
