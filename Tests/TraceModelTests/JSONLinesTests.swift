import ControlMessages
import Testing
import TraceModel

@Suite struct JSONLinesTests {
  @Test("Every kind comes back as it was written", arguments: Samples.bodies)
  func roundTrip(body: TraceEvent.Body) throws {
    var event = Samples.event(body)
    event.isStepped = true
    let line = JSONLines.line(for: event)
    #expect(line.starts(with: #"{"v":1,"seq":6,"time":0.004213,"kind":""#.utf8))
    #expect(line.last == 0x0A && !line.dropLast().contains(0x0A))
    #expect(try JSONLines.event(from: line.dropLast()) == event)
  }

  @Test(
    "What was changed in a call comes back too",
    arguments: [
      .resizeControl(to: 20), .removeControl, .addFlags(.peek), .removeFlags(.closeOnExec),
      .dropDescriptor(at: 1), .replaceDescriptor(at: 0, by: -1), .declareLength(24), .noData,
      .limitDescriptors(to: 4), .fail(error: "EMFILE"),
    ] as [Experiment])
  func experiments(experiment: Experiment) throws {
    let record = ExperimentRecord(experiment, changes: [.init("field", was: "1", now: "2")])
    let message = MessageRecord(
      call: "sendmsg", socket: SocketInfo(fd: 4), experiment: record)
    let line = JSONLines.line(for: Samples.event(.send(message)))
    #expect(try JSONLines.event(from: line.dropLast())?.message?.experiment == record)
    let text = String(decoding: line, as: UTF8.self)
    #expect(text.contains(#""experiment":{"name":"\#(experiment.name)""#))
  }

  @Test("A line has the keys of the contract, in its order") func literal() {
    let bytes = ControlBuffer.encode([.rights([1])], abi: .bits64)
    let event = TraceEvent(
      sequence: 6, time: 4213, pid: 41207, comm: "fdpass-server",
      body: .send(
        MessageRecord(
          call: "sendmsg",
          socket: SocketInfo(
            fd: 4, type: .stream, inode: 70112, peer: 70111, path: "/run/user/0/fdpass.sock"),
          result: 17, flags: MessageFlags(rawValue: 0x4000),
          data: DataExcerpt(bytes: Array("Here is my stdout".utf8)),
          control: ControlExcerpt(capacity: 24, length: 24, bytes: bytes),
          descriptors: [
            DescriptorFacts(fd: 1, target: "/dev/pts/3", kind: .character, device: 24, inode: 6)
          ])))
    #expect(
      String(decoding: JSONLines.line(for: event), as: UTF8.self) == """
        {"v":1,"seq":6,"time":0.004213,"kind":"send","pid":41207,"tid":41207,\
        "comm":"fdpass-server","call":"sendmsg",\
        "socket":{"fd":4,"type":"stream","inode":70112,"peer":70111,\
        "path":"/run/user/0/fdpass.sock"},"result":17,"error":null,"flags":["MSG_NOSIGNAL"],\
        "data":{"length":17,"base64":"SGVyZSBpcyBteSBzdGRvdXQ="},\
        "control":{"capacity":24,"length":24,"base64":"FAAAAAAAAAABAAAAAQAAAAEAAAAAAAAA",\
        "messages":[{"offset":0,"length":20,"level":"SOL_SOCKET","type":"SCM_RIGHTS",\
        "descriptors":[{"fd":1,"target":"/dev/pts/3","file":"chr","device":24,"inode":6,\
        "openFlags":0,"cloexec":false}]}]}}

        """)
  }

  @Test("Control characters are escaped, the second kind too") func controls() throws {
    let comm = "\u{1B}[2J\u{9B}2J\u{7F}\u{A0}\u{85}é\n"
    let event = TraceEvent(sequence: 1, pid: 2, comm: comm, body: Samples.bodies[1])
    let line = JSONLines.line(for: event)
    #expect(
      String(decoding: line, as: UTF8.self).contains(
        #""comm":"\u001b[2J\u009b2J\u007f"# + "\u{A0}" + #"\u0085é\n""#))
    #expect(try JSONLines.event(from: line.dropLast())?.comm == comm)
  }

  @Test("Lines of the contract's shape are read, unknown keys and all") func contract() throws {
    let transfer = try JSONLines.event(
      from: Array(
        #"{"v":1,"seq":9,"kind":"transfer","send":6,"receive":8,"new":{"a":[1.5e3,true]},"#.utf8)
        + Array(#""descriptors":[{"sent":1,"received":4,"proof":"kcmp"}]}"#.utf8))
    let pair = Transfer.Pair(sent: 1, received: 4, proof: .kcmp)
    #expect(transfer?.sequence == 9)
    #expect(transfer?.transfer == Transfer(send: 6, receive: 8, descriptors: [pair]))
    let receive = try JSONLines.event(
      from: Array(
        #"{"v":1,"seq":8,"time":0.0051,"kind":"receive","call":"recvmsg","socket":{"fd":3},"#.utf8)
        + Array(#""flags":["MSG_CMSG_CLOEXEC","MSG_NEW"],"messageFlags":[]}"#.utf8))
    #expect(receive?.time == 5100)
    #expect(receive?.message?.flags == .closeOnExec)
    #expect(receive?.message?.messageFlags == [])
  }

  @Test("A kind of a newer version is passed over")
  func unknownKind() throws {
    let line = #"{"v":1,"seq":12,"kind":"hint","code":"truncated","severity":"warning"}"#
    #expect(try JSONLines.event(from: Array(line.utf8)) == nil)
  }

  @Test(
    "A line that cannot be read says why",
    arguments: [
      ("", "not JSON: the line ends in the middle of a value at byte 0"),
      ("{}", "no version number `v`, so this is not a line of a recording"),
      ("[1]", "no version number `v`, so this is not a line of a recording"),
      (#"{"v":2,"kind":"call"}"#, "format version 2; this program reads 1"),
      (#"{"v":1}"#, "no `kind`"),
      (#"{"v":1,"kind":"call"}"#, "a `call` line without what such a line must have"),
      (
        #"{"v":1,"kind":"send","call":"sendmsg"}"#,
        "a `send` line without what such a line must have"
      ),
      (
        #"{"v":1,"kind":"process","event":"exit"}"#,
        "a `process` line without what such a line must have"
      ),
      (#"{"v":1} x"#, "not JSON: text after the value at byte 8"),
      (#"{"v":1,"a":"\q"}"#, "not JSON: an unknown escape at byte 14"),
      (#"{"v":1,"a":"\u+041"}"#, "not JSON: four hexadecimal digits were expected at byte 14"),
      (#"{"v":1,"a":tru}"#, "not JSON: a value was expected at byte 11"),
      (String(repeating: "[", count: 40), "not JSON: nested too deeply at byte 32"),
    ])
  func broken(line: String, sentence: String) {
    let error = #expect(throws: RecordingLineError.self) {
      try JSONLines.event(from: Array(line.utf8))
    }
    #expect(error?.description == sentence)
  }

  @Test("A line cut anywhere is refused and never a crash", arguments: Samples.bodies)
  func cut(body: TraceEvent.Body) {
    let line = JSONLines.line(for: Samples.event(body)).dropLast()
    for length in 0..<line.count {
      #expect(throws: RecordingLineError.self) {
        try JSONLines.event(from: Array(line.prefix(length)))
      }
    }
  }

  @Test("Damaged bytes never crash the reader, nor what follows it") func damaged() {
    var generator = SeededGenerator(seed: 3)
    var derivation = Derivation()
    for _ in 0..<3000 {
      let body = Samples.bodies.randomElement(using: &generator) ?? Samples.bodies[0]
      var line = Array(JSONLines.line(for: Samples.event(body)).dropLast())
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let index = Int.random(in: line.indices, using: &generator)
        line[index] = UInt8.random(in: 0x20...0x7E, using: &generator)
      }
      guard let event = try? JSONLines.event(from: line) else { continue }
      _ = derivation.add(event)
      _ = JSONLines.line(for: event)
    }
  }

  @Test(
    "Numbers at the edge of their types",
    arguments: [
      #"{"v":1,"kind":"send","call":"x","socket":{"fd":3,"inode":5,"type":"stream"},"result":9223372036854775807}"#,
      #"{"v":1,"kind":"receive","call":"x","socket":{"fd":3,"peer":5,"type":"stream"},"result":9223372036854775807}"#,
      #"{"v":1,"time":-9223372036854.775808,"kind":"send","call":"x","socket":{"fd":3},"result":-1}"#,
      #"{"v":1,"kind":"output","data":{"length":-5,"base64":"AAAA"}}"#,
      #"{"v":1,"kind":"receive","call":"x","socket":{"fd":3},"control":{"capacity":-9,"length":-9,"base64":"AA=="}}"#,
    ])
  func edges(line: String) throws {
    var derivation = Derivation()
    for _ in 0..<3 {
      let event = try #require(try JSONLines.event(from: Array(line.utf8)))
      _ = derivation.add(event).map { JSONLines.line(for: $0) }
    }
  }
}
