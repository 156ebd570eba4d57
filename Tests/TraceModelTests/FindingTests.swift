import ControlMessages
import Testing
import TraceModel

/// What is found in sends and receives as they happen. Events 1 and 2 are the beginnings of the
/// server and the client.
@Suite("Findings in messages") struct FindingTests {
  private typealias Tale = FindingTale

  private func told(
    serverUser: UInt32 = 0, clientUser: UInt32 = 0, _ tell: (inout FindingTale) -> Void
  ) -> [String] {
    var tale = FindingTale(serverUser: serverUser, clientUser: clientUser)
    tell(&tale)
    #expect(tale.findings.allSatisfy { $0.text.hasSuffix(".") && $0.cure.hasSuffix(".") })
    return tale.account
  }

  private let rows = [Tale.row(5), Tale.row(6), Tale.row(7)]

  @Test("A receive that did not get everything says why") func truncated() {
    let arrived = [Tale.row(8, file: 5)]
    func account(
      _ control: ControlExcerpt?, _ arrived: [DescriptorFacts], room: DescriptorRoom? = nil
    ) -> [String] {
      told {
        $0.send(rows)
        $0.receive(arrived, control: control, cut: true, room: room)
      }
    }
    #expect(
      account(Tale.control([8], capacity: 20), arrived)
        == ["truncated warning @4 [8] arrived 1, capacity 20, fits 1, sent 3"])
    #expect(
      account(
        Tale.control([8], capacity: 64), arrived, room: DescriptorRoom(open: 9, limit: 9))
        == ["truncated warning @4 [8] arrived 1, fits 12, limit 9, open 9, sent 3"])
    #expect(
      account(
        Tale.control([8], capacity: 64), arrived, room: DescriptorRoom(open: 5, limit: 9))
        == ["truncated warning @4 [8] arrived 1, fits 12, limit 9, open 5, sent 3"])
    #expect(
      account(ControlExcerpt(capacity: 0, length: 0, bytes: []), [])
        == ["dropped error @4 [] arrived 0, capacity 0, sent 3"])
    let credentials = ControlMessage.credentials(SocketCredentials(pid: 1, uid: 0, gid: 0))
    #expect(
      account(Tale.control([], capacity: 28, before: [credentials]), [])
        == ["crowded-out warning @4 [] arrived 0, capacity 28, sent 3, taken 28"])
  }

  @Test("What the user brought about is not blamed on the program") func experiments() {
    var message = MessageRecord(
      call: "sendmsg", socket: SocketInfo(fd: 3, type: .stream, inode: 100, peer: 200), result: 0,
      control: Tale.control([5]), descriptors: [Tale.row(5)],
      experiment: ExperimentRecord(.noData, changes: [.init("msg_iovlen", was: "1", now: "0")]))
    var tale = Tale()
    tale.add(Tale.server, .send(message))
    #expect(tale.findings.map(\.code) == [.vanished])
    #expect(tale.findings.first?.text.hasSuffix(" An experiment had changed this call.") == true)
    message.result = nil
    message.error = "EBADF"
    message.experiment = ExperimentRecord(.fail(error: "EBADF"), changes: [])
    tale = Tale()
    tale.add(Tale.server, .send(message))
    #expect(tale.findings == [])
  }

  @Test("Descriptors that vanish although the call succeeds") func vanished() {
    #expect(told { $0.send(rows, result: 0) } == ["vanished error @3 [5, 6, 7] bytes 0, sent 3"])
    #expect(told { $0.send(rows, result: 0, type: .datagram) } == [])
    #expect(
      told { $0.send(rows, result: 1, flags: .outOfBand) }
        == ["urgent warning @3 [5, 6, 7] bytes 1, sent 3"])
    #expect(told { $0.send(rows, result: 2, flags: .outOfBand) } == [])
    #expect(told { $0.send(rows, foreign: "UDP") } == ["vanished error @3 [5, 6, 7] sent 3"])
    let read = told { tale in
      tale.send(rows)
      let socket = SocketInfo(fd: 3, type: .stream, inode: 200, peer: 100)
      tale.add(
        Tale.client, .call(CallRecord(name: "read", fd: 3, result: 1, socket: socket)))
    }
    #expect(read == ["dropped error @4 [] arrived 0, sent 3"])
  }

  @Test(
    "Padding that was sent counts as descriptor 0",
    arguments: [
      ([5, 0], ControlABI.bits64, ["padding warning @3 [0] length 24, needed 20"]),
      ([5, 6, 7, 0], .bits64, ["padding warning @3 [0] length 32, needed 28"]),
      ([5, 6, 0], .bits64, []), ([0, 5], .bits64, []), ([0, 0], .bits64, []),
      ([0], .bits64, []), ([5, 0], .bits32, []),
    ])
  func padding(numbers: [Int32], abi: ControlABI, expected: [String]) {
    let account = told {
      $0.send(numbers.map { Tale.row($0) }, control: Tale.control(numbers, abi: abi))
    }
    #expect(account == expected)
  }

  @Test(
    "A descriptor may have come in through the padding",
    arguments: [
      ([8, 9], 24, ControlABI.bits64, ["slack note @4 [9] arrived 2, capacity 24"]),
      ([8, 9, 10, 11], 32, .bits64, ["slack note @4 [11] arrived 4, capacity 32"]),
      ([8], 24, .bits64, []), ([8, 9, 10], 32, .bits64, []), ([8, 9], 64, .bits64, []),
      ([8, 9], 20, .bits32, []),
    ])
  func slack(numbers: [Int32], capacity: Int, abi: ControlABI, expected: [String]) {
    let control = Tale.control(numbers, capacity: capacity, abi: abi)
    let account = told { tale in
      tale.send(numbers.map { Tale.row($0) })
      tale.receive(numbers.map { Tale.row($0, file: 20 + Int($0)) }, control: control)
      // It is said once.
      tale.receive(numbers.map { Tale.row($0, file: 40 + Int($0)) }, control: control)
    }
    #expect(account == expected)
  }

  @Test("A refused send says what was wrong in it") func refused() {
    func account(
      _ error: String, _ control: ControlExcerpt, _ known: [DescriptorFacts] = [],
      room: DescriptorRoom? = nil, foreign: String? = nil
    ) -> [String] {
      told { $0.send(known, error: error, control: control, room: room, foreign: foreign) }
    }
    let open = [Tale.row(5)]
    #expect(
      account("EBADF", Tale.control([5, 99, -1]), open)
        == ["bad-descriptor warning @3 [99, -1] count 2"])
    #expect(account("EBADF", Tale.control([5]), open) == [])
    #expect(account("EPIPE", Tale.control([5, 99]), open) == [])
    #expect(
      account("EINVAL", Tale.control(Array(repeating: 5, count: 254)), open)
        == ["refused warning @3 [] limit 253, sent 254"])
    let whole = Tale.control([5])
    let tail = ControlExcerpt(
      capacity: whole.capacity + 16, length: whole.length + 16,
      bytes: whole.bytes + Array(repeating: 0, count: 16))
    #expect(account("EINVAL", tail, open) == ["refused warning @3 [] offset 24"])
    #expect(
      account("EINVAL", Tale.control([], before: [.pidDescriptor(4)]))
        == ["refused warning @3 [] length 20, type 4"])
    let ring = Tale.row(5, kind: .anonymous, target: "anon_inode:[io_uring]")
    #expect(account("EPERM", Tale.control([5]), open) == ["refused warning @3 [5]"])
    #expect(account("EINVAL", Tale.control([5]), [ring]) == ["refused warning @3 [5]"])
    #expect(
      account("EINVAL", Tale.control([5]), open, foreign: "TIPC") == ["refused warning @3 [5]"])
    #expect(account("EINVAL", Tale.control([5]), open) == [])
    #expect(
      account(
        "ETOOMANYREFS", Tale.control([5]), open, room: DescriptorRoom(open: 6, limit: 16))
        == ["too-many-in-flight warning @3 [5] limit 16, sent 1, unreceived 0"])
  }

  @Test("Descriptors in flight are counted until they are received") func inFlight() {
    let account = told {
      $0.send(rows)
      $0.send(rows)
      $0.receive([Tale.row(8, file: 5), Tale.row(9, file: 6), Tale.row(10, file: 7)])
      $0.send([rows[0]], error: "ETOOMANYREFS")
    }
    #expect(account == ["too-many-in-flight warning @7 [5] sent 1, unreceived 3"])
  }

  @Test(
    "Directories and root's writable files are not for everybody",
    arguments: [
      (0, 1000, ["directory warning @3 [5] receiver 1000, sender 0"], FileKind.directory, 0, 0o755),
      (1000, 0, [], .directory, 0, 0o755), (1000, 1000, [], .directory, 0, 0o755),
      (0, 1000, [], .directory, 1000, 0o700),
      (0, 1000, ["writable warning @3 [5] receiver 1000, sender 0"], .regular, 0, 0o644),
      (0, 1000, [], .regular, 0, 0o666), (0, 1000, [], .regular, 1000, 0o644),
    ] as [(UInt32, UInt32, [String], FileKind, UInt32, UInt16)])
  func handover(
    sender: UInt32, receiver: UInt32, expected: [String], kind: FileKind, owner: UInt32,
    mode: UInt16
  ) {
    func row(_ fd: Int32) -> DescriptorFacts {
      Tale.row(fd, file: 50, kind: kind, flags: 2, owner: owner, mode: mode)
    }
    let account = told(serverUser: sender, clientUser: receiver) {
      $0.send([row(5)], user: sender)
      $0.receive([row(8)], user: receiver)
    }
    #expect(account == expected)
  }

  @Test("An io_uring is told of where it is made and where it is found") func ring() {
    let made = told {
      $0.add(1, .call(CallRecord(name: "io_uring_setup", result: 9, created: [9])))
      $0.add(1, .call(CallRecord(name: "io_uring_setup", error: "ENOSYS")))
    }
    #expect(made == ["io-uring note @3 [9]"])
    let found = told {
      let row = Tale.row(9, kind: .anonymous, target: "anon_inode:[io_uring]")
      $0.process(7, .attached, rows: [row])
    }
    #expect(found == ["io-uring note @3 [9]"])
  }
}
