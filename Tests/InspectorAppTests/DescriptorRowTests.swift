import TestKit
import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("What a descriptor's row keeps at which width") struct DescriptorRowTests {
  private static let open = DescriptorRow(
    fd: 4, target: "/tmp/lesson/story.txt", shortTarget: "…/story.txt", kind: .regular,
    details: ["pos 10", "O_RDONLY"], isAligned: true, mark: .changed,
    sameAs: DescriptorRow.Partner(name: "taker", numbers: "4"))

  private static func row(
    _ target: String, _ short: String? = nil, _ details: [String] = [], isSocket: Bool = false,
    queued: String? = nil, _ mark: DescriptorTable.Mark? = nil, sameAs: String? = nil
  ) -> DescriptorRow {
    let partner = sameAs.map { $0.split(separator: " ").map(String.init) }
    return DescriptorRow(
      fd: 4, target: target, shortTarget: short ?? target, kind: isSocket ? .socket : .regular,
      details: details, isAligned: !isSocket, queued: queued, mark: mark,
      sameAs: partner.map {
        DescriptorRow.Partner(name: $0.dropLast().joined(separator: " "), numbers: $0[$0.count - 1])
      })
  }

  private func drawn(_ row: DescriptorRow, _ width: Int, unicode: Bool = true) -> String {
    var frame = Frame(size: Size(width: width, height: 1))
    let look = Look(theme: .none, glyphs: unicode ? .unicode : .ascii)
    DescriptorView(lines: [.row(row)], look: look, emptySentence: "").draw(
      from: 0, in: frame.bounds, &frame)
    return String(frame.row(0).reversed().drop { $0 == " " }.reversed())
  }

  private func expect(
    _ row: DescriptorRow, _ lines: [Int: String], _ location: SourceLocation = #_sourceLocation
  ) {
    for (width, line) in lines.sorted(by: { $0.key < $1.key }) {
      #expect(drawn(row, width) == line, "at \(width)", sourceLocation: location)
    }
  }

  @Test("The words about sameness go first, then folders and blanks, then the other's number")
  func sameness() {
    expect(
      Self.open,
      [
        76: " 4 → /tmp/lesson/story.txt  pos 10  O_RDONLY     ═ same as taker 4  changed",
        66: " 4 → /tmp/lesson/story.txt  pos 10  O_RDONLY   ═ taker 4  changed",
        57: " 4 → …/story.txt  pos 10  O_RDONLY    ═ taker 4  changed",
        50: " 4 → …/story.txt pos 10 RDONLY ═ taker 4  changed",
        44: " 4 → …/story.txt pos 10 RDONLY ═ 4  changed",
        42: " 4 → …/story.txt pos 10 RDONLY ═  changed",
      ])
  }

  @Test("A long name of the partner gives way before its number does") func longNames() {
    let row = Self.row(
      "/tmp/lesson/note.txt", "…/note.txt", ["pos 0", "O_RDWR", "CLOEXEC"],
      sameAs: "python3 14829 4")
    expect(
      row,
      [
        57: " 4 → …/note.txt  pos 0  CLOEXEC        ═ python3 14829 4",
        44: " 4 → …/note.txt  pos 0 CLOEXEC          ═ 4",
      ])
  }

  @Test("Position, O_NONBLOCK, O_RDONLY and CLOEXEC stay in half of 110 columns")
  func flags() {
    var row = Self.open
    row.details += ["CLOEXEC"]
    expect(row, [50: " 4 → …/story.txt pos 10 RDONLY CLOEXEC ═  changed"])
    row.details = ["pos 10", "O_RDONLY", "O_NONBLOCK", "CLOEXEC"]
    expect(
      row,
      [
        57: " 4 → …/story.txt  pos 10 RDONLY NONBLOCK CLOEXEC changed",
        50: " 4 → sto…t pos 10 RDONLY NONBLOCK CLOEXEC changed",
      ])
  }

  @Test("O_RDWR, which most have, gives way before what tells rows apart")
  func usual() {
    let row = Self.row(
      "/dev/pts/3", nil, ["pos 0", "O_RDWR", "CLOEXEC"], .new, sameAs: "server 0,1,2")
    expect(
      row,
      [
        57: " 4 → /dev/pts/3  pos 0  CLOEXEC      ═ server 0,1,2  NEW",
        50: " 4 → /dev/pts/3 pos 0 CLOEXEC ═ server 0,1,2  NEW",
      ])
  }

  @Test("Sockets keep whom they are joined to, and what is queued")
  func sockets() {
    let row = Self.row(
      "socket ⇄ giver 3 (closed)", "⇄ giver 3 (closed)", ["O_NONBLOCK", "CLOEXEC"],
      isSocket: true, queued: "1 queued", .changed)
    expect(
      row,
      [
        70: " 4 → socket ⇄ giver 3 (closed)  O_NONBLOCK  CLOEXEC 1 queued  changed",
        57: " 4 → ⇄ giver 3 (clos… NONBLOCK CLOEXEC 1 queued  changed",
        50: " 4 → ⇄ giver … NONBLOCK CLOEXEC 1 queued  changed",
        40: " 4 → ⇄ gi… NONBLOCK   1 queued  changed",
      ])
  }

  @Test("What an exec closed says so")
  func exec() {
    var row = Self.row("/tmp/lesson/secret.txt", "…/secret.txt", ["pos 0", "CLOEXEC"], .gone)
    row.isClosedByExec = true
    expect(row, [50: " 4 → …/secret.txt  pos 0  CLOEXEC     gone (exec)"])
  }

  @Test("What an exec closed stays in the table as gone, now and looking back; the rest is no news")
  func closedByExec() throws {
    var inspector = Inspector(size: Size(width: 110, height: 34), title: "run")
    var derivation = Derivation()
    func add(_ event: ProcessRecord.Event, _ changes: [DescriptorChange]) {
      let record = ProcessRecord(event: event, arguments: ["taker"])
      let event = TraceEvent(pid: 7, comm: "taker", body: .process(record), changes: changes)
      _ = inspector.update(.updates(derivation.add(event).map { .event($0) }))
    }
    func file(_ fd: Int32, _ closeOnExec: Bool) -> DescriptorChange {
      let facts = DescriptorFacts(
        fd: fd, target: "/tmp/story.txt", inode: 9, position: 0, closeOnExec: closeOnExec)
      return DescriptorChange(pid: 7, fd: fd, now: facts)
    }
    add(.started(parent: nil), [file(4, false), file(5, true)])
    add(.executed, [DescriptorChange(pid: 7, fd: 5, now: nil), file(3, false)])
    add(.exited(status: 0), [3, 4].map { DescriptorChange(pid: 7, fd: $0, now: nil) })
    for keys in ["b", "b Right", "g Right"] {
      try inspector.press(keys)
      let rows = inspector.descriptorRows(.left)
      #expect(rows.map(\.fd) == [3, 4, 5])
      #expect(rows.map(\.mark) == [nil, nil, .gone])
      #expect(rows.map(\.isClosedByExec) == [false, false, true])
    }
    #expect(inspector.screen.contains("gone (exec)"))
    try inspector.press("End")
    #expect(inspector.descriptorRows(.left).map(\.isClosedByExec) == [false, false])
  }

  @Test("A connection that nobody has accepted says in whose queue it is")
  func unaccepted() {
    var inspector = Inspector.demo(steps: 5)
    var connecting = DescriptorFacts(
      fd: 3, target: "socket:[70111]", kind: .socket, inode: 70111, closeOnExec: true,
      socket: SocketInfo(fd: 3, type: .stream, inode: 70111, listener: 70100))
    func target() -> String? {
      let event = TraceEvent(
        sequence: inspector.timeline.lastSequence + 1, pid: DemoSession.client,
        body: .call(CallRecord(name: "connect", fd: 3, result: 0)),
        changes: [DescriptorChange(pid: DemoSession.client, fd: 3, now: connecting)])
      _ = inspector.update(.updates([.event(event)]))
      return inspector.descriptorRows(.right).first { $0.fd == 3 }?.target
    }
    #expect(target() == "socket in the queue of server 3")
    connecting.socket?.listener = 99
    #expect(target() == "socket in the queue of one not seen")
    connecting.socket?.listener = nil
    #expect(target() == "socket not joined")
  }

  @Test("A long table stays where it is, and moves to what a step did to it")
  func inSight() throws {
    var inspector = Inspector(size: Size(width: 110, height: 34), title: "run")
    var sequence = 0
    func add(_ rows: ClosedRange<Int32>?, position: Int64 = 0) {
      sequence += 1
      let changes = rows.map { rows in
        rows.map { fd in
          DescriptorChange(
            pid: 7, fd: fd,
            now: DescriptorFacts(fd: fd, target: "/tmp/f", inode: 9, position: position))
        }
      }
      let event = TraceEvent(
        sequence: sequence, pid: 7, comm: "taker",
        body: sequence == 1
          ? .process(ProcessRecord(event: .started(parent: nil), arguments: ["taker"]))
          : .call(CallRecord(name: "lseek", fd: 3, result: 0)), changes: changes ?? [])
      _ = inspector.update(.updates([.event(event)]))
    }
    func shown(_ fd: Int) -> Bool { inspector.screen.contains(" \(fd) → /tmp/f") }
    add(0...29)
    #expect(shown(0) && !shown(29))
    add(29...29, position: 5)
    #expect(!shown(0) && shown(29))
    add(nil)
    #expect(!shown(0) && shown(29))
    try inspector.press("b b")
    #expect(!shown(0) && shown(29))
    add(0...0, position: 5)
    try inspector.press("End")
    #expect(shown(0) && !shown(29))
    inspector.focus = .descriptors(.left)
    try inspector.press("G")
    #expect(!shown(0) && shown(29))
    add(nil)
    #expect(inspector.chosenDescriptors[.left] == 29)
  }

  @Test("No row is wider than its pane", arguments: 1...80) func narrow(_ width: Int) {
    var row = Self.open
    row.details = ["pos 10", "O_RDONLY", "O_NONBLOCK", "CLOEXEC"]
    row.queued = "3 queued"
    let line = drawn(row, width, unicode: width % 2 == 0)
    #expect(DisplayWidth.of(line) <= width)
  }
}
