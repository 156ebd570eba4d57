import InspectorApp
import Testing
import TraceModel

@Suite struct WhatComesNextTests {
  private static func thread(_ pid: Int32, _ state: ThreadStatus.State) -> ThreadStatus {
    ThreadStatus(pid: pid, tid: pid, state: state)
  }

  private static func about(_ body: TraceEvent.Body, wait: Bool = false) -> ThreadStatus {
    thread(
      Story.server,
      .before(call: TraceEvent(pid: Story.server, body: body), wouldWait: wait))
  }

  private static let waiting = thread(Story.client, .waiting(call: "recvmsg", fd: 3))
  private static var pending: MessageRecord {
    var answer = Story.answer
    answer.result = nil
    return answer
  }

  private static let room = MessageRecord(
    call: "recvmsg", socket: Story.serverEnd, data: DataExcerpt(bytes: [], capacity: 4096),
    control: ControlExcerpt(capacity: 24, length: 0, bytes: []))
  private static let accept = CallRecord(name: "accept4", fd: 3, arguments: ["SOCK_CLOEXEC"])

  static let steps: [(ThreadStatus, String)] = [
    (
      thread(Story.server, .atStart),
      "Next, server runs from the beginning of its program to its first call."
    ),
    (
      about(.send(pending)),
      "Next, server calls sendmsg on 4: it will hand over 17 bytes and descriptor 1 (/dev/pts/3)."
    ),
    (
      about(.receive(room), wait: true),
      "Next, server calls recvmsg on 4 with room for 4096 bytes and 24 bytes of control messages, which "
        + "is 2 descriptors at most. It will wait there, for nothing has come yet."
    ),
    (
      about(.call(accept), wait: true),
      "Next, server calls accept4(3, SOCK_CLOEXEC). It will wait there, for nothing has come yet."
    ),
    (
      about(.call(CallRecord(name: "write", fd: 4, data: Story.text("hello")))),
      "Next, server calls write on 4."
    ),
    (
      thread(Story.server, .after(sequence: 3)),
      "Next, server goes on in its own code, to its next call."
    ),
    (thread(Story.server, .running), "Next, server runs on to its next call."),
    (
      thread(Story.server, .suspended),
      "Next, server is stopped by job control; SIGCONT lets it go on."
    ),
  ]

  @Test("A step says what it will do and who waits meanwhile", arguments: steps)
  func step(thread: ThreadStatus, text: String) {
    let status = SessionStatus(
      mode: .stepping, threads: [thread, Self.waiting], next: Story.server)
    #expect(
      Explanation.whatComesNext(status, in: Story.joined.timeline)
        == text + " Meanwhile client waits in recvmsg on 3.")
  }

  @Test("When everybody waits, it says who could wake them") func everybodyWaits() {
    let accepting = Self.thread(Story.server, .waiting(call: "accept4", fd: 3))
    let reading = Self.thread(Story.client, .waiting(call: "read", fd: 0))
    let timeline = Story.joined.timeline
    #expect(
      Explanation.whatComesNext(
        SessionStatus(mode: .stepping, threads: [accepting, reading]), in: timeline)
        == "Everybody waits. Press i and type a line for client: client waits in read on 0 and server "
        + "waits in accept4 on 3.")
    #expect(
      Explanation.whatComesNext(
        SessionStatus(mode: .stepping, threads: [accepting]), in: timeline)
        == "Everybody waits: server waits in accept4 on 3. Only something from outside can make it "
        + "go on.")
  }

  @Test("Running and ended sessions") func modes() {
    let timeline = Story.joined.timeline
    #expect(
      Explanation.whatComesNext(
        SessionStatus(mode: .running, threads: [Self.waiting]), in: timeline)
        == "The processes run freely until you pause them. Meanwhile client waits in recvmsg on 3.")
    #expect(
      Explanation.whatComesNext(SessionStatus(mode: .ended), in: timeline)
        == "Every process has ended. Step back to look at what happened.")
  }
}
