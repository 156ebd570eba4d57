import Testing
import TraceModel

/// What is found by what becomes of a descriptor afterwards. The send is event 3, the receive 4,
/// and the transfer has a number of its own.
@Suite("Findings in what became of descriptors") struct LaterFindingTests {
  private typealias Tale = FindingTale

  /// Passes the server's 5 to the client, where it is 8, and tells what follows.
  private func passed(
    _ row: DescriptorFacts = Tale.row(5), closeOnExec: Bool = true, closesOwn: Bool = true,
    _ tell: (inout FindingTale) -> Void
  ) -> [String] {
    var tale = FindingTale()
    tale.send([row])
    var received = row
    received.fd = 8
    received.closeOnExec = closeOnExec
    tale.receive([received])
    if closesOwn { tale.call(Tale.server, "close", 5) }
    tell(&tale)
    #expect(tale.findings.allSatisfy { $0.text.hasSuffix(".") && $0.cure.hasSuffix(".") })
    return tale.account
  }

  private let open = Tale.row(8, file: 5, closeOnExec: false)
  private let note = ["inheritable note @4 [8]"]
  private let warning = ["inheritable warning @4 [8]"]

  @Test("Received without close-on-exec") func inheritable() {
    func account(_ tell: (inout FindingTale) -> Void) -> [String] {
      passed(closeOnExec: false, tell)
    }
    #expect(account { $0.call(Tale.client, "write", 8) } == note)
    #expect(account { $0.call(Tale.server, "write", 1) } == [])
    #expect(account { $0.call(Tale.client, "close", 8) } == [])
    // Set at once, it is known from the row that the call changed.
    let set = account { tale in
      for name in ["fcntl", "ioctl"] {
        let arguments = [name == "fcntl" ? "F_SETFD" : "FIOCLEX"]
        tale.add(
          Tale.client, .call(CallRecord(name: name, fd: 8, arguments: arguments, result: 0)),
          [DescriptorChange(pid: Tale.client, fd: 8, now: Tale.row(8, file: 5))])
      }
      tale.call(Tale.client, "write", 8)
    }
    #expect(set == [])
    #expect(passed { $0.call(Tale.client, "write", 8) } == [])
  }

  @Test("A socket is told by the name it is bound to") func namedSocket() {
    var tale = Tale()
    var rows = [5, 6].map { Tale.row($0, kind: .socket, closeOnExec: false) }
    rows[0].socket = SocketInfo(fd: 5, type: .stream, inode: 300, path: "/run/s", isListening: true)
    rows[1].socket = SocketInfo(fd: 6, type: .datagram, inode: 301, path: "@log")
    tale.send(rows)
    tale.receive(rows)
    tale.call(Tale.client, "write", 6)
    let words = "5 (socket LISTEN /run/s) and 6 (socket @log) without close-on-exec"
    #expect(tale.findings.contains { $0.text.contains(words) })
  }

  @Test("It is said once of a program") func inheritableOnce() {
    let account = passed(closeOnExec: false) {
      $0.call(Tale.client, "write", 8)
      $0.send([Tale.row(6)])
      $0.receive([Tale.row(9, file: 6, closeOnExec: false)])
      $0.call(Tale.client, "write", 9)
    }
    #expect(account == note)
  }

  @Test("Still open after an exec of its own, or of a child") func executed() {
    let own = passed(closeOnExec: false) { $0.process(Tale.client, .executed, rows: [open]) }
    #expect(own == warning)
    #expect(passed { $0.process(Tale.client, .executed, closed: [8]) } == [])
    let child = passed(closeOnExec: false) {
      $0.process(Tale.child, .started(parent: Tale.client), rows: [open])
      $0.process(Tale.child, .executed, rows: [open])
      // The next child makes it no worse.
      $0.process(6, .started(parent: Tale.client), rows: [open])
      $0.process(6, .executed, rows: [open])
    }
    #expect(child == warning)
    let closed = passed(closeOnExec: false) {
      $0.process(Tale.child, .started(parent: Tale.client), rows: [open])
      $0.call(Tale.child, "close", 8)
      $0.process(Tale.child, .executed)
    }
    #expect(closed == [])
  }

  @Test("Received and left alone until the end") func unused() {
    #expect(passed { $0.end() } == ["unused note @4 [8] count 1"])
    for call in ["read", "write", "dup", "close"] {
      #expect(
        passed {
          $0.call(Tale.client, call, 8); $0.end()
        } == [])
    }
    #expect(passed { $0.process(Tale.client, .killed(signal: 9)) } == [])
    #expect(passed(Tale.row(5, kind: .directory)) { $0.end() } == [])
    #expect(passed(Tale.row(5, kind: .regular, target: "/memfd:x (deleted)")) { $0.end() } == [])
    let inherited = passed { tale in
      tale.process(Tale.child, .started(parent: Tale.client), rows: [Tale.row(8, file: 5)])
      tale.end()
      tale.end(Tale.child)
    }
    #expect(inherited == [])
    let moved = passed(Tale.row(5, kind: .regular)) { tale in
      var row = Tale.row(8, file: 5, kind: .regular)
      row.position = 10
      tale.add(
        Tale.client, .call(CallRecord(name: "close", fd: 20, result: 0)),
        [DescriptorChange(pid: Tale.client, fd: 8, now: row)])
      tale.end()
    }
    #expect(moved == [])
    let ring = passed { tale in
      tale.add(Tale.client, .call(CallRecord(name: "io_uring_setup", result: 9)))
      tale.end()
    }
    #expect(ring == ["io-uring note @7 [9]"])
  }

  @Test("Let in by padding and left alone") func slack() {
    var tale = FindingTale()
    tale.send([Tale.row(5), Tale.row(6)])
    tale.receive(
      [Tale.row(8, file: 5), Tale.row(9, file: 6)], control: Tale.control([8, 9], capacity: 24))
    tale.call(Tale.client, "read", 8)
    tale.end()
    #expect(
      tale.account == ["slack note @4 [9] arrived 2, capacity 24", "slack warning @4 [9]"])
  }

  @Test("What somebody outside of the session received was not lost with the socket")
  func receivedOutside() {
    func row(_ queued: Int) -> DescriptorChange {
      var row = Tale.row(3, kind: .socket)
      row.socket = SocketInfo(fd: 3, type: .stream, inode: 200, peer: 100)
      row.queued = queued
      return DescriptorChange(pid: Tale.client, fd: 3, now: row)
    }
    enum End: CaseIterable { case close, replacement, exit }
    func account(stillQueued: Int, _ end: End) -> [String] {
      var tale = Tale()
      tale.add(
        Tale.client, .call(CallRecord(name: "fcntl", fd: 3, result: 0)), [row(0)])
      tale.send([Tale.row(5)])
      tale.send([Tale.row(6), Tale.row(7)])
      var gone = DescriptorChange(pid: Tale.client, fd: 3, now: nil)
      let body: TraceEvent.Body
      switch end {
      case .close: body = .call(CallRecord(name: "close", fd: 3, result: 0))
      case .replacement:
        gone.now = Tale.row(3, file: 1)
        body = .call(CallRecord(name: "dup2", fd: 1, result: 3, created: [3]))
      case .exit: body = .process(ProcessRecord(event: .exited(status: 0)))
      }
      tale.add(Tale.client, body, [row(stillQueued), gone])
      return tale.account
    }
    for end in End.allCases {
      #expect(account(stillQueued: 0, end) == [])
      #expect(
        account(stillQueued: 2, end) == ["abandoned warning @6 [] arrived 0, sent 2"])
      #expect(
        account(stillQueued: 3, end) == ["abandoned warning @6 [] arrived 0, sent 3"])
    }
  }

  @Test("Sent and kept until the end") func kept() {
    func account(_ row: DescriptorFacts = Tale.row(5), _ tell: (inout FindingTale) -> Void)
      -> [String]
    {
      passed(row, closesOwn: false) { tale in
        tell(&tale)
        tale.end(Tale.server)
      }
    }
    #expect(account { _ in } == ["kept note @3 [5] count 1"])
    #expect(account { $0.call(Tale.server, "write", 5) } == [])
    #expect(account { $0.call(Tale.server, "close", 5) } == [])
    // It began with its standard streams.
    #expect(account(Tale.row(1)) { _ in } == [])
  }

  @Test("The same file again and again") func leak() {
    func account(peeks: Bool = false, closing: Bool = false) -> [String] {
      var tale = FindingTale()
      for fd in Int32(10)..<22 {
        tale.send([Tale.row(5)])
        tale.receive([Tale.row(fd, file: 5)], flags: peeks ? .peek : [])
        if closing { tale.call(Tale.client, "close", fd) }
      }
      return tale.account
    }
    #expect(
      account() == [
        "leak warning @10 [10, 11, 12] copies 3",
        "leak warning @20 [10, 11, 12, 13, 14, 15] copies 6",
        "leak warning @39 [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21] copies 12",
      ])
    #expect(account(closing: true) == [])
    #expect(account(peeks: true).count == 3)
  }

  /// The client's end of the connection, under some number.
  private func end(_ fd: Int32) -> DescriptorFacts {
    var row = Tale.row(fd, file: 200, kind: .socket)
    row.socket = SocketInfo(fd: fd, type: .stream, inode: 200, peer: 100)
    return row
  }

  /// Two sends to a client that holds its end as 3 and 9, and what follows.
  private func queued(_ tell: (inout FindingTale) -> Void) -> [String] {
    var tale = FindingTale()
    tale.process(Tale.client, .executed, rows: [end(3), end(9)])
    tale.send([Tale.row(5)])
    tale.send([Tale.row(6), Tale.row(7)])
    for fd in [5, 6, 7] as [Int32] { tale.call(Tale.server, "close", fd) }
    tell(&tale)
    return tale.account.filter { $0.hasPrefix("abandoned") }
  }

  @Test("Whose descriptors were lost is told by name also when the sender has ended")
  func sendersName() {
    var tale = FindingTale()
    tale.process(Tale.client, .executed, rows: [end(3)])
    tale.send([Tale.row(5)])
    tale.end(Tale.server)
    tale.call(Tale.client, "close", 3)
    let texts = tale.findings.filter { $0.code == .abandoned }.map(\.text)
    #expect(texts.count == 1)
    #expect(texts.first?.contains("5 (/f5) of server still waited") == true)
  }

  @Test("Queued when the last one who could receive let go of the socket") func abandoned() {
    let all = "arrived 0, sent 3"
    #expect(queued { $0.call(Tale.client, "close", 3) } == [])
    #expect(
      queued {
        $0.call(Tale.client, "close", 3)
        $0.call(Tale.client, "close", 9)
      } == ["abandoned warning @10 [] \(all)"])
    #expect(queued { $0.end() } == ["abandoned warning @9 [] \(all)"])
    // It was killed, and had no say in it.
    #expect(queued { $0.process(Tale.client, .killed(signal: 9)) } == [])
    // A child has both, too.
    #expect(
      queued {
        $0.process(Tale.child, .started(parent: Tale.client), rows: [end(3), end(9)])
        $0.end()
      } == [])
    #expect(
      queued {
        $0.receive([Tale.row(11, file: 5)])
        $0.end()
      } == ["abandoned warning @11 [] arrived 0, sent 2"])
    // What came out may have been any of them.
    #expect(
      queued {
        $0.receive([Tale.row(11, file: 77)])
        $0.end()
      } == [])
  }
}
