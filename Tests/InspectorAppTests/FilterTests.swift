import Testing
import TextUI
import TraceModel

@testable import InspectorApp

extension DemoSession {
  var timeline: Timeline {
    var timeline = Timeline()
    for event in events { timeline.append(event) }
    return timeline
  }
}

/// Which events pass which filter.
@Suite("Filtering") struct FilterTests {
  private static let timeline = DemoSession.all.timeline

  private func steps(_ text: String, in timeline: Timeline = timeline) throws -> [Int] {
    var filter = StepFilter(try Filter(text))
    while !filter.isDone(timeline) { filter.goOn(in: timeline) }
    return filter.matches.map { $0 + 1 }
  }

  @Test(
    "Steps of the demo, by their numbers",
    arguments: [
      ("process:client", [2, 6, 7, 9, 12, 14, 15, 16, 17, 18]),
      ("process:fdpass-client", [2, 6, 7, 9, 12, 14, 15, 16, 17, 18]),
      ("process:41208 -kind:process", [6, 7, 9, 12, 14, 15, 16, 17]),
      ("call:recvmsg", [10, 12]),
      ("call:recv* process:server", [10]),
      ("kind:send", [9, 11]),
      ("kind:send|receive fd:1", [11]),
      ("file:/dev/pts/3 kind:receive", [12]),
      ("type:tty kind:send|receive", [11, 12]),
      ("type:stream call:sendmsg", [9, 11]),
      ("scm_rights", [11, 12]),
      ("kcmp", [12]),
      ("\"Server ready\"", [5]),
      ("kind:transfer", [12]),
      ("process:client hello", [14, 15]),
      ("finding:*", []),
      ("nothing like it", []),
    ])
  func demo(text: String, expected: [Int]) throws {
    #expect(try steps(text) == expected)
  }

  @Test("The numbers at a glance are those of the whole event") func numbers() {
    let timeline = Self.timeline
    for event in DemoSession.all.events {
      #expect(timeline.descriptorNumbers(at: event.sequence) == event.descriptorNumbers)
    }
    #expect(timeline.descriptorNumbers(at: 0) == nil)
  }

  @Test("What is told of descriptors at a glance is what the whole event tells") func facts() {
    for timeline in [Self.timeline, Story.whole.timeline] {
      var glances = 0
      for event in timeline.events {
        guard let glance = timeline.descriptorGlance(at: event.sequence) else { continue }
        glances += 1
        #expect(glance.passed == event.message?.descriptors ?? [])
        #expect(glance.changes == event.changes)
        #expect(glance.addresses == event.addresses)
        #expect(glance.pid == event.pid)
      }
      #expect(glances == timeline.count)
    }
  }

  @Test(
    "Texts in small letters as the standard library has them",
    arguments: ["", "SCM_RIGHTS → 4", "ÄÖÜ straße ΣΑΣ", "K İ Ⅷ 𝔸 🇩🇪"])
  func smallLetters(text: String) {
    #expect(text.lowercasedBytes == Array(text.lowercased().utf8))
  }

  @Test("Alternatives and negation divide the whole") func logic() throws {
    let all = Array(1...Self.timeline.steps.count)
    #expect(try steps("*") == all)
    #expect(try steps("process:server|client") == all)
    #expect(try (steps("call:recvmsg") + steps("-call:recvmsg")).sorted() == all)
    #expect(try (steps("after:1ms") + steps("before:1ms")).sorted() == all)
    #expect(try steps("result:19") == [9, 10])
  }

  @Test("A finding belongs to what it is about, also when it comes later") func findings() throws {
    var story = Story.joined
    var timeline = story.timeline
    var filter = StepFilter(try Filter("finding:*"))
    filter.goOn(in: timeline)
    #expect(filter.matches == [])
    let send = MessageRecord(
      call: "sendmsg", socket: Story.serverEnd, result: 0, data: Story.text(""),
      control: Story.rights(1), descriptors: [Story.serverTerminal])
    story.add(Story.server, .send(send))
    timeline = story.timeline
    filter.goOn(in: timeline)
    #expect(filter.matches.count == 1)
    let about = timeline.steps[filter.matches[0]]
    story.call(Story.client, CallRecord(name: "close", fd: 3, result: 0))
    timeline = story.timeline
    filter.goOn(in: timeline)
    let late = Finding(.unused, .note, about: timeline.steps[3], text: "late", cure: "")
    timeline.append(
      TraceEvent(sequence: timeline.lastSequence + 1, pid: 1, body: .finding(late)))
    filter.goOn(in: timeline)
    #expect(filter.matches.map { timeline.steps[$0] } == [timeline.steps[3], about].sorted())
    #expect(try steps("severity:error", in: timeline).count == 1)
    #expect(try steps("finding:unused call:*", in: timeline) == [4])
  }

  @Test("Lines come with what followed from them, and in order") func lines() throws {
    var lines = FilteredLines(try Filter("call:recvmsg"))
    var timeline = Timeline()
    var passed: [TraceEvent] = []
    for event in DemoSession.all.events {
      timeline.append(event)
      passed += lines.take(event, in: timeline)
    }
    passed += lines.takeRest(in: timeline)
    #expect(
      passed.map { $0.callName ?? $0.transfer.map { _ in "transfer" } } == [
        "recvmsg", "recvmsg", "transfer",
      ])
    #expect(passed.map(\.sequence) == passed.map(\.sequence).sorted())
  }

  @Test("A long session is filtered a portion at a time; keys are answered meanwhile")
  func portions() throws {
    var inspector = Inspector(
      size: Size(width: 80, height: 24), title: "test", options: InspectorOptions(live: false))
    let count = 40_000
    _ = inspector.update(
      .updates(
        (1...count).map { step in
          let call = CallRecord(name: step % 10_000 == 0 ? "rare" : "usual", result: 0)
          return .event(TraceEvent(sequence: step, pid: 1, comm: "x", body: .call(call)))
        }))
    #expect(try inspector.press("f c a l l : r a r e Enter").last == .searchOn)
    #expect(inspector.screen.contains("0 of 40000 steps (15 % looked at)"))
    try inspector.press("m a")
    #expect(inspector.marks["a"] != nil)
    while inspector.update(.searchOn).contains(.searchOn) {}
    #expect(inspector.screen.contains("4 of 40000 steps"))
    #expect(inspector.stepFilter?.matches == [9999, 19999, 29999, 39999])
    // More of them come.
    let call = CallRecord(name: "rare", result: 0)
    _ = inspector.update(
      .updates([.event(TraceEvent(sequence: count + 1, pid: 1, comm: "x", body: .call(call)))]))
    #expect(inspector.screen.contains("5 of 40001 steps"))
  }
}
