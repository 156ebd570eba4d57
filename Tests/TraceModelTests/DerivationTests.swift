import Testing
import TraceModel

@Suite struct DerivationTests {
  private func told(
    _ type: SocketType = .stream, _ tell: (inout Conversation) -> Void
  ) -> [String] {
    var conversation = Conversation()
    conversation.type = type
    tell(&conversation)
    return conversation.account
  }

  @Test("Bytes merge up to a message with descriptors and stop there") func barrier() {
    let account = told {
      $0.send(4)
      $0.send(1, 105)
      $0.send(4)
      $0.send(1, 206)
      $0.receive(5, 107)
      $0.receive(5, 208)
    }
    #expect(account == ["2>5 105=107", "4>7 206=208"])
  }

  @Test("A partial receive has the descriptors with its first byte") func partial() {
    let account = told {
      $0.send(10, 105)
      $0.receive(4, 107)
      $0.receive(6)
      $0.send(3, 206)
      $0.receive(3, 208)
    }
    #expect(account == ["1>2 105=107", "5>6 206=208"])
  }

  @Test("Truncated descriptors are counted as lost", arguments: [true, false])
  func lost(isPlainRead: Bool) {
    let account = told {
      $0.send(10, 105, 106, 107)
      $0.receive(10, 109, cut: true)
      $0.send(4, 108)
      if isPlainRead { $0.read(4) } else { $0.receive(4, cut: true) }
    }
    // The loss is also a finding, which has a number of its own.
    #expect(account == ["1>2 105=109 -2", "5>6  -1"])
  }

  @Test("A receive may be reported before its send") func receiveFirst() {
    let account = told {
      $0.receive(3, 107)
      $0.send(3, 105, knowsEntry: false)
      $0.send(3, 206)
      $0.receive(3, 208)
    }
    #expect(account == ["2>1 105=107", "4>5 206=208"])
  }

  @Test(
    "Datagrams match one to one whatever their size", arguments: [SocketType.datagram, .seqpacket])
  func datagrams(type: SocketType) {
    let account = told(type) {
      $0.send(0, 105)
      $0.send(100)
      $0.send(7, 206)
      $0.receive(0, 107)
      $0.receive(50)
      $0.receive(7, 208)
    }
    #expect(account == ["1>4 105=107", "3>7 206=208"])
  }

  @Test("A datagram receiver has no peer, and many send to it") func datagramServer() {
    var derivation = Derivation()
    var transfers: [Transfer] = []
    for (sender, fd) in [(UInt64(101), Int32(5)), (102, 6)] {
      let send = MessageRecord(
        call: "sendmsg", socket: SocketInfo(fd: 3, type: .datagram, inode: sender, peer: 200),
        result: 1, descriptors: [DescriptorFacts(fd: fd, target: "f")])
      transfers += derivation.add(TraceEvent(body: .send(send))).compactMap(\.transfer)
    }
    for fd in [Int32(7), 8] {
      let receive = MessageRecord(
        call: "recvmsg", socket: SocketInfo(fd: 3, type: .datagram, inode: 200), result: 1,
        descriptors: [DescriptorFacts(fd: fd, target: "f")])
      transfers += derivation.add(TraceEvent(body: .receive(receive))).compactMap(\.transfer)
    }
    #expect(transfers.map { [$0.send, $0.receive] } == [[1, 3], [2, 5]])
    #expect(transfers.flatMap(\.descriptors).map { [$0.sent, $0.received] } == [[5, 7], [6, 8]])
  }

  @Test("Each peek is a transfer of its own and takes nothing") func peek() {
    let account = told {
      $0.send(4, 105)
      $0.receive(4, 107, flags: .peek)
      $0.receive(2, 108, flags: .peek)
      $0.receive(4, 109)
    }
    #expect(account == ["1>2 105=107 peek", "1>4 105=108 peek", "1>6 105=109"])
  }

  @Test("Zero bytes on a stream carry nothing") func vanished() {
    let account = told {
      $0.send(0, 105)
      $0.send(4, 206)
      $0.receive(4, 208)
    }
    #expect(account == ["2>3 206=208"])
  }

  @Test("Calls that were not seen do not confuse the order") func unseen() {
    let unseenReceive = told {
      $0.send(100)
      $0.send(1, 105)
      $0.receive(1, 107)
      $0.send(1, 206)
      $0.receive(1, 208)
    }
    #expect(unseenReceive == ["2>3 105=107", "5>6 206=208"])
    let unseenSend = told {
      $0.receive(100)
      $0.send(1, 105)
      $0.receive(1, 107)
      $0.send(2, 206)
      $0.receive(40)
      $0.receive(2, 208)
    }
    #expect(unseenSend == ["2>3 105=107", "5>7 206=208"])
    let seenPlain = told {
      $0.write(8)
      $0.send(1, 105)
      $0.read(8)
      $0.receive(1, 107)
    }
    #expect(seenPlain == ["2>4 105=107"])
  }

  @Test("Failed calls and unknown peers give nothing") func nothing() {
    var derivation = Derivation()
    let row = DescriptorFacts(fd: 5, target: "f")
    let records = [
      MessageRecord(call: "sendmsg", socket: SocketInfo(fd: 3, inode: 1), error: "EBADF"),
      MessageRecord(call: "sendmsg", socket: SocketInfo(fd: 3), result: 1, descriptors: [row]),
    ]
    for record in records {
      #expect(derivation.add(TraceEvent(body: .send(record))).count == 1)
      #expect(derivation.add(TraceEvent(body: .receive(record))).count == 1)
    }
  }

  @Test(
    "The proof is what was seen",
    arguments: [
      (
        DescriptorFacts(fd: 1, target: "a", description: 7),
        DescriptorFacts(fd: 2, target: "a", description: 7), Transfer.Proof.kcmp
      ),
      (
        DescriptorFacts(fd: 1, target: "a", device: 1, inode: 2),
        DescriptorFacts(fd: 2, target: "a", device: 1, inode: 2), .inferred
      ),
      (DescriptorFacts(fd: 1, target: "a"), DescriptorFacts(fd: 2, target: "a"), .none),
      (
        DescriptorFacts(fd: 1, target: "a", device: 1, inode: 2, description: 7),
        DescriptorFacts(fd: 2, target: "a", device: 1, inode: 2, description: 8), .inferred
      ),
    ])
  func proofs(sent: DescriptorFacts, received: DescriptorFacts, proof: Transfer.Proof) {
    var derivation = Derivation()
    let send = MessageRecord(
      call: "sendmsg", socket: SocketInfo(fd: 3, type: .stream, inode: 1), result: 1,
      descriptors: [sent])
    let receive = MessageRecord(
      call: "recvmsg", socket: SocketInfo(fd: 3, type: .stream, inode: 2, peer: 1), result: 1,
      descriptors: [received])
    _ = derivation.add(TraceEvent(body: .send(send)))
    let events = derivation.add(TraceEvent(time: 5, pid: 9, body: .receive(receive)))
    #expect(events.map(\.sequence) == [2, 3])
    #expect(events.last?.transfer?.descriptors.map(\.proof) == [proof])
    #expect(events.last?.pid == 9 && events.last?.time == 5)
  }
}
