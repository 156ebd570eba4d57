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

  var lesson: Lesson
  /// Where names of actors were used, to be looked up when all are known.
  var uses: [(name: String, line: Int, column: Int)] = []
  /// Every value on every page, for the same reason: an answer stands before its moment.
  var values: [(PlacedValue, page: Int)] = []

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
      "“\(keyword)” is not part of a page; there are say, show, ask, option, answer, expect, "
        + "hint, right, wrong, until, then, check and source")
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
