import Testing

@testable import TraceModel

/// What is kept of events, and that nothing is lost by keeping them small.
@Suite struct EventStoreTests {
  /// Events as a program makes them that passes a file on and on.
  static func session(_ count: Int) -> [TraceEvent] {
    var generator = SeededGenerator(seed: 5)
    return (1...count).map { sequence in
      let body = Samples.bodies.randomElement(using: &generator) ?? Samples.bodies[0]
      var event = Samples.event(body)
      event.sequence = sequence
      event.time = Int64(sequence) * 37
      event.pid = Int32.random(in: 1...4, using: &generator)
      return event
    }
  }

  @Test("Every event comes back from a packed block as it was") func roundTrip() {
    let events = Self.session(3000)
    var timeline = Timeline()
    for event in events { timeline.append(event) }
    #expect(timeline.count == 3000)
    #expect(Array(timeline.events) == events)
    for sequence in [1, 3000, 1500, 2, 1501] { #expect(timeline[sequence] == events[sequence - 1]) }
    #expect(timeline[0] == nil && timeline[3001] == nil && timeline[-5] == nil)
    #expect(timeline.events(before: 10, count: 3).map(\.sequence) == [7, 8, 9])
    #expect(timeline.sequences(in: 2998...9999) == [2998, 2999, 3000])
  }

  @Test("Two copies that grow differently do not mix up their events") func copies() {
    var first = Timeline()
    first.append(Samples.event(.output(OutputRecord(bytes: [1]))))
    var second = first
    var event = Samples.event(.output(OutputRecord(bytes: [2])))
    event.sequence = 7
    first.append(event)
    event.body = .output(OutputRecord(bytes: [3]))
    second.append(event)
    #expect(first[7]?.body == .output(OutputRecord(bytes: [2])))
    #expect(second[7]?.body == .output(OutputRecord(bytes: [3])))
  }

  @Test("An event whose number does not come next is not taken") func order() {
    var timeline = Timeline()
    var event = Samples.event(Samples.bodies[1])
    for sequence in [5, 5, 3, 0, -1, Int.max, 8] {
      event.sequence = sequence
      timeline.append(event)
    }
    #expect(timeline.sequences(in: 0...100) == [5, 8])
    #expect(timeline.lastSequence == 8)
  }

  @Test("A line costs a fraction of its length") func small() {
    let lines = Self.session(150).flatMap { JSONLines.line(for: $0) }
    #expect(BlockCompression.packed(lines).count < lines.count / 4)
  }

  @Test("Blocks of any content come back whole", arguments: 0..<40) func blocks(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let count = [0, 1, 3, 4, 5, 100, 5000, 200_000][seed % 8]
    let letters = UInt8.random(in: 0...(seed % 3 == 0 ? 1 : 255), using: &generator)
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...letters, using: &generator) }
    #expect(BlockCompression.unpacked(BlockCompression.packed(bytes), count: count) == bytes)
  }

  @Test("What was forgotten is gone; what held then still holds") func forgetting() {
    func row(_ fd: Int32, _ target: String) -> DescriptorFacts {
      DescriptorFacts(
        fd: fd, target: target, kind: .socket, inode: UInt64(fd),
        socket: SocketInfo(fd: fd, inode: UInt64(fd)))
    }
    var timeline = Timeline()
    for sequence in 1...4000 {
      let fd = Int32(sequence <= 50 ? sequence : 51 + sequence % 7)
      let isClosed = sequence > 50 && sequence % 3 == 0
      timeline.append(
        TraceEvent(
          sequence: sequence, pid: 1, comm: "x", body: .call(CallRecord(name: "dup", result: 0)),
          changes: [
            DescriptorChange(pid: 1, fd: fd, now: isClosed ? nil : row(fd, "\(sequence)"))
          ]))
    }
    var short = timeline
    short.forget(before: 3500)
    #expect(short.count < timeline.count && short.lastSequence == 4000)
    #expect(short[1] == nil && short[4000] == timeline[4000])
    for sequence in [4000, 3600, 3999, 3800] {
      #expect(short.tables(at: sequence) == timeline.tables(at: sequence), "at \(sequence)")
      #expect(
        short.holders(ofSocket: 3, at: sequence) == timeline.holders(ofSocket: 3, at: sequence))
    }
    #expect(short.steps.first ?? 0 >= 3500)
    #expect(short.flights.counts.count == short.steps.count)
  }
}
