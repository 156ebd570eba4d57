import ControlMessages
import Foundation
import Testing
import TraceModel

@testable import InspectorApp

/// What is passed over could not have been found.
@Suite("Passing over what cannot match") struct WordSieveTests {
  /// Events of every kind in every wording, and some lines that another program wrote.
  private static let sessions: [Timeline] = {
    let told = DemoSession.all.timeline
    let events = Array(manyKinds.timeline.events)
    return [told, manyKinds.timeline, recording(of: events), foreign]
  }()

  private static func recording(of events: [TraceEvent]) -> Timeline {
    Recording(bytes: events.flatMap { JSONLines.line(for: $0) }).timeline
  }

  private struct Recording: RecordingBytes {
    let bytes: [UInt8]

    func read(at offset: Int, count: Int) -> [UInt8]? { Array(bytes[offset..<(offset + count)]) }

    var timeline: Timeline {
      var reader = RecordingReader(self)
      reader.take(bytes, at: 0)
      return reader.timeline
    }
  }

  /// Space around what we write without, keys in another order, escapes for letters.
  private static let foreign: Timeline = {
    let lines = [
      #"{"v":1,"seq":1,"time":0.1,"kind":"session","program":"p","command":["\u0072un"]}"#,
      #"{"v": 1, "seq": 2, "kind": "call", "pid": 7, "comm": "cat", "call": "write", "fd": 1, "#
        + #""data" : {"length": 5 , "base64" : "SGVsbG8="}}"#,
      #"{"v":1,"seq":3,"kind":"call","pid":7,"comm":"cat","call":"write","data":{"base64": "#
        + #""SGVsbG8="}}"#,
      #"{"v":1,"seq":4,"kind":"call","pid":7,"comm":"cat","call":"write","data":{"\u0062ase64":"#
        + #""SGVsbG8="}}"#,
      #"{"v":1,"seq":5,"kind":"call","pid":7,"comm":"cat","call":"pipe2","created":[3,4]}"#,
      #"{"v":1,"seq":6,"kind":"transfer","pid":7,"send":1,"receive":2,"descriptors":[{"sent":1,"#
        + #""received":3,"origin":{"event":5,"how":"made","pid":7,"fd":3,"hops":[{"pid":7,"#
        + #""fork":1},{"pid":7,"fork":2}]}}]}"#,
      #"{"about":3,"v":1,"seq":7,"kind":"finding","code":"new","text":"K: b","cure":"İstanbul"}"#,
      #"{"v":1,"seq":8,"kind":"receive","pid":8,"comm":"dog","call":"recvmsg","socket":{"fd":3},"#
        + #""flags":["0x3"],"control":{"base64":"FAAAAAAAAAABAAAAAQAAAAUAAAAAAAAA"}}"#,
    ]
    return Recording(bytes: Array(lines.joined(separator: "\n").utf8)).timeline
  }()

  private static let manyKinds: Story = {
    var story = Story.whole
    let hostile = "K İ \u{1B}[2J\"\\ \u{202E} ⇄ é"
    story.add(
      0,
      .session(
        SessionRecord(
          program: hostile, command: [hostile], kernel: "6", started: 0, limits: ["no kcmp"])))
    let processes: [ProcessRecord] = [
      ProcessRecord(event: .started(parent: Story.server), arguments: ["a", hostile]),
      ProcessRecord(event: .attached, arguments: ["sleep"]), ProcessRecord(event: .attached),
      ProcessRecord(event: .executed, arguments: ["su"], rightsNotGiven: "root"),
      ProcessRecord(event: .exited(status: 3)), ProcessRecord(event: .killed(signal: 9)),
      ProcessRecord(event: .killed(signal: 10)), ProcessRecord(event: .killed(signal: 64)),
    ]
    for (index, record) in processes.enumerated() {
      story.add(50 + Int32(index), .process(record))
    }
    let calls = [
      CallRecord(name: "pipe2", arguments: ["O_CLOEXEC"], result: 0, created: [5, 6]),
      CallRecord(name: "connect", fd: 3, arguments: [hostile], error: "ENOENT"),
      CallRecord(
        name: "recvfrom", fd: 4, arguments: ["8", "MSG_PEEK"], result: 2, socket: Story.serverEnd,
        data: Story.text(hostile)),
      CallRecord(
        name: "write", fd: 4, result: 90, data: Story.text("Kelvin K " + "long ".repeated)),
    ]
    for call in calls { story.call(Story.client, call) }
    let control = Story.control([
      .credentials(SocketCredentials(pid: 1, uid: 1000, gid: 100)), .pidDescriptor(7),
      .security(Array("unconfined_t".utf8)), .unknown(level: 6, type: 9, payload: [1, 2]),
      .unknown(level: 0, type: 8, payload: []), .unknown(level: 99, type: 99, payload: [1]),
      .rights(Array(10..<20)),
    ])
    let experiments: [Experiment] = [
      .resizeControl(to: 20), .resizeControl(to: 4096), .removeControl, .addFlags(.peek),
      .removeFlags(.closeOnExec), .dropDescriptor(at: 0), .replaceDescriptor(at: 0, by: 2),
      .declareLength(24), .noData, .limitDescriptors(to: 3), .fail(error: "EMFILE"),
    ]
    for experiment in experiments {
      var message = Story.answerTaken
      message.control = control
      message.descriptors = [DescriptorFacts(fd: 10, target: "/dev/pts/3", kind: .character)]
      message.messageFlags = MessageFlags(rawValue: -1)
      message.experiment = ExperimentRecord(
        experiment, changes: [.init("msg_controllen", was: "24", now: "NULL")])
      story.add(Story.client, .receive(message))
      message.result = nil
      message.error = "EAGAIN"
      story.add(Story.client, .send(message))
    }
    var vain = Story.answer
    vain.data = Story.text("")
    vain.result = 0
    story.add(Story.server, .send(vain), gone: [4])
    vain.socket.foreignProtocol = "UDP"
    story.add(Story.server, .send(vain))
    for beginning in [Origin.Beginning.made, .held, .opened, .received] {
      let hops = [Origin.Hop(pid: 8, event: 6), Origin.Hop(pid: 9, send: 7, event: 8)]
      // The call by which it was made stands in an event of its own.
      let origin = Origin(
        holder: DescriptorHolder(pid: Story.server, fd: 3), beginning: beginning, event: 9,
        hops: hops, hopsLeftOut: 3)
      let pairs = [Transfer.Proof.kcmp, .inferred, .none].map {
        Transfer.Pair(sent: 1, received: 4, proof: $0, origin: origin)
      }
      story.add(
        Story.client, .transfer(Transfer(send: 1, receive: 2, descriptors: pairs, lost: 2)))
      story.add(
        Story.client,
        .transfer(Transfer(send: 1, receive: 2, descriptors: [pairs[0]], isPeek: true)))
    }
    for (about, severity) in zip([4, 9, 12, 9999], Finding.Severity.allCases + [.note]) {
      story.add(
        Story.client,
        .finding(Finding(.unused, severity, about: about, text: "Two \"got\" lost.", cure: hostile))
      )
    }
    story.add(Story.client, .output(OutputRecord(bytes: Array(0...255))))
    return story
  }()

  @Test("Every part of every word that an event's lines have, is let through") func parts() {
    for timeline in Self.sessions {
      var events: [String: [Int]] = [:]
      for event in timeline.events {
        let text = FilterPattern(verbatim: EventLine.text(event, in: timeline))
        for part in Set(text.words.flatMap(\.parts)) {
          events[part, default: []].append(event.sequence)
        }
      }
      for (part, sequences) in events {
        var sieve = WordSieve(FilterPattern(verbatim: part), in: timeline)
        let missed = sequences.filter { !sieve.passes($0, of: timeline) }
        #expect(missed == [], "\(part)")
      }
    }
  }

  @Test(
    "A filter finds what looking at every line finds",
    arguments: [
      "zzqq", "hello", "Hello", "stdout client", "pipe", "PIPE", "recvmsg kelvin", "unconfined",
      "*pipe2*", "*long*4*", "-pipe2", "pipe2|stanbul", "kelvin", "İstanbul", "17", "sigusr", "⇄",
      "type:stream", "type:tty", "type:sock*", "-type:memfd", "file:/dev/pts", "file:*.sock",
      "file:stanbul",
    ])
  func filters(text: String) throws {
    for timeline in Self.sessions {
      let filter = try Filter(text)
      var quick = StepFilter(filter)
      while !quick.isDone(timeline) { quick.goOn(in: timeline) }
      let slow = timeline.steps.indices.filter { step in
        let end =
          step + 1 < timeline.steps.count ? timeline.steps[step + 1] - 1 : timeline.lastSequence
        let events = timeline.sequences(in: timeline.steps[step]...end).compactMap { timeline[$0] }
        var matcher = FilterMatcher(filter, in: timeline)
        return matcher.matches(events[0], followers: Array(events.dropFirst()))
      }
      #expect(quick.matches == slow)
    }
  }

  @Test("Most is passed over") func power() throws {
    let timeline = Self.manyKinds.timeline
    func passing(_ text: String) -> [TraceEvent] {
      var sieve = WordSieve(FilterPattern(verbatim: text), in: timeline)
      return timeline.events.filter { sieve.passes($0.sequence, of: timeline) }
    }
    #expect(passing("3 zzqq").count < timeline.count / 5)
    // Keys are not shown.
    #expect(passing("openFlags").count < timeline.count / 5)
    #expect(passing("listen").count == timeline.count)
    #expect(passing("MSG_NOSIGNAL").count == timeline.count)
  }

  @Test(
    "All fixed words are known",
    arguments: [
      "EventLine", "EventLineMessage", "ExperimentWords", "FindingWords", "OriginWords", "Scene",
      "ThreadWords", "Wording",
    ])
  func fixedWords(name: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let file = root.appending(path: "Sources/InspectorApp/Words/\(name).swift")
    var code = try String(contentsOf: file, encoding: .utf8)
      .replacing(/\/\/.*/) { _ in "" }
    // What stands between the words, from the innermost bracket outwards.
    while let inner = code.firstMatch(of: /\\\((?:[^()"]|"[^"\\]*"|\((?:[^()]|\([^()]*\))*\))*\)/) {
      code.replaceSubrange(inner.range, with: " ")
    }
    for text in code.matches(of: /"((?:[^"\\\n]|\\.)*)"/) {
      let shown = String(text.1).replacing(/\\(?:u\{\w*\}|.)/) { _ in " " }
      for word in FilterPattern(verbatim: shown).words {
        #expect(FilterPattern(verbatim: word).isPart(of: WordSieve.fixedWords), "\(word)")
      }
    }
  }

  @Test("No other sign of Unicode has a small letter of ASCII") func smallLetters() {
    let signs = (UInt32(0x80)...0x10FFFF).compactMap { Unicode.Scalar($0) }
      .filter { $0.properties.lowercaseMapping.utf8.contains { $0 < 0x80 } }
    #expect(signs == ["\u{130}", "\u{212A}"])
  }
}

extension String {
  fileprivate var repeated: String { String(repeating: self, count: 16) }

  /// Itself, and what is left of it without its ends.
  fileprivate var parts: [String] {
    [self, String(dropFirst()), String(dropLast()), String(dropFirst(2).dropLast(2))]
      .filter { !$0.isEmpty }
  }
}
