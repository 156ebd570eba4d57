import ControlMessages
import Testing

@testable import TraceModel

/// What is in flight after each step where nobody asks the kernel after every call.
@Suite struct FlightTests {
  /// Socket 100 of process 1 sends to socket 200 of process 2.
  private struct Told {
    private var derivation = Derivation()
    private var time: Int64 = 100
    private(set) var timeline = Timeline()
    private(set) var events: [TraceEvent] = []

    init() {
      start(1)
      start(2)
    }

    mutating func start(_ pid: Int32) {
      add(pid, .process(ProcessRecord(event: .started(parent: nil))))
    }

    mutating func kill(_ pid: Int32, _ rows: DescriptorChange...) {
      add(pid, .process(ProcessRecord(event: .killed(signal: 9))), rows)
    }

    mutating func send(_ count: Int, _ data: String = "x", to socket: UInt64 = 200) {
      let rows = (0..<count).map { FlightTests.file(Int32(5 + $0)) }
      let record = MessageRecord(
        call: "sendmsg",
        socket: SocketInfo(fd: 3, type: .stream, inode: socket - 100, peer: socket),
        result: data.utf8.count, data: DataExcerpt(bytes: Array(data.utf8)),
        control: Self.control((0..<count).map { Int32(5 + $0) }), descriptors: rows)
      add(1, .send(record))
    }

    mutating func receive(
      _ count: Int, from socket: UInt64 = 200, flags: MessageFlags = [], _ rows: DescriptorChange...
    ) {
      let files = (0..<count).map { FlightTests.file(Int32(5 + $0)) }
      let record = MessageRecord(
        call: "recvmsg",
        socket: SocketInfo(fd: 4, type: .stream, inode: socket, peer: socket - 100),
        result: 1, flags: flags, messageFlags: [], data: DataExcerpt(bytes: Array("x".utf8)),
        control: Self.control((0..<count).map { Int32(5 + $0) }), descriptors: files)
      add(2, .receive(record), rows)
    }

    mutating func call(_ name: String, by pid: Int32 = 2, _ rows: DescriptorChange...) {
      add(pid, .call(CallRecord(name: name, fd: 9, result: 0)), rows)
    }

    private static func control(_ numbers: [Int32]) -> ControlExcerpt {
      let bytes = ControlBuffer.encode([.rights(numbers)], abi: .bits64)
      return ControlExcerpt(capacity: bytes.count, length: bytes.count, bytes: bytes)
    }

    private mutating func add(
      _ pid: Int32, _ body: TraceEvent.Body, _ changes: [DescriptorChange] = []
    ) {
      time += 10
      let event = TraceEvent(
        time: time, entered: time - 5, pid: pid, body: body, changes: changes)
      for event in derivation.add(event) {
        events.append(event)
        timeline.append(event)
      }
    }
  }

  private static func file(_ fd: Int32) -> DescriptorFacts {
    DescriptorFacts(fd: fd, target: "/f", kind: .regular, device: 1, inode: 7, description: 1)
  }

  /// Process 2 has socket 200, or another, under a number.
  private static func held(
    _ fd: Int32 = 4, _ socket: UInt64 = 200, queued: Int? = 0
  ) -> DescriptorChange {
    let facts = DescriptorFacts(
      fd: fd, target: "socket:[\(socket)]", kind: .socket, inode: socket, queued: queued,
      socket: SocketInfo(fd: fd, type: .stream, inode: socket, peer: socket - 100))
    return DescriptorChange(pid: 2, fd: fd, now: facts)
  }

  private static func gone(_ fd: Int32 = 4) -> DescriptorChange {
    DescriptorChange(pid: 2, fd: fd, now: nil)
  }

  /// The counts after the two starts and what was told, live and in a replay.
  private func counts(_ tell: (inout Told) -> Void) -> [Int32] {
    var told = Told()
    tell(&told)
    let live = told.timeline.flights.counts
    #expect(RecordingInMemory(told.events).reader.timeline.flights.counts == live)
    return Array(live.dropFirst(2))
  }

  @Test("What nobody receives is in flight until nobody holds the socket any more")
  func abandoned() {
    let found = counts {
      $0.call("socketpair", Self.held())
      $0.send(1)
      $0.send(2)
      $0.call("dup", Self.held(6, queued: nil))
      $0.call("close", Self.gone())
      $0.call("close", Self.gone(6))
      $0.call("close")
    }
    #expect(found == [0, 1, 3, 3, 3, 0, 0])
  }

  @Test("What nobody received is in flight at the end", arguments: [0, nil])
  func hanging(queued: Int?) {
    let found = counts {
      $0.call("socketpair", Self.held(queued: queued))
      $0.send(1)
      $0.call("close")
    }
    #expect(found == [0, 1, 1])
  }

  @Test("A killed receiver takes what was queued with it") func killed() {
    let found = counts {
      $0.call("socketpair", Self.held())
      $0.send(1)
      $0.kill(2, Self.gone())
      $0.call("close", by: 1)
    }
    #expect(found == [0, 1, 0, 0])
  }

  @Test("What is received is in flight no longer, what is peeked at still is") func received() {
    let found = counts {
      $0.call("socketpair", Self.held())
      $0.send(1)
      $0.send(2)
      $0.receive(1, flags: .peek)
      $0.receive(1)
      $0.call("close")
      $0.receive(2)
    }
    #expect(found == [0, 1, 3, 3, 2, 2, 0])
  }

  @Test("Several queues are told apart") func queues() {
    var told = Told()
    told.call("socketpair", Self.held())
    told.call("socketpair", Self.held(5, 400))
    told.send(3)
    told.send(1, to: 400)
    #expect(told.timeline.flights.counts.last == 4)
    #expect(told.timeline.flights.queues(afterStep: 5) == [3, 1])
    told.call("close", Self.gone())
    #expect(told.timeline.flights.counts.last == 1)
  }

  @Test("A receiver that nobody was seen to hold has what was seen to arrive") func unheld() {
    let found = counts {
      $0.send(1)
      $0.call("close")
      $0.receive(1)
      $0.send(1)
      $0.call("close")
    }
    #expect(found == [1, 1, 0, 0, 0])
  }

  @Test("Whoever holds the receiving socket may be seen only after the send") func child() {
    let found = counts {
      $0.call("socketpair", Self.held())
      $0.call("close", Self.gone())
      $0.send(1)
      $0.send(2)
      $0.call("starts", Self.held(queued: 3))
      $0.receive(1)
      $0.receive(2)
    }
    #expect(found == [0, 0, 1, 3, 3, 2, 0])
  }

  @Test("The kernel's count says that something was taken unseen") func unseen() {
    let found = counts {
      $0.call("socketpair", Self.held())
      $0.send(1)
      $0.send(1)
      $0.call("dup", Self.held(6, queued: 1))
      $0.call("dup", Self.held(7, queued: 0))
    }
    #expect(found == [0, 1, 2, 1, 0])
  }

  @Test("The kernel may tell of what was sent before the send has been seen") func early() {
    let found = counts {
      $0.call("accept", Self.held(queued: 1))
      $0.send(1)
      $0.receive(1)
    }
    #expect(found == [1, 1, 0])
  }

  @Test("A send that carries nothing puts nothing in flight") func nothing() {
    let found = counts {
      $0.call("socketpair", Self.held())
      $0.send(1, "")
    }
    #expect(found == [0, 0])
  }
}
