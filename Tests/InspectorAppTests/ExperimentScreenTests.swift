import ControlMessages
import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// The menu of experiments, and how what was changed is told.
@Suite("Experiments on the screen")
struct ExperimentScreenTests {
  @Test("x lists what can be changed in the call of the next step, and says why the rest cannot")
  func menu() throws {
    var inspector = Inspector.demo(steps: 10, status: DemoSession.beforeSend)
    #expect(inspector.screen.contains("x what if"))
    try inspector.press("x")
    let screen = inspector.screen
    #expect(screen.contains("What if: server is about to call sendmsg on 4"))
    #expect(screen.contains("Take the change back  (nothing is changed)"))
    #expect(screen.contains("▶ Shrink the control buffer"))
    #expect(screen.contains("Add MSG_PEEK  (only a receive has this flag)"))
    #expect(screen.contains("Expect EINVAL, and"))
    try inspector.press("Down Down Down Enter")
    #expect(inspector.screen.contains("This does not fit: only a receive has this flag."))
    try inspector.press("Esc")
    #expect(!inspector.screen.contains("What if:"))
  }

  @Test(
    "what is chosen, and typed where it must be, goes to the source",
    arguments: [
      ("Enter Enter", .resizeControl(to: 16)), ("Enter C-u 1 8 Enter", .resizeControl(to: 18)),
      ("Down Enter Enter", .resizeControl(to: 40)), ("Down Down Enter", .removeControl),
      ("G Up Up Enter", .noData), ("G Up Enter C-u 4 Enter", .limitDescriptors(to: 4)),
      ("G Enter E P Tab Enter", .fail(error: "EPERM")),
      ("G Enter E P Tab Tab Enter", .fail(error: "EPIPE")),
      ("G Enter e m s g s i z e Enter", .fail(error: "EMSGSIZE")),
      ("g Down Down Down Down Down Down Enter Enter", .dropDescriptor(at: 0)),
      ("G Up Up Up Up Enter 2 Enter", .replaceDescriptor(at: 0, by: 2)),
      ("G Up Up Up Up Enter Tab Enter", .replaceDescriptor(at: 0, by: 0)),
      ("G Up Up Up Enter Enter", .declareLength(24)),
    ] as [(String, Experiment)])
  func choices(keys: String, experiment: Experiment) throws {
    var inspector = Inspector.demo(steps: 10, status: DemoSession.beforeSend)
    let effects = try inspector.press("x " + keys)
    #expect(effects == [.command(.experiment(tid: DemoSession.server, experiment))])
    #expect(inspector.screen.contains("The call is changed; Space lets the kernel see it"))
  }

  @Test("a click chooses a line, and one on the chosen line does it")
  func mouse() throws {
    var inspector = Inspector.demo(steps: 10, status: DemoSession.beforeSend)
    try inspector.press("x")
    let lines = inspector.screen.split(separator: "\n", omittingEmptySubsequences: false)
    let row = try #require(lines.firstIndex { $0.contains("Send no data") })
    let click = InputEvent.mouse(
      MouseEvent(position: Point(x: 30, y: row), kind: .press(.left)))
    #expect(inspector.update(.input(click)) == [])
    #expect(inspector.screen.contains("▶ Send no data"))
    let command = SessionCommand.experiment(tid: DemoSession.server, .noData)
    #expect(inspector.update(.input(click)) == [.command(command)])
  }

  @Test(
    "what makes no sense is asked again",
    arguments: [
      ("Enter C-u 2 4 Enter", "Type less than the 24 bytes it has."),
      ("Enter C-u x Enter", "Type a number."),
      ("G Up Up Up Up Enter C-u 9 = 1 Enter", "The message passes 1."),
      ("G Up Up Up Up Enter Enter", "Type a number of the message, = and the one to send"),
      ("G Enter 7 Enter", "Type the name of an error; Tab completes."),
    ])
  func mistakes(keys: String, sentence: String) throws {
    var inspector = Inspector.demo(steps: 10, status: DemoSession.beforeSend)
    #expect(try inspector.press("x " + keys) == [])
    #expect(inspector.screen.contains(sentence))
    try inspector.press("Esc Esc")
    #expect(!inspector.screen.contains("What if:"))
  }

  @Test("where nothing can be changed x says why")
  func nothingToChange() throws {
    var past = Inspector.demo(steps: 10, status: DemoSession.beforeSend)
    try past.press("b x")
    #expect(past.screen.contains("This is the past; End returns to now"))
    var waiting = Inspector.demo(steps: 10, status: DemoSession.allWait)
    try waiting.press("x")
    #expect(waiting.screen.contains("Nobody is stopped before a send or a receive"))
    var running = Inspector.demo(steps: 10, status: SessionStatus(mode: .running))
    try running.press("x")
    #expect(running.screen.contains("Everything runs; p pauses it."))
    var recording = Inspector.demo(
      steps: 10, options: InspectorOptions(live: false))
    try recording.press("x")
    #expect(recording.screen.contains("what happened cannot be changed any more"))
  }

  @Test("the menu of a call that is made meanwhile closes")
  func madeMeanwhile() throws {
    var inspector = Inspector.demo(steps: 10, status: DemoSession.beforeSend)
    try inspector.press("x")
    _ = inspector.update(.updates([.status(DemoSession.allWait)]))
    #expect(!inspector.screen.contains("What if:"))
    #expect(inspector.screen.contains("The call was made meanwhile; nothing was changed."))
  }

  @Test("a program that was not started here is changed only after a yes")
  func foreign() throws {
    var inspector = Self.attached()
    #expect(try inspector.press("x G Up Up Enter") == [])
    #expect(inspector.screen.contains("python3 was not started here. Change its call? y yes"))
    #expect(try inspector.press("n") == [])
    #expect(inspector.screen.contains("Nothing was changed."))
    let effects = try inspector.press("x G Up Up Enter y")
    #expect(effects == [.command(.experiment(tid: 7, .noData))])
  }

  @Test("what is changed is shown before the call, and can be taken back")
  func pending() throws {
    var inspector = Inspector.demo(steps: 10, status: Self.changedStatus)
    let screen = inspector.screen
    #expect(screen.contains("changed sendmsg 17 B"))
    #expect(screen.contains("msg_controllen 16  was 24"))
    #expect(
      inspector.scene.whatComesNext.contains("You cut the control buffer from 24 to 16 bytes"))
    let effects = try inspector.press("x Enter")
    #expect(effects == [.command(.experiment(tid: DemoSession.server, nil))])
  }

  @Test("whose call was changed goes next, and is said and marked to, whoever's turn it was")
  func changedGoesNext() throws {
    var status = Self.changedStatus
    status.next = DemoSession.client
    status.threads.removeAll { $0.pid == DemoSession.client }
    status.threads.append(
      ThreadStatus(
        pid: DemoSession.client, tid: DemoSession.client, state: .after(sequence: 3)))
    var inspector = Inspector.demo(steps: 10, status: status)
    #expect(inspector.scene.whatComesNext.hasPrefix("Next, server calls sendmsg on 4"))
    #expect(inspector.screen.contains("\u{25b7} changed sendmsg 17 B"))
    #expect(try inspector.press("Space") == [.command(.step(pid: DemoSession.server))])
  }

  @Test("the account in sentences has the menu too")
  func linear() throws {
    var inspector = Inspector.demo(steps: 10, status: DemoSession.beforeSend)
    var account = LinearAccount()
    _ = account.news(of: inspector)
    try inspector.press("x")
    let opened = account.news(of: inspector)
    #expect(opened.first?.hasPrefix("What if: server is about to call sendmsg on 4.") == true)
    #expect(opened.last?.hasPrefix("Shrink the control buffer: ") == true)
    try inspector.press("Enter")
    #expect(account.news(of: inspector) == ["Shrink the control buffer, bytes: 16"])
  }

  // MARK: Words

  @Test(
    "a call that was changed says so and how",
    arguments: [
      (.resizeControl(to: 16), "cut the control buffer from 24 to 16 bytes"),
      (.resizeControl(to: 64), "enlarged the control buffer from 24 to 64 bytes"),
      (.removeControl, "took the control buffer away"), (.addFlags(.peek), "added MSG_PEEK"),
      (.removeFlags(.closeOnExec), "left out MSG_CMSG_CLOEXEC"),
      (.dropDescriptor(at: 0), "left descriptor 1 out"),
      (.replaceDescriptor(at: 0, by: 2), "sent 2 in the place of 1"),
      (.declareLength(24), "wrote 24 into cmsg_len, where 20 stood"),
      (.noData, "took the data away"),
      (.limitDescriptors(to: 4), "lowered the limit of descriptors from 1024 to 4"),
      (.fail(error: "EPIPE"), "let the call fail with EPIPE"),
    ] as [(Experiment, String)])
  func deeds(experiment: Experiment, deed: String) {
    let changes: [ExperimentRecord.Change] = [
      .init("msg_controllen", was: "24", now: "?"), .init("fd[0]", was: "1", now: "?"),
      .init("cmsg_len", was: "20", now: "?"), .init("RLIMIT_NOFILE", was: "1024", now: "?"),
    ]
    #expect(ExperimentWords.deed(ExperimentRecord(experiment, changes: changes)) == deed)
  }

  @Test("text, explanation and timeline carry the mark, and no cause is made up for a given error")
  func marks() {
    var message = DemoSession.answer
    message.result = nil
    message.error = "EBADF"
    message.experiment = ExperimentRecord(
      .fail(error: "EBADF"), changes: [.init("call", was: "made", now: "not made, EBADF")])
    var derivation = Derivation()
    let events = derivation.add(TraceEvent(pid: 7, comm: "python3", body: .send(message)))
    #expect(events.compactMap(\.finding) == [])
    var timeline = Timeline()
    for event in events { timeline.append(event) }
    let text = EventLine.text(events[0], in: timeline, unicode: false)
    #expect(text.contains(" = EBADF, changed\n"))
    #expect(
      text.contains(
        "changed by an experiment, which let the call fail with EBADF: call made -> not made, EBADF"
      ))
    #expect(
      Explanation.whatHappened(events[0], in: timeline)
        == "You let the call fail with EBADF before the kernel saw the call. The kernel was not "
        + "asked. No descriptor and no data left python3.")
    let look = Look(theme: .none, glyphs: .ascii)
    #expect(TimelineText.text(events[0], look: look) == "changed sendmsg EBADF")
  }

  // MARK: Sessions

  /// The demo's server with a changed answer.
  private static var changedStatus: SessionStatus {
    var message = DemoSession.answer
    message.result = nil
    message.experiment = ExperimentRecord(
      .resizeControl(to: 16), changes: [.init("msg_controllen", was: "24", now: "16")])
    let call = TraceEvent(pid: DemoSession.server, comm: "fdpass-server", body: .send(message))
    return SessionStatus(
      mode: .stepping,
      threads: [
        ThreadStatus(
          pid: DemoSession.server, tid: DemoSession.server,
          state: .before(call: call, wouldWait: false))
      ], next: DemoSession.server)
  }

  /// A program that ran before, stopped before a receive.
  private static func attached() -> Inspector {
    var inspector = Inspector(size: Size(width: 110, height: 34), title: "attach 7")
    var derivation = Derivation()
    let began = derivation.add(
      TraceEvent(pid: 7, comm: "python3", body: .process(ProcessRecord(event: .attached))))
    let message = MessageRecord(
      call: "recvmsg", socket: SocketInfo(fd: 3), data: DataExcerpt(bytes: [], capacity: 64))
    let call = TraceEvent(pid: 7, comm: "python3", body: .receive(message))
    let status = SessionStatus(
      mode: .stepping,
      threads: [ThreadStatus(pid: 7, tid: 7, state: .before(call: call, wouldWait: false))],
      next: 7)
    _ = inspector.update(.updates(began.map(SessionUpdate.event) + [.status(status)]))
    return inspector
  }
}
