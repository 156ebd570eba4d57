import Testing

@testable import Lessons

@Suite("Reading lessons") struct LessonReaderTests {
  private static let small = """
    # A comment.
    title Small
    minutes 2
    about One thing,
      in two lines.
    file letter.txt "Dear\\n"
    pair giver taker stream

    actor giver
      letter = open letter.txt read
      send taker "x" with letter letter times 2

    actor taker
      first second = receive giver data 8 control 24 cloexec
      try read first 3

    page before send by giver
    say One {giver.pid} two.

      Three.

    page receive by taker as got
    ask How many?
    answer got.fds + 1
    expect 3
    hint Count.
    until end of taker
    check got.fds = 2 and got.fd[0] = 4
    source unix(7)
    """

  @Test("Every part of a lesson is where it belongs") func parts() throws {
    let lesson = try Lesson(name: "small", text: Self.small)
    #expect(lesson.title == "Small")
    #expect(lesson.minutes == 2)
    #expect(lesson.about == "One thing, in two lines.")
    #expect(lesson.files == [LessonFile(path: "letter.txt", kind: .file(text: "Dear\n"))])
    #expect(lesson.launched.map(\.name) == ["giver", "taker"])
    #expect(lesson.sockets(of: "taker") == ["giver"])
    let giver = lesson.actors[0].lines
    #expect(giver[0].results == ["letter"])
    #expect(giver[0].action == .open(path: "letter.txt", [.read]))
    let letter = Reference(name: "letter")
    #expect(
      giver[1].action
        == .send(
          Sending(
            socket: Reference(name: "taker"), text: "x", descriptors: [letter, letter])))
    #expect(giver[1].times == 2)
    let taker = lesson.actors[1].lines
    #expect(taker[0].results == ["first", "second"])
    #expect(
      taker[0].action
        == .receive(
          Receiving(
            socket: Reference(name: "giver"), data: 8, control: 24, flags: [.closeOnExec])))
    #expect(taker[1].mayFail && !taker[0].mayFail)
    #expect(lesson.pages.map(\.moment.text) == ["before send by giver", "receive by taker as got"])
    #expect(
      lesson.pages[0].text.pieces == [
        .text("One "), .value(.property(.name("giver"), .pid)), .text(" two.\nThree."),
      ])
    let question = try #require(lesson.pages[1].question)
    #expect(question.expected == 3)
    #expect(question.hints.count == 1)
    #expect(
      question.answer == .operation(.property(.name("got"), .fds), .plus, .number(1)))
    #expect(lesson.pages[1].checks.map(\.line) == [28])
  }

  @Test(
    "What is wrong is said with its line and column",
    arguments: [
      ("titel Small", "line 2, column 1: “titel” is not a word that a lesson begins with"),
      ("minutes two", "line 2, column 9: how many minutes belongs here, a number."),
      ("pair giver tacker stream", "line 2, column 12: there is no actor tacker; there are: giver"),
      ("pair giver giver steam", "line 2, column 18: “steam” is not a socket's type; there are"),
      ("file letter.txt Dear", "line 2, column 17: its text belongs here, between \" and \"."),
      ("file letter.txt \"Dear", "line 2, column 17: this \" has no second one in its line."),
      ("page before send giver", "line 2, column 18: “by” belongs here, not “giver”."),
      ("page start\nsay {giver.}", "line 3, column 12: a property belongs here."),
      (
        "page start\nsay {giver.fdz}", "line 3, column 12: “fdz” is not a property; there are call,"
      ),
      ("page start\nsay {giver", "line 3, column 5: this { has no } in its line."),
      ("page start\nshow trees", "line 3, column 6: a pane belongs here: timeline, message, bytes"),
      (
        "page start\nshow descriptors x", "line 3, column 18: there is no actor x; there are: giver"
      ),
      ("page start\nhint x", "line 3, column 1: “hint” needs an “ask” before it."),
      ("page start\nsays x", "line 3, column 1: “says” is not part of a page"),
      ("page start\ncheck 1 = ", "line 3, column 10: a value is missing here."),
      ("page start\nask x\noption y", "line 4, column 8: an option needs “when”"),
      ("page start\nask x\nanswer 1", "line 2, column 1: this page asks, and needs an “until”"),
      ("page start\ncheck git.fds = 1", "line 3, column 7: nothing is called “git” here"),
      ("actor x\n  fly 3", "line 3, column 3: “fly” is nothing that an actor does; there are"),
      ("actor x\n  close letter", "line 3, column 9: no line before this one makes “letter”."),
      ("actor x\n  receive 3 data x", "line 3, column 18: how many bytes belongs here, a number."),
      ("actor x\n  read 3 4 5", "line 3, column 12: “5” is one word too many."),
      ("actor x\n  become y", "line 3, column 1: there is no actor y to become."),
      ("actor giver", "line 2, column 7: there is an actor giver already."),
    ])
  func problems(lines: String, problem: String) {
    let text = "actor giver\n\(lines)\ntitle T\n"
    let error = #expect(throws: LessonProblem.self) { try Lesson(name: "x", text: text) }
    #expect(error?.description.hasPrefix(problem) == true, "\(error?.description ?? "none")")
  }

  @Test("Every lesson of the package can be read", arguments: LessonShelf.names)
  func shelf(name: String) throws {
    let lesson = try Lesson(name: name, text: try #require(LessonShelf.text(of: name)))
    #expect(!lesson.about.isEmpty && lesson.about.count < 80)
    #expect(lesson.minutes > 0)
    #expect(lesson.pages.contains { $0.question != nil }, "it asks nothing")
    #expect(lesson.pages.contains { !$0.checks.isEmpty }, "it claims nothing")
  }

  @Test("Every lesson but the last has a next one") func order() {
    #expect(LessonShelf.name(after: "first-pass") == "bytes")
    #expect(
      LessonShelf.names.dropLast().map(LessonShelf.name(after:))
        == LessonShelf.names.dropFirst().map { $0 })
    #expect(LessonShelf.names.last.flatMap(LessonShelf.name(after:)) == nil)
    #expect(LessonShelf.name(after: "mine") == nil)
  }

  /// Ten minutes: a newcomer's patience.
  @Test("The first three lessons take ten minutes at 200 words a minute") func minutes() throws {
    let seconds = try LessonShelf.names.prefix(3).map { name in
      try Lesson(name: name, text: try #require(LessonShelf.text(of: name))).secondsToRead
    }
    #expect(seconds.reduce(0, +) < 600, "\(seconds)")
  }
}

extension Lesson {
  /// At 200 words a minute, with 5 seconds for every answer and 2 for every key of a page.
  var secondsToRead: Int {
    pages.reduce(0) { seconds, page in
      let question = page.question
      let texts =
        [page.text, page.outcome]
        + (question.map { [$0.text, $0.right] + $0.options.map(\.text) } ?? [])
      let words = texts.reduce(0) { $0 + $1.wordCount }
      return seconds + words * 60 / 200 + (question == nil ? 0 : 5) + 4
    }
  }
}
