import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("Keys and what they ask for") struct KeyTests {
  private typealias Effect = Inspector.Effect

  private static let server = DemoSession.server
  private static let client = DemoSession.client

  private func inspector(
    _ status: SessionStatus?, live: Bool = true, size: Size = Size(width: 80, height: 24)
  ) -> Inspector {
    .demoWithTerminals(
      steps: 12, size: size, status: status, options: InspectorOptions(live: live))
  }

  @Test(
    "Keys that command processes",
    arguments: [
      ("Space", .command(.step(pid: nil))),
      ("s", .command(.step(pid: nil))),
      ("1", .command(.step(pid: server))),
      ("2", .command(.step(pid: client))),
      ("c", .command(.resume)),
      ("q", .quit),
      ("C-c", .quit),
      ("C-z", .suspend),
    ] as [(String, Inspector.Effect)])
  func commands(keys: String, effect: Inspector.Effect) throws {
    var inspector = inspector(DemoSession.inFlight)
    #expect(try inspector.press(keys) == [effect])
    #expect(inspector.notice == nil)
  }

  @Test(
    "The keys of less for a page are those of the page keys",
    arguments: [("C-f", "PgDn"), ("C-d", "PgDn"), ("C-b", "PgUp"), ("C-u", "PgUp")])
  func pages(key: String, same: String) throws {
    var before = inspector(DemoSession.inFlight)
    try before.press("b b")
    var one = before
    try one.press(key)
    #expect(one.screen != before.screen)
    var other = before
    try other.press(same)
    #expect(one.screen == other.screen)
  }

  @Test(
    "A key that means nothing is named, and where the keys are told",
    arguments: [("K", "K"), ("C-x", "C-x"), ("F7", "F7"), ("Del", "Delete")])
  func unknown(keys: String, name: String) throws {
    var inspector = inspector(DemoSession.inFlight)
    #expect(try inspector.press(keys) == [])
    #expect(inspector.notice == "\(name) does nothing here; ? lists all keys.")
    try inspector.press("b")
    #expect(inspector.notice == nil)
  }

  @Test("Keys that come before the session stands are pressed when it does")
  func early() throws {
    var inspector = Inspector(size: Size(width: 110, height: 34), title: "demo")
    #expect(try inspector.press("Tab c Space") == [])
    #expect(inspector.focus == .message)
    #expect(inspector.notice == nil)
    #expect(try inspector.press("q") == [.quit])
    let updates = DemoSession.all.events(throughStep: 0).map { SessionUpdate.event($0) }
    #expect(inspector.update(.updates(updates)) == [])
    let effects = inspector.update(.updates([.status(DemoSession.atStart)]))
    #expect(effects == [.command(.resume), .command(.step(pid: nil))])
    #expect(inspector.update(.updates([.status(DemoSession.atStart)])) == [])
  }

  @Test("b looks back from every pane; the arrows choose a byte in Bytes")
  func backFromBytes() throws {
    var inspector = inspector(DemoSession.allWait, size: Size(width: 110, height: 34))
    try inspector.press("Tab Tab Left")
    #expect(inspector.focus == .bytes)
    #expect(inspector.moment == .now)
    try inspector.press("b")
    #expect(inspector.moment == .past(step: 10))
  }

  @Test("Where everybody waits, typing is proposed only to those who read")
  func nobodyReads() throws {
    let server = try #require(DemoSession.allWait.threads.first { $0.pid == Self.server })
    var inspector = inspector(
      SessionStatus(mode: .stepping, threads: [server], isSettled: true))
    #expect(try inspector.press("Space") == [])
    let notice = try #require(inspector.notice)
    #expect(
      notice.hasSuffix(
        ": server in accept4 on 3. b looks back, q quits."))
  }

  @Test("Who types before the program reads is told")
  func typedEarly() throws {
    var inspector = inspector(DemoSession.beforeReceive)
    _ = try inspector.press("i h i Enter")
    #expect(
      inspector.notice
        == "client has not come to read it yet: Esc, then Space lets it go on.")
  }

  @Test("Keys for a session that cannot begin are not kept")
  func neverStands() throws {
    var inspector = Inspector(size: Size(width: 110, height: 34), title: "demo")
    _ = inspector.update(.updates([.failed("Cannot run it.")]))
    #expect(try inspector.press("Space") == [])
    #expect(inspector.notice == "Nothing has started yet.")
  }

  @Test(
    "Keys that cannot do anything say why",
    arguments: [
      (
        "Space", DemoSession.allWait,
        "Everybody waits: client in read on 0. Press i and type a line."
      ),
      ("3", DemoSession.allWait, "There is no process 3; there are 2."),
      ("p", DemoSession.allWait, "Nothing runs."),
      ("Right", DemoSession.inFlight, "This is now; Space lets a process go on."),
      ("Right", DemoSession.allWait, "This is now, and everybody waits."),
      ("Right", SessionStatus(mode: .running), "This is now; everything runs."),
      ("Right", SessionStatus(mode: .ended), "This is the end: everything has ended."),
      ("n", DemoSession.allWait, "Nothing was searched for yet; / begins."),
      ("Space", SessionStatus(mode: .running), "Everything runs; p pauses it."),
      ("Space", SessionStatus(mode: .ended), "Everything has ended; b looks back."),
      ("i", SessionStatus(mode: .ended), "There is no terminal to type into."),
      (
        "b 1", DemoSession.allWait,
        "This is the past; End returns to now, where processes can be stepped."
      ),
    ])
  func notices(keys: String, status: SessionStatus, notice: String) throws {
    var inspector = inspector(status)
    let commands = try inspector.press(keys).filter {
      if case .command = $0 { true } else { false }
    }
    #expect(commands.isEmpty)
    #expect(inspector.notice == notice)
    #expect(inspector.screen.contains(notice))
  }

  @Test("What is typed goes to the client's terminal, up to Esc or C-]", arguments: ["Esc", "C-]"])
  func typing(leaving: String) throws {
    var inspector = inspector(DemoSession.allWait)
    let typed = "h Enter Backspace C-d C-c Up q"
    let effects = try inspector.press("i \(typed) \(leaving)")
    #expect(
      effects == (try Key.parse(list: typed)).map { .terminal(pid: Self.client, .key($0)) })
    #expect(inspector.mode == .normal)
    #expect(inspector.focus == .terminal(.right))
  }

  @Test("Pasted text is data: only typing takes it")
  func paste() throws {
    var inspector = inspector(DemoSession.allWait)
    #expect(inspector.update(.input(.paste("q\n"))) == [])
    try inspector.press("i")
    #expect(
      inspector.update(.input(.paste("q\n")))
        == [.terminal(pid: Self.client, .paste("q\n"))])
  }

  @Test("Stepping back asks for the terminals of that moment, and never moves a process")
  func past() throws {
    var inspector = inspector(DemoSession.inFlight)
    let events = DemoSession.all.events(throughStep: 12)
    let endOf11 = events.last { $0.isStep }.map { $0.sequence - 1 }
    #expect(try inspector.press("b") == [.showTerminals(upTo: endOf11)])
    #expect(inspector.moment == .past(step: 10))
    #expect(try inspector.press("Space") == [.showTerminals(upTo: nil)])
    #expect(inspector.moment == .now)
    #expect(try inspector.press("b b End").last == .showTerminals(upTo: nil))
    #expect(try inspector.press("g") == [.showTerminals(upTo: events[1].sequence)])
    #expect(inspector.moment == .past(step: 0))
  }

  @Test("Escape leaves one thing after the other")
  func escape() throws {
    var inspector = inspector(DemoSession.allWait)
    try inspector.press("b z ?")
    #expect(inspector.mode == .help(top: 0))
    try inspector.press("Esc")
    #expect(inspector.mode == .normal && inspector.isZoomed)
    try inspector.press("Esc")
    #expect(!inspector.isZoomed && inspector.moment != .now)
    try inspector.press("Esc")
    #expect(inspector.moment == .now)
  }

  @Test("Searching finds events by their lines")
  func search() throws {
    var inspector = inspector(DemoSession.allWait)
    try inspector.press("/ s c m _ r i g h t s Enter")
    #expect(inspector.cursorStep == 10)
    try inspector.press("n")
    #expect(inspector.cursorStep == 11)
    try inspector.press("N")
    #expect(inspector.cursorStep == 10)
    try inspector.press("/ S c m _ Enter")
    #expect(inspector.notice == "“Scm_” is in no event.")
  }

  @Test("The mouse focuses, chooses and scrolls")
  func mouse() {
    var inspector = inspector(DemoSession.allWait, size: Size(width: 110, height: 34))
    func mouse(_ kind: MouseEvent.Kind, _ x: Int, _ y: Int) -> Inspector.Message {
      .input(.mouse(MouseEvent(position: Point(x: x, y: y), kind: kind)))
    }
    _ = inspector.update(mouse(.press(.left), 60, 2))
    #expect(inspector.focus == .message)
    #expect(inspector.selectedNode?.label == "cmsg_len")
    let top = inspector.timelineTop
    _ = inspector.update(mouse(.press(.left), 5, 4))
    #expect(inspector.focus == .timeline)
    #expect(inspector.moment == .past(step: top + 1))
    _ = inspector.update(mouse(.wheelDown, 5, 4))
    #expect(inspector.moment == .past(step: top + 2))
  }

  @Test("A recording has nobody to command")
  func recording() throws {
    var inspector = inspector(nil, live: false)
    #expect(inspector.moment == .past(step: 0))
    let effects = try inspector.press("Space Space c i 1 End Space")
    #expect(effects.allSatisfy { if case .command = $0 { false } else { true } })
    #expect(inspector.notice == "This is the end of the recording; b looks back.")
  }

  @Test("A client that has ended is typed to no longer")
  func clientEnds() throws {
    var inspector = Inspector.demoWithTerminals(
      steps: 16, size: Size(width: 80, height: 24), status: DemoSession.allWait)
    try inspector.press("i")
    let rest = DemoSession.all.events.dropFirst(inspector.history.timeline.count)
    _ = inspector.update(.updates(rest.map { .event($0) }))
    #expect(inspector.mode == .normal)
    #expect(inspector.notice == "client has ended; nobody reads its terminal any more.")
  }
}
