import ControlMessages
import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// Findings on the screen and in lines.
@Suite struct FindingScreenTests {
  /// The server sends without data, the client receives without close-on-exec.
  private static let story: Story = {
    var story = Story.joined
    let send = MessageRecord(
      call: "sendmsg", socket: Story.serverEnd, result: 0, data: Story.text(""),
      control: Story.rights(1), descriptors: [Story.serverTerminal])
    story.add(Story.server, .send(send))
    var row = Story.received
    row.closeOnExec = false
    var taken = Story.answerTaken
    taken.flags = []
    taken.messageFlags = []
    taken.descriptors = [row]
    story.add(Story.server, .send(Story.answer))
    story.add(Story.client, .receive(taken), [row])
    story.call(Story.client, CallRecord(name: "write", fd: 4, result: 1, data: Story.text("x")))
    return story
  }()

  private func inspector() -> Inspector {
    var inspector = Inspector(size: Size(width: 80, height: 24), title: "run › pair")
    _ = inspector.update(.updates(Self.story.timeline.events.map(SessionUpdate.event)))
    return inspector
  }

  private func explanation(_ inspector: Inspector) -> String {
    let lines = inspector.screen.split(separator: "\n").map(String.init)
    let start = lines.lastIndex { $0.contains("What just happened") } ?? 0
    return lines[(start + 1)...].map { $0.trimmingPrefix("│ ").split(separator: "│")[0] }
      .map { $0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed() }
      .map { String($0) }.joined(separator: "\n")
  }

  @Test("The key goes from one to the next, and shows it with its cure") func keys() throws {
    var inspector = inspector()
    try inspector.press("[")
    #expect(inspector.screen.contains("! 2  PAST"))
    // A note stands after the explanation, but was asked for.
    #expect(explanation(inspector).hasPrefix("note: client received 4 (/dev/pts/3) without"))
    #expect(explanation(inspector).contains("clear\nthe flag in the child."))
    try inspector.press("[")
    #expect(explanation(inspector).hasPrefix("error: server sent descriptor 1 with 0 bytes"))
    #expect(explanation(inspector).contains("Send at least 1 byte"))
    try inspector.press("]")
    #expect(explanation(inspector).hasPrefix("note: "))
    // Who comes by another way reads from the beginning.
    try inspector.press("Left Right")
    try inspector.press("Left")
    #expect(explanation(inspector).hasPrefix("sendmsg returned 17."))
  }

  @Test("Where the way leads around, it says to where, and from where") func around() throws {
    var inspector = inspector()
    let steps = inspector.history.steps.count
    try inspector.press("]")
    #expect(
      inspector.notice
        == "Nothing found after step \(steps): this is the first of 2 steps with findings.")
    try inspector.press("[")
    #expect(
      inspector.notice == "That was the first; this is the last of 2 steps with findings.")
    try inspector.press("]")
    #expect(
      inspector.notice == "That was the last; this is the first of 2 steps with findings.")
    try inspector.press("]")
    #expect(inspector.notice == nil)
  }

  @Test("One finding alone is said to be the only one, wherever one comes from")
  func onlyOne() throws {
    var inspector = Inspector(size: Size(width: 80, height: 24), title: "run › pair")
    let events = Array(Self.story.timeline.events)
    let second = try #require(
      events.lastIndex { if case .finding = $0.body { true } else { false } })
    _ = inspector.update(.updates(events.prefix(second).map(SessionUpdate.event)))
    let about = try #require(inspector.timeline.eventsWithFindings.first)
    #expect(inspector.timeline.findings.count == 1)
    #expect(inspector.cursorStep != inspector.timeline.stepIndex(of: about))
    for key in ["]", "!", "["] {
      try inspector.press(key)
      #expect(inspector.notice == "This is the only finding.")
      #expect(inspector.cursorStep == inspector.timeline.stepIndex(of: about))
    }
  }

  @Test("A line says what a later finding is about, and the cure has its own") func lines() {
    let timeline = Self.story.timeline
    let lines = timeline.findings.compactMap { timeline[$0] }
      .map { EventLine.text($0, in: timeline) }
    let indent = String(repeating: " ", count: 26)
    #expect(
      lines == [
        """
        \(indent)error: server sent descriptor 1 with 0 bytes over a stream. sendmsg returned 0, a \
        success, but on a stream a descriptor travels with a byte of data: nothing was queued, and \
        nothing will arrive.
        \(indent)  Send at least 1 byte of data along with the descriptors.
        """,
        """
        \(indent)about the recvmsg at 0.003000: note: client received 4 (/dev/pts/3) without \
        close-on-exec: it stays open in every program that it, or a child of it, executes.
        \(indent)  Pass MSG_CMSG_CLOEXEC to recvmsg; FD_CLOEXEC set afterwards comes too late for a \
        fork and exec by another thread. For a descriptor that a new program is meant to have, \
        clear the flag in the child.
        """,
      ])
  }
}
