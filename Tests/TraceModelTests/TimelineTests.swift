import Testing
import TraceModel

@Suite struct TimelineTests {
  private func row(_ fd: Int32, _ target: String, description: Int? = nil) -> DescriptorFacts {
    DescriptorFacts(fd: fd, target: target, description: description)
  }

  private func call(_ changes: [DescriptorChange]) -> TraceEvent.Body {
    .call(CallRecord(name: "dup", result: 0))
  }

  @Test("Tables at any moment are what the events before add up to") func tables() throws {
    var generator = SeededGenerator(seed: 11)
    var timeline = Timeline()
    var expected: [[Int32: [Int32: DescriptorFacts]]] = [[:]]
    for sequence in 1...700 {
      let changes = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
        let pid = Int32.random(in: 1...3, using: &generator)
        let fd = Int32.random(in: 0...12, using: &generator)
        let isOpen = Bool.random(using: &generator)
        return DescriptorChange(pid: pid, fd: fd, now: isOpen ? row(fd, "\(sequence)") : nil)
      }
      let record = CallRecord(name: "dup", result: 0)
      timeline.append(
        TraceEvent(sequence: sequence, pid: 1, body: .call(record), changes: changes))
      var tables = expected[sequence - 1]
      for change in changes { tables[change.pid, default: [:]][change.fd] = change.now }
      expected.append(tables)
    }
    // Near and far, forth and back: each way of getting from one moment to another.
    let moments = [0, 1, 2, 63, 700, 64, 65, 128, 129, 500, 699, 698, 700, 9999, 3, 9, 5, 4]
    let others = (0..<300).map { _ in Int.random(in: 0...710, using: &generator) }
    for sequence in moments + others {
      let found = timeline.tables(at: sequence).mapValues(\.rows).filter { !$0.value.isEmpty }
      let wanted = expected[min(sequence, 700)].mapValues { $0.values.sorted { $0.fd < $1.fd } }
      #expect(found == wanted.filter { !$0.value.isEmpty }, "at \(sequence)")
    }
  }

  @Test("Marks say what the last step did") func marks() {
    var timeline = Timeline()
    let steps: [[DescriptorChange]] = [
      [
        DescriptorChange(pid: 1, fd: 3, now: row(3, "a")),
        DescriptorChange(pid: 1, fd: 4, now: row(4, "b")),
      ],
      [
        DescriptorChange(pid: 1, fd: 3, now: row(3, "a")),
        DescriptorChange(pid: 1, fd: 4, now: nil),
      ],
      [DescriptorChange(pid: 1, fd: 3, now: row(3, "c"))],
      [],
    ]
    for (index, changes) in steps.enumerated() {
      timeline.append(
        TraceEvent(
          sequence: index + 1, pid: 1, body: .call(CallRecord(name: "x", result: 0)),
          changes: changes))
    }
    let marks = (1...4).map { timeline.tables(at: $0)[1]?.marks ?? [:] }
    #expect(marks == [[3: .new, 4: .new], [3: .changed, 4: .gone], [3: .new], [:]])
    #expect(timeline.tables(at: 2)[1]?.gone == [row(4, "b")])
    #expect(timeline.tables(at: 2)[1]?[3] == row(3, "a"))
    #expect(timeline.tables(at: 2)[1]?[4] == nil)
  }

  @Test("Output and transfers are no steps and keep the marks") func otherEvents() {
    var timeline = Timeline()
    timeline.append(
      TraceEvent(
        sequence: 1, pid: 1, body: .call(CallRecord(name: "x", result: 0)),
        changes: [DescriptorChange(pid: 1, fd: 3, now: row(3, "a"))]))
    timeline.append(TraceEvent(sequence: 2, pid: 1, body: .output(OutputRecord(bytes: [65]))))
    #expect(timeline.steps == [1])
    #expect(timeline.tables(at: 2)[1]?.marks == [3: .new])
  }

  @Test("What a program starts with is not new") func start() {
    var timeline = Timeline()
    timeline.append(
      TraceEvent(
        sequence: 1, pid: 1, body: .process(ProcessRecord(event: .started(parent: nil))),
        changes: [DescriptorChange(pid: 1, fd: 0, now: row(0, "tty"))]))
    #expect(timeline.tables(at: 1)[1]?.marks == [:])
    #expect(timeline.tables(at: 1)[1]?.rows.count == 1)
  }

  @Test("Processes are named by role, then by name, with numbers when they must be told apart")
  func names() {
    var timeline = Timeline()
    func start(_ pid: Int32, _ comm: String, role: String? = nil) {
      timeline.append(
        TraceEvent(
          sequence: timeline.count + 1, pid: pid, comm: comm,
          body: .process(ProcessRecord(event: .started(parent: nil), role: role))))
    }
    start(10, "fdpass-server", role: "server")
    start(11, "worker")
    #expect(timeline.name(of: 10) == "server")
    #expect(timeline.name(of: 11) == "worker")
    #expect(timeline.name(of: 99) == "process 99")
    start(12, "worker")
    #expect(timeline.name(of: 11) == "worker 11")
    timeline.append(
      TraceEvent(
        sequence: 4, pid: 11, comm: "ls", body: .process(ProcessRecord(event: .executed))))
    #expect(timeline.name(of: 11) == "ls")
    #expect(timeline.name(of: 12) == "worker")
    timeline.append(
      TraceEvent(
        sequence: 5, pid: 12, comm: "worker",
        body: .process(ProcessRecord(event: .exited(status: 3)))))
    start(12, "again")
    #expect(timeline.processes.map(\.comm) == ["fdpass-server", "ls", "worker", "again"])
    #expect(timeline.process(12)?.comm == "again")
    #expect(timeline.processes[2].end == .exited(status: 3))
    #expect(timeline.processes[2].ended == 5)
  }

  @Test("The holders of a socket are known at every moment") func holders() {
    func socket(_ pid: Int32, _ fd: Int32, _ inode: UInt64) -> DescriptorChange {
      var facts = row(fd, "socket:[\(inode)]")
      facts.socket = SocketInfo(fd: fd, inode: inode)
      return DescriptorChange(pid: pid, fd: fd, now: facts)
    }
    var timeline = Timeline()
    let steps = [
      [socket(1, 3, 70)], [socket(2, 5, 70)], [DescriptorChange(pid: 1, fd: 3, now: nil)],
      [socket(2, 5, 71)],
    ]
    for (index, changes) in steps.enumerated() {
      timeline.append(
        TraceEvent(
          sequence: index + 1, pid: 1, body: .call(CallRecord(name: "x", result: 0)),
          changes: changes))
    }
    let first = DescriptorHolder(pid: 1, fd: 3)
    let second = DescriptorHolder(pid: 2, fd: 5)
    let found = (0...5).map { timeline.holders(ofSocket: 70, at: $0) }
    #expect(found == [[], [first], [first, second], [second], [], []])
    #expect(timeline.holders(ofSocket: 71, at: 4) == [second])
    #expect(timeline.lastHolder(ofSocket: 70, at: 9) == second)
    #expect(timeline.lastHolder(ofSocket: 70, at: 1) == first)
    #expect(timeline.lastHolder(ofSocket: 72, at: 9) == nil)
  }

  @Test("A transfer is found from both its ends") func transfers() {
    var timeline = Timeline()
    let transfer = Transfer(send: 1, receive: 2, descriptors: [])
    for sequence in 1...2 {
      timeline.append(
        TraceEvent(sequence: sequence, pid: 1, body: .call(CallRecord(name: "x", result: 0))))
    }
    timeline.append(TraceEvent(sequence: 3, pid: 1, body: .transfer(transfer)))
    #expect(timeline.transfers(of: 1) == [transfer])
    #expect(timeline.transfers(of: 2) == [transfer])
    #expect(timeline.transfers(of: 3) == [])
    #expect(timeline[0] == nil && timeline[4] == nil && timeline[3]?.transfer == transfer)
  }
}
