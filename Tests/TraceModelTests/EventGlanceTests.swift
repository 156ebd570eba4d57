import Testing

@testable import TraceModel

/// A glance at a line says what the decoded event says.
@Suite struct EventGlanceTests {
  @Test("Every kind of event, packed and open") func live() {
    let events = EventStoreTests.session(3000)
    var timeline = Timeline()
    for event in events { timeline.append(event) }
    for event in events {
      #expect(timeline.glance(at: event.sequence) ?? EventGlance(event) == EventGlance(event))
    }
    // Most need no decoding.
    let known = events.filter { timeline.glance(at: $0.sequence) != nil }
    #expect(known.count > events.count / 2)
    #expect(timeline.glance(at: 0) == nil && timeline.glance(at: 3001) == nil)
  }

  /// A recording in memory.
  private struct Bytes: RecordingBytes {
    let bytes: [UInt8]

    func read(at offset: Int, count: Int) -> [UInt8]? {
      offset + count <= bytes.count ? Array(bytes[offset..<(offset + count)]) : nil
    }
  }

  @Test("A recording that is looked at while it is read") func growing() {
    let events = EventStoreTests.session(300)
    let lines = events.map { JSONLines.line(for: $0) }
    var reader = RecordingReader(Bytes(bytes: lines.flatMap { $0 }))
    var offset = 0
    for (event, line) in zip(events, lines) {
      reader.take(line, at: offset)
      offset += line.count
      let timeline = reader.timeline
      #expect(timeline.glance(at: event.sequence) ?? EventGlance(event) == EventGlance(event))
      #expect(timeline[event.sequence] == event)
    }
  }

  @Test(
    "Lines written another way are left to the decoder",
    arguments: [
      #"{ "v":1,"seq":1,"time":0.000001,"kind":"call"}"#, #"{"v":1,"seq":1,"kind":"call"}"#,
      #"{"v":1,"time":1e-6,"kind":"call"}"#, #"{"v":1,"time":0.5,"kind":"call"}"#,
      #"{"time":0.000001,"kind":"new"}"#,
      #"{"time":0.000001,"kind":"call","pid":1,"comm":"\u0041"}"#,
      "", "{", "[]", "\u{0}",
    ])
  func foreign(line: String) {
    #expect(EventGlance(lineAt: 0, of: Array(line.utf8)) == nil)
  }
}
