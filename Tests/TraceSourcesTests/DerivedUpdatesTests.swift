import ControlMessages
import TestKit
import Testing
import TraceModel

@testable import TraceSources

@Suite("What the tracer tells, on its way") struct DerivedUpdatesTests {
  @Test("everything arrives in order and once, whoever derived it")
  func order() throws {
    var numbers: [Int] = []
    var lines: [UInt8] = []
    var linesOfEvents: [UInt8] = []
    var others: [String] = []
    try DerivedUpdates(telling: .both).tell { update in
      switch update {
      case .lines(let new): lines += new
      case .event(let event):
        numbers.append(event.sequence)
        JSONLines.append(event, to: &linesOfEvents)
        if lines.count < linesOfEvents.count { Issue.record("no line before \(event)") }
      case .caughtUp: others.append("\(numbers.count)")
      case .remark(let sentence): others.append("\(sentence) at \(numbers.count)")
      default: Issue.record("\(update)")
      }
    } of: { teller in
      for number in 1...10_000 {
        teller.tell(.event(TraceEvent(body: .output(OutputRecord(bytes: [])))))
        if number.isMultiple(of: 3) { teller.useMoment() }
        if number.isMultiple(of: 999) { teller.tell(.caughtUp) }
      }
      teller.tell(.remark("the last"))
    }
    #expect(numbers == Array(1...10_000))
    #expect(lines == linesOfEvents)
    #expect(others == (1...10).map { "\($0 * 999)" } + ["the last at 10000"])
  }

  @Test("who wants lines gets the line of each event, and of events those of processes")
  func linesAlone() {
    let start = pass(.process(ProcessRecord(event: .started(parent: nil))))
    let told = follow(
      from: [start, pass(.send(message(3))), pass(.receive(message(4)))].map { .event($0) },
      telling: .lines)
    var lines: [UInt8] = []
    var events: [TraceEvent] = []
    for update in told {
      switch update {
      case .lines(let more): lines += more
      case .event(let event): events.append(event)
      default: Issue.record("\(update)")
      }
    }
    #expect(lines.count { $0 == UInt8(ascii: "\n") } == 4)
    #expect(events.map(\.sequence) == [1])
  }

  @Test("a thread that is held after a call is held after the event as everybody else counts it")
  func numbers() throws {
    var raw: [SessionUpdate] = []
    for (index, event) in [pass(.send(message(3))), pass(.receive(message(4)))].enumerated() {
      var event = event
      event.sequence = index + 1
      raw.append(.event(event))
    }
    // The transfer stands between.
    var last = pass(.call(CallRecord(name: "close", fd: 5, result: 0)))
    last.sequence = 3
    raw += [.event(last), .status(status(after: 2)), .status(status(after: 3))]
    let told = follow(from: raw, telling: .events)

    let events = told.compactMap { if case .event(let event) = $0 { event } else { nil } }
    #expect(events.map(\.sequence) == [1, 2, 3, 4])
    #expect(events[2].transfer != nil)
    let places = told.compactMap { update in
      if case .status(let status) = update { status.threads } else { nil }
    }
    #expect(places == [status(after: 2).threads, status(after: 4).threads])
  }

  private func follow(from raw: [SessionUpdate], telling form: EventForm) -> [SessionUpdate] {
    var derivation = NumberedDerivation(telling: form)
    var batch = DerivedUpdates.Batch(raw: raw)
    while !batch.isFinished { batch.work(&derivation) }
    return batch.derived
  }

  private func status(after number: Int) -> SessionStatus {
    SessionStatus(
      mode: .stepping, threads: [ThreadStatus(pid: 9, tid: 9, state: .after(sequence: number))])
  }

  private func pass(_ body: TraceEvent.Body) -> TraceEvent {
    var event = TraceEvent(pid: 9, tid: 9, body: body)
    event.isStepped = true
    return event
  }

  /// One descriptor, 5, through a socket pair.
  private func message(_ socket: Int32) -> MessageRecord {
    let rights: [UInt8] = [20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]
    return MessageRecord(
      call: "m",
      socket: SocketInfo(
        fd: socket, type: .stream, inode: UInt64(socket), peer: UInt64(7 - socket)),
      result: 1, data: DataExcerpt(bytes: [1]),
      control: ControlExcerpt(capacity: 24, length: 24, bytes: rights),
      descriptors: [DescriptorFacts(fd: 5, target: "/f", kind: .regular, inode: 1, description: 1)])
  }
}
