import Testing

@testable import TraceModel

/// A recording in memory.
struct RecordingInMemory: RecordingBytes {
  let bytes: [UInt8]

  func read(at offset: Int, count: Int) -> [UInt8]? {
    offset + count <= bytes.count ? Array(bytes[offset..<(offset + count)]) : nil
  }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(_ events: [TraceEvent]) { bytes = events.flatMap { JSONLines.line(for: $0) } }

  /// Everything, read at once.
  var reader: RecordingReader {
    var reader = RecordingReader(self)
    reader.take(bytes, at: 0)
    return reader
  }
}

@Suite struct RecordingTests {
  private static let events = EventStoreTests.session(600)
  private static let recording = RecordingInMemory(events)

  @Test("A recording gives the timeline that the session had") func same() {
    var live = Timeline()
    for event in Self.events { live.append(event) }
    let reader = Self.recording.reader
    let replayed = reader.timeline
    #expect(reader.gaps.sentence == nil)
    #expect(Array(replayed.events) == Self.events)
    #expect(replayed.steps == live.steps)
    #expect(replayed.messages == live.messages)
    #expect(replayed.outputs == live.outputs)
    #expect(replayed.findings == live.findings)
    #expect(replayed.processes == live.processes)
    #expect(replayed.flights.counts == live.flights.counts)
    for sequence in stride(from: 1, through: 600, by: 37) {
      #expect(replayed.tables(at: sequence) == live.tables(at: sequence), "at \(sequence)")
      #expect(
        replayed.findings(about: sequence) == live.findings(about: sequence), "\(sequence)")
      #expect(replayed.transfers(of: sequence) == live.transfers(of: sequence), "\(sequence)")
    }
  }

  @Test("Read in pieces it is the same") func pieces() {
    let bytes = Self.recording.bytes
    var reader = RecordingReader(Self.recording)
    var start = 0
    while start < bytes.count {
      let end = bytes[min(bytes.count - 1, start + 3000)...].firstIndex(of: 0x0A) ?? bytes.count
      reader.take(Array(bytes[start...min(end, bytes.count - 1)]), at: start)
      start = end + 1
    }
    #expect(Array(reader.timeline.events) == Self.events)
  }

  @Test("Most lines need no decoding", arguments: Samples.bodies)
  func skimmed(body: TraceEvent.Body) {
    let event = Samples.event(body)
    let line = JSONLines.line(for: event)
    let found = EventSketch.skimmed(from: 0, of: line.span)
    switch event.kind {
    case .session, .process, .output: #expect(found == nil)
    case .call, .send, .receive, .transfer, .finding:
      #expect(found?.sketch == EventSketch(event))
      #expect(found?.end == line.count - 1)
    }
  }

  @Test("What is skimmed can be decoded and says the same, however damaged", arguments: 0..<4)
  func damagedLines(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var taken = 0
    for _ in 0..<1000 {
      let body = Samples.bodies.randomElement(using: &generator) ?? Samples.bodies[0]
      var line = Array(JSONLines.line(for: Samples.event(body)).dropLast())
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        Self.damage(&line, &generator)
      }
      guard let (sketch, end) = EventSketch.skimmed(from: 0, of: line.span) else { continue }
      taken += 1
      let whole = Array(line[..<end])
      let event = try? JSONLines.event(from: whole)
      #expect(
        event.map { EventSketch($0) } == sketch, "\(String(decoding: whole, as: UTF8.self))")
    }
    #expect(taken > 0)
  }

  private static func damage(_ line: inout [UInt8], _ generator: inout SeededGenerator) {
    let index = Int.random(in: line.indices, using: &generator)
    let likely = Array(#"{}[]",:\0123456789-+.eEnulltruefalse"#.utf8) + [0x0A, 0, 0xFF]
    let byte = likely.randomElement(using: &generator) ?? 0
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: line[index] = byte
    case 1: line.insert(byte, at: index)
    case 2: line.remove(at: index)
    default:
      let end = min(line.count, index + Int.random(in: 1...30, using: &generator))
      line.insert(contentsOf: line[index..<end], at: index)
    }
    if line.isEmpty { line = [byte] }
  }

  @Test("Cut anywhere it gives every line that is whole") func cut() {
    let small = RecordingInMemory(Array(Self.events.prefix(6)))
    for length in stride(from: 0, through: small.bytes.count, by: 7) {
      let part = RecordingInMemory(Array(small.bytes.prefix(length)))
      let reader = part.reader
      let whole = part.bytes.count { $0 == 0x0A }
      let isCut = reader.gaps.isCut
      // A last line that lacks nothing but its newline is whole too.
      let count = reader.timeline.count
      #expect(count == whole || count == whole + 1 && !isCut, "\(length)")
      #expect(Array(reader.timeline.events) == Array(Self.events.prefix(count)))
      #expect((reader.gaps.sentence != nil) == isCut)
    }
  }

  @Test("Damaged anywhere it is read as far as it can be", arguments: 0..<4)
  func damagedFiles(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<8 {
      var bytes = Array(Self.recording.bytes.prefix(20_000))
      for _ in 0..<Int.random(in: 1...20, using: &generator) {
        Self.damage(&bytes, &generator)
      }
      let recording = RecordingInMemory(bytes)
      let reader = recording.reader
      var lines = RecordedLines()
      var events: [TraceEvent] = []
      lines.take(bytes) { events.append($0) }
      #expect(Array(reader.timeline.events) == events)
      #expect(lines.gaps == reader.gaps)
      for sequence in reader.timeline.steps { _ = reader.timeline.tables(at: sequence) }
    }
  }

  @Test(
    "What cannot be read is named",
    arguments: [
      ("A\nB\n", nil),
      ("A\n\nB\r\n\n", nil),
      ("A\nx\nB\n", "Line 2 is left out: not JSON: a value was expected at byte 0."),
      (
        "A\nx\n{}\nB\n",
        "2 lines are left out, the first of them line 2: not JSON: a value was expected at byte 0."
      ),
      ("A\nN\nB\n", "Line 2 is of a kind that only newer versions know."),
      (
        "A\nN\nN\n",
        "2 lines are of a kind that only newer versions know, the first of them line 2."
      ),
      ("A\nB\nA\n", "Line 3 is left out: out of order: its number, 1, does not come after 2."),
      ("A\n{\"v\":1", "The last line, 2, is cut; what stands before it is whole."),
      ("A\nV\n", "Line 2 is left out: format version 2; this program reads 1."),
    ] as [(String, String?)])
  func gaps(text: String, sentence: String?) {
    let lines = [
      "A": #"{"v":1,"seq":1,"kind":"call","call":"close"}"#,
      "B": #"{"v":1,"seq":2,"kind":"call","call":"close"}"#,
      "N": #"{"v":1,"seq":2,"kind":"hint"}"#, "V": #"{"v":2,"seq":2,"kind":"call"}"#,
    ]
    let file = text.map { lines[String($0)] ?? String($0) }.joined()
    #expect(RecordingInMemory(Array(file.utf8)).reader.gaps.sentence == sentence)
  }
}
