import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("More than two processes, and long sessions") struct ManyProcessesTests {
  private let size = Size(width: 80, height: 24)

  private static func start(_ pid: Int32, _ comm: String) -> TraceEvent {
    TraceEvent(
      pid: pid, comm: comm,
      body: .process(ProcessRecord(event: .started(parent: nil), arguments: [comm])))
  }

  private static func event(_ pid: Int32, _ comm: String, _ body: TraceEvent.Body) -> TraceEvent {
    TraceEvent(pid: pid, comm: comm, body: body)
  }

  private static func message(_ inode: UInt64, _ peer: UInt64, _ fds: [Int32]) -> MessageRecord {
    MessageRecord(
      call: "sendmsg", socket: SocketInfo(fd: 5, type: .stream, inode: inode, peer: peer),
      result: 4, data: DataExcerpt(bytes: Array("work".utf8)), control: DemoSession.rights(fds),
      descriptors: fds.map { DescriptorFacts(fd: $0, target: "/tmp/job", inode: 9) })
  }

  private func inspector(_ events: [TraceEvent]) -> Inspector {
    var derivation = Derivation()
    var inspector = Inspector(size: size, title: "run › prefork")
    let updates = events.flatMap { derivation.add($0) }.map { SessionUpdate.event($0) }
    _ = inspector.update(.updates(updates))
    return inspector
  }

  @Test("A process that is spoken of comes in place of whom the event is not about")
  func spokenOf() {
    let event = TraceEvent(pid: 12, body: .call(CallRecord(name: "close", fd: 3, result: 0)))
    var lanes = Lanes(left: 11, right: 12)
    lanes.show(13, beside: event, from: [])
    #expect(Set(lanes.sides.map(lanes.pid)) == [12, 13])
    var pinned = Lanes(left: 11, right: 12, pinned: [.left])
    pinned.show(13, beside: event, from: [])
    #expect(pinned.sides.map(pinned.pid) == [11, 12])
  }

  @Test("The two processes that the chosen event is about have the lanes; others are named")
  func lanes() throws {
    var received = Self.message(201, 101, [7])
    received.call = "recvmsg"
    var inspector = inspector([
      Self.start(10, "master"), Self.start(11, "worker"), Self.start(12, "worker"),
      Self.event(10, "master", .send(Self.message(101, 201, [6]))),
      Self.event(12, "worker", .receive(received)),
    ])
    #expect(inspector.lanes == Lanes(left: 10, right: 12))
    let screen = inspector.screen
    #expect(screen.contains("   master "))
    #expect(screen.contains("worker 12 │"))
    #expect(screen.contains("  2 worker 11: starts"))
    #expect(screen.contains("sendmsg 4 B + fd 6 ────"))
    #expect(screen.contains("► recvmsg 4 B + fd 7"))
    try inspector.press("g")
    #expect(inspector.lanes == Lanes(left: 10, right: 12))
    try inspector.press("Right")
    #expect(inspector.lanes == Lanes(left: 10, right: 11))
  }

  @Test("A descriptor is in flight in every row between its send and its receive")
  func flight() {
    var received = Self.message(201, 101, [7])
    received.call = "recvmsg"
    let close = TraceEvent.Body.call(CallRecord(name: "close", fd: 6, result: 0))
    let inspector = inspector([
      Self.start(10, "a"), Self.start(11, "b"),
      Self.event(10, "a", .send(Self.message(101, 201, [6]))),
      Self.event(10, "a", close), Self.event(10, "a", close),
      Self.event(11, "b", .receive(received)),
    ])
    #expect(inspector.history.timeline.flights.counts == [0, 0, 1, 1, 1, 0])
    #expect(inspector.screen.components(separatedBy: "1 fd in flight") == 1)
  }

  @Test("Long names and foreign steps leave the kernel's column alone")
  func longNames() throws {
    var received = Self.message(201, 101, [7])
    received.call = "recvmsg"
    let name = "a-helper-with-a-rather-long-name"
    var inspector = inspector([
      Self.start(10, name), Self.event(10, name, .send(Self.message(101, 201, [6]))),
      Self.start(12, "another-" + name), Self.start(11, name),
      Self.event(11, name, .receive(received)),
    ])
    try inspector.press("z")
    let rows = inspector.screen.split(separator: "\n").dropFirst(2).prefix(6)
    let kernel = rows.map { $0.dropFirst(40).prefix(6) }
    #expect(kernel == ["kernel", "      ", "─►┐   ", "s │ 1 ", "  │   ", "  └───"])
    try inspector.press("g Right")
    _ = inspector.update(.input(.resize(Size(width: 110, height: 34))))
    try inspector.press("z")
    #expect(inspector.screen.contains("The process has not started yet."))
  }

  @Test("What a process without a lane did gives way before its name, and neither in the middle")
  func withoutLane() throws {
    let name = "a-helper-with-a-rather-long-name"
    var received = Self.message(201, 101, [7])
    received.call = "recvmsg"
    let inspector = inspector([
      Self.start(10, "master"), Self.start(11, "worker"), Self.start(12, name),
      Self.start(13, "worker"),
      Self.event(10, "master", .send(Self.message(101, 201, [6]))),
      Self.event(13, "worker", .send(Self.message(301, 999, [6, 7]))),
      Self.event(12, name, .send(Self.message(301, 999, [6, 7]))),
      Self.event(12, name, .call(CallRecord(name: "connect", arguments: ["/a/long-name.sock"]))),
      Self.event(11, "worker", .receive(received)),
    ])
    print(inspector.screen)
    let rows = inspector.screen.split(separator: "\n").dropFirst(4).prefix(5)
    #expect(
      rows.joined(separator: "\n") == """
        │   5 sendmsg 4 B + fd 6 ────────────────►┐                                    │
        │   6 worker 13: sendmsg 4 B + fd 6,7     │ 1 fd in flight                     │
        │   7 a-helper-with-a-ra…ong-name: fd 6,7 │                                    │
        │   8 a-helpe…ame: connect long-name.sock │                                    │
        │▶  9                                     └───────────────► recvmsg 4 B + fd 7 │
        """)
  }

  @Test("A long session is shown where its cursor is")
  func long() throws {
    let close = TraceEvent.Body.call(CallRecord(name: "close", fd: 6, result: 0))
    let many = (0..<20_000).map { _ in Self.event(10, "a", close) }
    var inspector = inspector([Self.start(10, "a")] + many)
    #expect(inspector.screen.contains("▶ 20001 close 6"))
    try inspector.press("PgUp PgUp b")
    #expect(inspector.screen.contains("PAST  step 19992 of 20001"))
    #expect(inspector.screen.contains("▶ 19992 close 6"))
    try inspector.press("g")
    #expect(inspector.screen.contains("▶     1 starts"))
    try inspector.press("G")
    #expect(inspector.moment == .now)
  }

  @Test("What cannot be seen, and why a session broke off, stands with the words")
  func limits() {
    var inspector = inspector([Self.start(10, "a")])
    let status = SessionStatus(
      mode: .stepping, limits: ["kcmp is not permitted: identities are inferred."])
    _ = inspector.update(.updates([.status(status), .failed("The tracer was\u{7} lost.")]))
    #expect(inspector.screen.contains("kcmp is not permitted: identities are inferred."))
    #expect(inspector.screen.contains("The tracer was␇ lost."))
    #expect(inspector.screen.contains("■ failed"))
  }

  @Test("A child's pane shows the terminal that it shares with whoever was launched on it")
  func sharedTerminal() {
    let child = TraceEvent(
      pid: 11, comm: "worker",
      body: .process(ProcessRecord(event: .started(parent: 10), arguments: ["worker"])))
    var inspector = inspector([Self.start(10, "master"), child])
    let printed = [Array("working".map { Cell($0) })]
    _ = inspector.update(.terminals([TerminalPicture(pid: 10, rows: printed)]))
    _ = inspector.update(.input(.resize(Size(width: 110, height: 34))))
    let screen = inspector.screen
    #expect(screen.contains(" master's terminal "))
    #expect(screen.contains(" worker shares master's terminal "))
    #expect(screen.components(separatedBy: "working") == 2)
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func components(separatedBy part: String) -> Int { ranges(of: part).count }
}
