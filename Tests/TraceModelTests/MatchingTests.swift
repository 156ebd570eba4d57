import ControlMessages
import Testing
import TraceModel

/// Queues in which the order alone tells little: calls side by side, and bytes that moved unseen.
@Suite struct MatchingTests {
  private struct Told {
    private var derivation = Derivation()
    var type = SocketType.seqpacket
    private var time: Int64 = 100
    private(set) var transfers: [Transfer] = []

    mutating func send(
      _ data: String, _ rows: DescriptorFacts..., since entered: Int64? = nil,
      flags: MessageFlags = []
    ) {
      let socket = SocketInfo(fd: 3, type: type, inode: 100, peer: 200)
      var record = record("sendmsg", socket, data, rows)
      record.flags = flags
      add(.send(record), entered)
    }

    /// A plain call that moves data, or asks for some.
    mutating func call(_ name: String, _ data: String, capacity: Int? = nil, _ arguments: String...)
    {
      let socket =
        name == "sendfile"
        ? SocketInfo(fd: 3, type: type, inode: 100, peer: 200)
        : SocketInfo(fd: 4, type: type, inode: 200, peer: 100)
      let excerpt = DataExcerpt(bytes: Array(data.utf8), capacity: capacity)
      let call = CallRecord(
        name: name, fd: socket.fd, arguments: arguments, result: Int64(data.utf8.count),
        socket: socket, data: name == "sendfile" ? nil : excerpt)
      add(.call(call), nil)
    }

    mutating func receive(
      _ data: String, _ rows: DescriptorFacts..., numbers: [Int32]? = nil,
      flags: MessageFlags = [], got: MessageFlags = []
    ) {
      let socket = SocketInfo(fd: 4, type: type, inode: 200, peer: 100)
      var record = record("recvmsg", socket, data, rows)
      record.flags = flags
      record.messageFlags = got
      if let numbers {
        let bytes = ControlBuffer.encode([.rights(numbers)], abi: .bits64)
        record.control = ControlExcerpt(capacity: bytes.count, length: bytes.count, bytes: bytes)
      }
      add(.receive(record), nil)
    }

    private func record(
      _ call: String, _ socket: SocketInfo, _ data: String, _ rows: [DescriptorFacts]
    ) -> MessageRecord {
      MessageRecord(
        call: call, socket: socket, result: data.utf8.count,
        data: DataExcerpt(bytes: Array(data.utf8)), descriptors: rows)
    }

    private mutating func add(_ body: TraceEvent.Body, _ entered: Int64?) {
      time += 10
      let event = TraceEvent(time: time, entered: entered ?? time - 5, pid: 1, body: body)
      transfers += derivation.add(event).compactMap(\.transfer)
    }

    var account: [String] {
      transfers.map { transfer in
        let pairs = transfer.descriptors.map { "\($0.sent)=\($0.received) \($0.proof.rawValue)" }
        return "\(transfer.send)>\(transfer.receive) "
          + (pairs.isEmpty ? "lost \(transfer.lost)" : pairs.joined(separator: ", "))
      }
    }
  }

  private func told(
    _ type: SocketType = .seqpacket, _ tell: (inout Told) -> Void
  ) -> [String] {
    var told = Told()
    told.type = type
    tell(&told)
    return told.account
  }

  /// A row of one open file of many: `file` names the inode.
  private func row(_ fd: Int32, file: UInt64, description: Int? = nil) -> DescriptorFacts {
    DescriptorFacts(
      fd: fd, target: "/f\(file)", kind: .regular, device: 1, inode: file, position: 0,
      flags: OpenFlags(rawValue: 2), description: description)
  }

  @Test(
    "Two receivers may be reported in the other order",
    arguments: [SocketType.seqpacket, .stream])
  func swapped(type: SocketType) {
    let account = told(type) {
      $0.send("one", row(5, file: 1, description: 1))
      $0.send("two", row(6, file: 2, description: 2))
      $0.receive("two", row(9, file: 2, description: 2))
      $0.receive("one", row(8, file: 1, description: 1))
    }
    #expect(account == ["2>3 6=9 kcmp", "1>5 5=8 kcmp"])
  }

  @Test("One file again and again: the bytes tell which message it was")
  func sameFile() {
    let account = told {
      $0.send("one", row(5, file: 1, description: 1))
      $0.send("two", row(5, file: 1, description: 1))
      $0.send("three", row(5, file: 1, description: 1))
      $0.receive("two", row(8, file: 1, description: 1))
      $0.receive("three", row(9, file: 1, description: 1))
    }
    #expect(account == ["2>4 5=8 kcmp", "3>6 5=9 kcmp"])
  }

  @Test("What neither files nor bytes confirm is not claimed any more")
  func disturbed() {
    let account = told {
      $0.send("", row(5, file: 1))
      $0.send("", DescriptorFacts(fd: 6, target: "?"))
      // Another file: somebody else took the first message.
      $0.receive("", row(8, file: 9))
      $0.receive("", DescriptorFacts(fd: 9, target: "?"))
    }
    #expect(account == [])
  }

  @Test("More descriptors than were sent, or fewer without a word, are those of another message")
  func counts() {
    let account = told {
      $0.send("a", row(5, file: 1))
      $0.receive("a", row(7, file: 1), row(8, file: 2))
      $0.send("b", row(5, file: 1), row(6, file: 2))
      $0.receive("b", row(7, file: 1))
      $0.receive("b", row(9, file: 1), got: .controlTruncated)
    }
    #expect(account == ["3>5 5=9 inferred"])
  }

  @Test("A peek and a receive may both be reported before their send")
  func early() {
    let account = told {
      $0.receive("a", row(7, file: 1), flags: .peek)
      $0.receive("a", row(8, file: 1))
      $0.send("a", row(5, file: 1), since: 20)
    }
    #expect(account == ["3>1 5=7 inferred", "3>2 5=8 inferred"])
  }

  @Test("What was sent after a receive returned is not what came")
  func later() {
    let account = told {
      $0.receive("a", row(7, file: 1))
      $0.send("a", row(5, file: 1))
    }
    #expect(account == [])
  }

  @Test("Whether it was the urgent byte that arrived is told by the bytes, or not at all")
  func urgent() {
    let file = row(5, file: 1, description: 1)
    func account(_ urgent: String, _ plain: String, _ received: String) -> [String] {
      told(.stream) {
        $0.send(urgent, file, flags: .outOfBand)
        $0.send(plain, file)
        $0.receive(received, row(8, file: 1, description: 1))
      }
    }
    #expect(account("u", "p", "u") == ["1>3 5=8 kcmp"])
    #expect(account("u", "p", "p") == ["2>3 5=8 kcmp"])
    #expect(account("x", "x", "x") == [])
  }

  @Test("Where bytes were urgent, a plain read is said to have destroyed nothing") func urgentRead()
  {
    let account = told(.stream) {
      $0.send("ab", flags: .outOfBand)
      $0.send("b", row(5, file: 1))
      $0.call("read", "a")
      // With SO_OOBINLINE this is the urgent byte.
      $0.call("read", "b")
      $0.receive("b", row(8, file: 1))
    }
    #expect(account == ["2>5 5=8 inferred"])
  }

  @Test(
    "A read that says more than was sent, or less than there was room for, took another message")
  func sizes() {
    func account(_ read: String, capacity: Int) -> [String] {
      told {
        $0.send("ab", row(5, file: 1))
        $0.call("read", read, capacity: capacity)
      }
    }
    #expect(account("abc", capacity: 8) == [])
    #expect(account("a", capacity: 8) == [])
    #expect(account("a", capacity: 1) == ["1>2 lost 1"])
  }

  @Test("Nobody knows of how many messages a sendfile is") func severalMessages() {
    let account = told {
      $0.call("sendfile", "aaaaaaaa")
      $0.send("", row(5, file: 1))
      $0.receive("aaaa")
      $0.call("read", "", capacity: 4)
      $0.receive("", row(8, file: 1))
    }
    #expect(account == ["2>5 5=8 inferred"])
  }

  @Test("A number that was free again when we looked keeps its place")
  func closedBeforeTheLook() {
    let account = told {
      $0.send("a", row(5, file: 1), row(6, file: 2))
      $0.receive("a", row(9, file: 2), numbers: [8, 9])
    }
    #expect(account == ["1>2 5=8 none, 6=9 inferred"])
  }

  @Test(
    "What shares its inode with strangers proves nothing",
    arguments: [
      (
        DescriptorFacts(
          fd: 5, target: "anon_inode:[eventfd]", kind: .anonymous, device: 15, inode: 2069),
        DescriptorFacts(
          fd: 8, target: "anon_inode:[eventfd]", kind: .anonymous, device: 15, inode: 2069),
        ["1>2 5=8 none"]
      ),
      (
        DescriptorFacts(
          fd: 5, target: "anon_inode:[eventfd]", kind: .anonymous, device: 15, inode: 2069),
        DescriptorFacts(
          fd: 8, target: "anon_inode:[timerfd]", kind: .anonymous, device: 15, inode: 2069), []
      ),
      (
        // The two ends of a pipe.
        DescriptorFacts(
          fd: 5, target: "pipe:[7]", kind: .fifo, device: 14, inode: 7, position: 0,
          flags: OpenFlags(rawValue: 0)),
        DescriptorFacts(
          fd: 8, target: "pipe:[7]", kind: .fifo, device: 14, inode: 7, position: 0,
          flags: OpenFlags(rawValue: 1)), []
      ),
      (
        DescriptorFacts(fd: 5, target: "socket:[7]", kind: .socket, device: 8, inode: 7),
        DescriptorFacts(fd: 8, target: "socket:[7]", kind: .socket, device: 8, inode: 7),
        ["1>2 5=8 inferred"]
      ),
    ])
  func sharedInodes(sent: DescriptorFacts, received: DescriptorFacts, account: [String]) {
    #expect(
      told {
        $0.send("a", sent)
        $0.receive("a", received)
      } == account)
  }
}
