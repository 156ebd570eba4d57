import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("The timeline's lanes and list") struct TimelineViewTests {
  private static func start(_ pid: Int32, _ comm: String) -> TraceEvent {
    TraceEvent(
      pid: pid, comm: comm,
      body: .process(ProcessRecord(event: .started(parent: nil), arguments: [comm])))
  }

  private static func message(_ call: String, _ inode: UInt64, _ peer: UInt64) -> MessageRecord {
    MessageRecord(
      call: call, socket: SocketInfo(fd: 5, type: .stream, inode: inode, peer: peer),
      result: 4, data: DataExcerpt(bytes: Array("work".utf8)), control: DemoSession.rights([6]),
      descriptors: [DescriptorFacts(fd: 6, target: "/tmp/job", inode: 9)])
  }

  private static var workers: [TraceEvent] {
    func later(_ pid: Int32, _ comm: String, _ body: TraceEvent.Body) -> TraceEvent {
      TraceEvent(time: 1_250_000, pid: pid, comm: comm, body: body)
    }
    return [
      start(10, "master"), start(11, "worker"), start(12, "worker"), start(13, "logger"),
      later(10, "master", .send(message("sendmsg", 101, 201))),
      later(12, "worker", .receive(message("recvmsg", 201, 101))),
      later(11, "worker", .call(CallRecord(name: "close", fd: 6, result: 0))),
    ]
  }

  private func inspector(_ width: Int, _ keys: String = "z") throws -> Inspector {
    var derivation = Derivation()
    var inspector = Inspector(size: Size(width: width, height: 16), title: "run › prefork")
    let updates = Self.workers.flatMap { derivation.add($0) }.map { SessionUpdate.event($0) }
    _ = inspector.update(.updates(updates))
    try inspector.press(keys)
    return inspector
  }

  private func pane(_ inspector: Inspector) -> [String] {
    inspector.screen.split(separator: "\n").map(String.init).dropFirst(2).prefix(8)
      .map { String(String($0.dropFirst().dropLast().reversed().drop { $0 == " " }.reversed())) }
  }

  @Test("A look is called a peek, in place of its call where there is little room")
  func peek() {
    var looked = Self.message("recvmsg", 201, 101)
    looked.flags = .peek
    let event = TraceEvent(pid: 12, comm: "worker", body: .receive(looked))
    let look = Look(theme: .none, glyphs: .unicode)
    #expect(TimelineText.text(event, look: look) == "recvmsg peek 4 B + fd 6")
    #expect(TimelineText.shorterTexts(event, look: look) == ["peek + fd 6", "fd 6"])
  }

  @Test("A thread keeps its number and what it passes; the bytes give way, then the call")
  func threadsInLittleRoom() {
    let sent = TraceEvent(
      pid: 12, tid: 15, comm: "worker", body: .send(Self.message("sendmsg", 201, 101)))
    let look = Look(theme: .none, glyphs: .unicode)
    #expect(TimelineText.text(sent, look: look) == "[15] sendmsg 4 B + fd 6")
    #expect(TimelineText.shorterTexts(sent, look: look) == ["[15] sendmsg + fd 6", "[15] fd 6"])
  }

  @Test("Wide screens have a lane for every process, and arrows go across them")
  func manyLanes() throws {
    let rows = pane(try inspector(124))
    let line = String(repeating: "─", count: 37)
    #expect(
      rows == [
        columns([5: "master", 32: "kernel", 54: "worker 11", 83: "worker 12", 115: "logger"]),
        columns([3: "1 starts"]), columns([3: "2", 57: "starts"]), columns([3: "3", 86: "starts"]),
        columns([3: "4", 115: "starts"]),
        columns([3: "5 sendmsg 4 B + fd 6 ─────────►┐", 115: "+1.2 s"]),
        columns([3: "6", 34: "└\(line)► recvmsg 4 B + fd 6"]),
        columns([0: "▶  7", 56: "close 6"]),
      ])
  }

  /// Texts at their columns.
  private func columns(_ texts: [Int: String]) -> String {
    texts.sorted { $0.key < $1.key }.reduce(into: "") { row, text in
      row += String(repeating: " ", count: text.key - row.count) + text.value
    }
  }

  /// The rows of the timeline after a story that begins with two processes.
  private func rows(
    _ events: [TraceEvent], unicode: Bool = true
  ) throws -> String {
    var derivation = Derivation()
    var inspector = Inspector(
      size: Size(width: 80, height: 16), title: "run", options: InspectorOptions(unicode: unicode))
    let story = [Self.start(10, "giver"), Self.start(11, "taker")] + events
    _ = inspector.update(.updates(story.flatMap { derivation.add($0) }.map { .event($0) }))
    try inspector.press("z")
    return pane(inspector).dropFirst(3).joined(separator: "\n")
  }

  private func expectRows(
    _ shown: String, _ expected: String, _ location: SourceLocation = #_sourceLocation
  ) {
    guard shown != expected else { return }
    Issue.record("It shows:\n\(shown)\nbut should:\n\(expected)", sourceLocation: location)
  }

  private func event(
    _ pid: Int32, _ body: TraceEvent.Body, queued: [UInt64: Int] = [:]
  ) -> TraceEvent {
    let changes = queued.sorted { $0.key < $1.key }.map { inode, count in
      let fd = Int32(truncatingIfNeeded: inode)
      let facts = DescriptorFacts(
        fd: fd, target: "socket", inode: inode, queued: count,
        socket: SocketInfo(fd: fd, type: .stream, inode: inode))
      return DescriptorChange(pid: 11, fd: fd, now: facts)
    }
    return TraceEvent(pid: pid, comm: pid == 10 ? "giver" : "taker", body: body, changes: changes)
  }

  @Test("What is lost at the send, by a receive or by a plain read ends in a cross")
  func losses() throws {
    var vanished = Self.message("sendmsg", 101, 201)
    vanished.result = 0
    vanished.data = DataExcerpt(bytes: [])
    let sent = Self.message("sendmsg", 101, 201)
    var cut = Self.message("recvmsg", 201, 101)
    cut.control = nil
    cut.descriptors = []
    cut.messageFlags = .controlTruncated
    let read = CallRecord(
      name: "read", fd: 5, result: 4, socket: cut.socket, data: DataExcerpt(bytes: [], length: 4))
    let events = [
      event(10, .send(vanished)), event(10, .send(sent)), event(11, .receive(cut)),
      event(10, .send(sent)), event(11, .call(read)),
    ]
    expectRows(
      try rows(events),
      """
       ! 3 sendmsg 0 B + fd 6 ─────────────────► ✗ 1 fd lost
         4 sendmsg 4 B + fd 6 ────────────────►┐
       ! 5                         ✗ 1 fd lost │──────────────────────► recvmsg 4 B
         6 sendmsg 4 B + fd 6 ────────────────►┐
      ▶! 7                         ✗ 1 fd lost │──────────────────────► read 5, 4 B
      """)
    expectRows(
      try rows(events, unicode: false),
      """
       ! 3 sendmsg 0 B + fd 6 -----------------> x 1 fd lost
         4 sendmsg 4 B + fd 6 ---------------->+
       ! 5                         x 1 fd lost |----------------------> recvmsg 4 B
         6 sendmsg 4 B + fd 6 ---------------->+
      >! 7                         x 1 fd lost |----------------------> read 5, 4 B
      """)
  }

  @Test("Descriptors in flight to several sockets are told apart")
  func severalFlights() throws {
    let sent = Self.message("sendmsg", 101, 201)
    let other = CallRecord(name: "close", fd: 9, result: 0)
    let shown = try rows([
      event(10, .send(sent), queued: [40: 3]), event(10, .send(sent), queued: [41: 1]),
      event(10, .call(other)), event(11, .call(other), queued: [40: 0]), event(11, .call(other)),
    ])
    expectRows(
      shown,
      """
         3 sendmsg 4 B + fd 6 ────────────────►┐
         4 sendmsg 4 B + fd 6 ────────────────►┤
         5 close 9                             │ 3+1 fds in flight
         6                                     │                            close 9
      ▶  7                                     │ 1 fd in flight             close 9
      """)
  }

  @Test("A list of every event with its time, and back")
  func list() throws {
    var inspector = try inspector(100, "z v")
    #expect(
      pane(inspector) == [
        "     seconds   process",
        "   1 0.000000  master 10       starts: master",
        "   2 0.000000  worker 11       starts: worker",
        "   3 0.000000  worker 12       starts: worker",
        "   4 0.000000  logger 13       starts: logger",
        "   5 1.250000  master 10       sendmsg(5) 4 bytes \"work\" + SCM_RIGHTS [6 → /tmp/job] = 4",
        "   6 1.250000  worker 12       recvmsg(5) 4 bytes \"work\" + SCM_RIGHTS [6 → /tmp/job] = 4",
        "                               ⇒ master's 6 is now also worker 12's 6, the same file (same "
          + "devic…",
      ])
    try inspector.press("v b")
    #expect(!inspector.showsList)
    #expect(inspector.screen.contains("kernel"))
  }

  @Test("Time that passed is told, unless the user took it")
  func gaps() throws {
    let inspector = try inspector(80)
    #expect(inspector.screen.contains("+1.2 s"))
    var stepped = Inspector(size: Size(width: 80, height: 24), title: "demo")
    var derivation = Derivation()
    for var event in Self.workers {
      event.isStepped = true
      _ = stepped.update(.updates(derivation.add(event).map { .event($0) }))
    }
    #expect(!stepped.screen.contains("+1.2 s"))
  }

  @Test(
    "Durations in words",
    arguments: [
      (120_999, "120 ms"), (1_250_000, "1.2 s"), (185_000_000, "3 min 5 s"),
      (7_620_000_000, "2 h 7 min"),
    ] as [(Int64, String)])
  func durations(microseconds: Int64, words: String) {
    #expect(Wording.duration(microseconds) == words)
  }

  /// A process with three threads, two of which wait for what taker sends.
  private func threaded(_ keys: String) throws -> Inspector {
    func did(_ tid: Int32, _ body: TraceEvent.Body) -> TraceEvent {
      TraceEvent(pid: 10, tid: tid, comm: "giver", body: body)
    }
    func waits(_ tid: Int32) -> ThreadStatus {
      ThreadStatus(pid: 10, tid: tid, state: .waiting(call: "recvmsg", fd: 5))
    }
    let calling = TraceEvent(
      pid: 10, tid: 21, comm: "giver", body: .call(CallRecord(name: "close", fd: 6)))
    let status = SessionStatus(
      mode: .stepping,
      threads: [
        waits(10), ThreadStatus(pid: 10, tid: 21, state: .before(call: calling, wouldWait: false)),
        waits(22), ThreadStatus(pid: 11, tid: 11, state: .running),
      ], next: 10)
    var derivation = Derivation()
    let story = [
      Self.start(10, "giver"), Self.start(11, "taker"),
      did(10, .call(CallRecord(name: "dup", fd: 3, result: 6, created: [6]))),
      did(21, .send(Self.message("sendmsg", 101, 201))),
    ]
    var inspector = Inspector(size: Size(width: 80, height: 16), title: "run")
    _ = inspector.update(
      .updates(story.flatMap { derivation.add($0) }.map { .event($0) } + [.status(status)]))
    try inspector.press(keys)
    return inspector
  }

  @Test("All threads but the first of a process say which they are")
  func threads() throws {
    var inspector = try threaded("z")
    expectRows(
      pane(inspector).dropFirst(3).joined(separator: "\n"),
      """
         3 dup 3 → 6
      ▶  4 [21] sendmsg 4 B + fd 6 ───────────►─
         · waits in recvmsg 5
         ▷ [21] close 6
         · [22] waits in recvmsg 5
      """)
    #expect(
      inspector.scene.whatComesNext
        == "Next, giver [21] calls close on 6. Meanwhile giver waits in recvmsg on 5 and giver "
        + "[22] waits in recvmsg on 5.")
    #expect(inspector.messageTitle == "giver [21] sendmsg on 5")
    try inspector.press("v")
    let list = pane(inspector).joined(separator: "\n")
    #expect(list.contains("giver 10        dup(3) = 6"), "\(list)")
    #expect(list.contains("giver 10 [21]   sendmsg(5) 4 bytes"), "\(list)")
    #expect(list.contains("giver: [21] close 6"), "\(list)")
  }
}
