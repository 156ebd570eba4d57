import Lessons
import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("A lesson on the screen") struct LessonScreenTests {
  private static let text = """
    title Small
    minutes 1
    about Nothing much.
    actor server
    actor client
    page start
    say Welcome to {server.pid}.
    page send by server as sent
    say It sent {sent.fd[0]}.
    ask Which number will the client get?
    answer got.fd[0]
    expect 4
    hint It is low.
    hint The lowest.
    until receive by client as got
    right As you said.
    wrong It is the lowest.
    then It is {client[4].target} now.
    check got.fd[0] = 4
    source unix(7)
    """

  /// The demo under that lesson, after its first steps.
  private func inspector(
    steps: Int = 10, text: String = text, size: Size = Size(width: 110, height: 34)
  ) throws -> Inspector {
    let lesson = try Lesson(name: "small", text: text)
    var inspector = Inspector(
      size: size, title: "learn › small", options: InspectorOptions(lesson: lesson))
    _ = play(&inspector, from: 0, through: steps)
    return inspector
  }

  /// The events of some steps, and where everything stands then.
  private func play(
    _ inspector: inout Inspector, from: Int, through steps: Int, taken: Int? = nil
  ) -> [Inspector.Effect] {
    let events = DemoSession.all.events(throughStep: steps)
      .dropFirst(from == 0 ? 0 : DemoSession.all.events(throughStep: from).count)
    var status = DemoSession.inFlight
    status.commandsTaken = taken ?? inspector.takenBeforeStep.map { $0 + 1 } ?? 0
    return inspector.update(.updates(events.map(SessionUpdate.event) + [.status(status)]))
  }

  private let step = [Inspector.Effect.command(.step(pid: nil))]

  @Test("It asks before the step, waits for the answer, and corrects a wrong one")
  func wrong() throws {
    var inspector = try inspector()
    #expect(inspector.screen.contains("Welcome to \(DemoSession.server)."))
    #expect(try inspector.press("Space") == step)
    #expect(play(&inspector, from: 10, through: 11) == [])
    #expect(inspector.screen.contains("It sent 1."))
    #expect(inspector.screen.contains("Which number will the client get?"))
    // Nobody steps past a question by mistake.
    #expect(try inspector.press("Space") == [])
    // Said where the keys are told, beside what is typed.
    #expect(inspector.screen.contains("Number:  "))
    #expect(inspector.screen.contains("Esc looks around first; then all keys work."))
    try inspector.press("?")
    #expect(inspector.screen.contains("Hint: It is low."))
    #expect(!inspector.screen.contains("Hint: The lowest."))
    #expect(try inspector.press("1 2 Backspace Enter") == [])
    #expect(inspector.screen.contains("You say: 1"))
    #expect(try inspector.press("Space") == step)
    #expect(play(&inspector, from: 11, through: 12) == [.finishedLesson("small")])
    #expect(inspector.screen.contains("Not so. You said: 1. It is: 4. It is the lowest."))
    #expect(inspector.screen.contains("It is /dev/pts/3 now."))
    #expect(inspector.screen.contains("[unix(7)]"))
    #expect(inspector.screen.contains("0 of 1 predictions were right."))
  }

  @Test("Esc looks around with all keys, and a comes back") func lookingAround() throws {
    var inspector = try inspector(steps: 11)
    try inspector.press("Space Esc")
    #expect(inspector.screen.contains("a or Space: back to the question."))
    // Both would only lead back to the question.
    #expect(!inspector.screen.contains("Space step") && !inspector.screen.contains("c continue"))
    try inspector.press("b b Tab")
    #expect(inspector.screen.contains("PAST"))
    #expect(inspector.screen.contains("Which number will the client get?"))
    try inspector.press("a")
    #expect(inspector.mode == .answering(""))
    #expect(inspector.moment == .now)
    try inspector.press("4 Enter Space")
    _ = play(&inspector, from: 11, through: 12)
    #expect(inspector.screen.contains("Right: 4. As you said."))
  }

  @Test("A click on a row is an answer, and so is a chosen row") func pointing() throws {
    var inspector = try inspector(steps: 11)
    try inspector.press("Space")
    let box = try #require(inspector.layout?.box(of: .descriptors(.left)))
    let place = Point(x: box.content.minX + 1, y: box.content.minY + 1)
    _ = inspector.update(.input(.mouse(MouseEvent(position: place, kind: .press(.left)))))
    #expect(inspector.mode == .answering("1"))
    try inspector.press("Esc Tab Tab Tab Down a")
    guard case .answering(let text) = inspector.mode else {
      Issue.record("nothing is asked")
      return
    }
    #expect(Int(text) != nil)
  }

  @Test("c goes on, step by step, to where the lesson speaks again") func goingOn() throws {
    var inspector = try inspector(steps: 8)
    #expect(try inspector.press("c") == step)
    // The same status again asks for nothing: the step is under way.
    #expect(play(&inspector, from: 8, through: 8, taken: 0) == [])
    // Nor does a key that comes meanwhile, which would go past what is asked next.
    #expect(try inspector.press("c Space 1") == [])
    #expect(play(&inspector, from: 8, through: 9, taken: 1) == step)
    #expect(play(&inspector, from: 9, through: 11, taken: 2) == [])
    #expect(inspector.mode == .answering(""))
    #expect(try inspector.press("Enter c") == step)
    #expect(inspector.screen.contains("You do not say. Let us see."))
    _ = play(&inspector, from: 11, through: 12, taken: 3)
    #expect(inspector.screen.contains("It is: 4. It is the lowest."))
  }

  @Test("A moment is told with all that follows from it, in however many pieces it comes")
  func pieces() throws {
    let text = Self.text.replacing("It is {client[4].target} now.", with: "Proof: {got.proof}.")
    var inspector = try inspector(steps: 11, text: text)
    try inspector.press("Space 4 Enter Space")
    let before = DemoSession.all.events(throughStep: 11).count
    for event in DemoSession.all.events(throughStep: 12).dropFirst(before) {
      _ = inspector.update(.updates([.event(event)]))
      #expect(!inspector.screen.contains("Right: 4."))
    }
    _ = inspector.update(.updates([.status(DemoSession.inFlight)]))
    #expect(inspector.screen.contains("Right: 4."))
    #expect(inspector.screen.contains("Proof: kcmp."))
  }

  @Test("A choice is made by one digit") func choice() throws {
    let text = Self.text.replacing(
      "answer got.fd[0]",
      with: "option The same. when got.fd[0] = 1\noption The lowest. when got.fd[0] = 4")
    var inspector = try inspector(steps: 11, text: text)
    try inspector.press("Space 3")
    #expect(inspector.notice == "One digit answers, 1 to 2, without Enter.")
    #expect(inspector.screen.contains("│ 2: The lowest."))
    #expect(try inspector.press("2") == [])
    #expect(inspector.screen.contains("You say: The lowest."))
    _ = play(&inspector, from: 11, through: 12)
    #expect(inspector.screen.contains("Right: The lowest. As you said."))
  }

  @Test("What a lesson claims and is not so is said") func failure() throws {
    var inspector = try inspector(
      steps: 11, text: Self.text.replacing("check got.fd[0] = 4", with: "check got.fd[0] = 5"))
    try inspector.press("Space 4 Enter Space")
    _ = play(&inspector, from: 11, through: 12)
    #expect(
      inspector.screen.contains(
        "The lesson says what is not so here: line 19: “got.fd[0] = 5” is not"))
  }

  @Test("After a changed call it says so, tells what happened, and judges nothing")
  func changed() throws {
    var inspector = try inspector(steps: 11)
    try inspector.press("Space 1 Enter Space")
    let before = DemoSession.all.events(throughStep: 11).count
    let events = DemoSession.all.events(throughStep: 12).dropFirst(before).map { event in
      guard case .receive(var message) = event.body else { return event }
      message.experiment = ExperimentRecord(
        .resizeControl(to: 64), changes: [.init("msg_controllen", was: "24", now: "64")])
      var changed = event
      changed.body = .receive(message)
      return changed
    }
    _ = inspector.update(
      .updates(events.map(SessionUpdate.event) + [.status(DemoSession.inFlight)]))
    let said = inspector.lessonParagraphs
    #expect(
      said.first == "You have changed a call, and the lesson speaks of the unchanged one: no "
        + "verdict from here on. This is what has happened:")
    #expect(said[1].hasPrefix("You enlarged the control buffer from 24 to 64 bytes"))
    #expect(!inspector.screen.contains("Not so.") && !inspector.screen.contains("predictions"))
  }

  @Test("Who looks back reads what was said then, and scrolling rereads all of it")
  func rereading() throws {
    var inspector = try inspector(steps: 10)
    try inspector.press("Space")
    _ = play(&inspector, from: 10, through: 11)
    try inspector.press("4 Enter Space")
    _ = play(&inspector, from: 11, through: 12)
    #expect(!inspector.screen.contains("Welcome to"))
    try inspector.press("b b")
    #expect(inspector.screen.contains("│ Welcome to \(DemoSession.server)."))
    #expect(inspector.screen.contains("├ Small: 1 of 2 ─"))
    #expect(inspector.screen.contains("│ What was said then. End: back to now."))
    try inspector.press("End")
    #expect(inspector.screen.contains("├ Small: 2 of 2 ─"))
    inspector.focus = .lesson
    try inspector.press("PgUp")
    #expect(inspector.screen.contains("│ Welcome to"))
    // What to do now is never scrolled away.
    #expect(inspector.screen.contains("1 of 1 predictions were right."))
  }

  @Test("What is asked stands at the end of a small pane, which says that there is more above it")
  func longText() throws {
    let long = String(repeating: "so much to say ", count: 60)
    let text = Self.text.replacing("say It sent", with: "say \(long) It sent")
    var inspector = try inspector(steps: 11, text: text, size: Size(width: 80, height: 24))
    try inspector.press("Space")
    #expect(inspector.screen.contains("Which number will the client get?"))
    #expect(inspector.screen.contains("Up text above  Enter answer"))
    try inspector.press("PgUp")
    #expect(inspector.screen.contains("│ so much to say so"))
    #expect(!inspector.screen.contains("Up text above"))
    try inspector.press("4 Enter")
    #expect(inspector.screen.contains("│ You say: 4"))
  }

  @Test("A small screen turns to the pane that a page speaks of", arguments: [80, 110])
  func shownPane(width: Int) throws {
    let text = Self.text.replacing("say It sent", with: "show descriptors client\nsay It sent")
      .replacing("right As", with: "show bytes\nright As")
    let size = Size(width: width, height: width == 80 ? 24 : 34)
    var inspector = try inspector(steps: 11, text: text, size: size)
    try inspector.press("Space")
    #expect(inspector.focus == (width == 80 ? .descriptors(.right) : .timeline))
    try inspector.press("4 Enter Space")
    _ = play(&inspector, from: 11, through: 12)
    #expect(inspector.focus == (width == 80 ? .bytes : .timeline))
  }

  @Test(
    "The lesson is on every screen that is large enough for any",
    arguments: [(60, 16), (80, 24), (110, 34), (200, 60)])
  func sizes(width: Int, height: Int) throws {
    var inspector = try inspector(steps: 11, size: Size(width: width, height: height))
    try inspector.press("Space")
    #expect(inspector.screen.contains("Which number will the client get?"))
    for _ in inspector.panes {
      try inspector.press("Esc Tab")
      #expect(inspector.layout?.box(of: inspector.focus) != nil)
      #expect(inspector.layout?.box(of: .lesson) != nil)
    }
    try inspector.press("a 4 Enter Space")
    _ = play(&inspector, from: 11, through: 12)
    #expect(inspector.screen.contains("Right: 4."))
  }
}
