import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("Help, zoom and poor terminals") struct SpecialScreenTests {
  private let size = Size(width: 80, height: 24)

  @Test("Help of the focused pane") func help() throws {
    var inspector = Inspector.demoWithTerminals(steps: 12, size: size, status: DemoSession.allWait)
    try inspector.press("?")
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout                             NOW  step 12  ⏸ all wait
      [T┌─ Help: Timeline ─────────────────────────────────────────────────────────┐
      ┌[│ One row per step: what each process did, on its side; what the kernel    │─┐
      │ │ holds, in the middle. Up and down move through the past; nothing happens │ │
      │ │ to the processes there. ▶ is at the chosen step, and ▷ at what the next  │ │
      │ │ one will do; · is where the others stand. ──► and ◄── lead into the      │ │
      │▶│ kernel's queues and out of them, and │ below “kernel” is descriptors in  │ │
      │ │ flight. → is before new numbers, ✗ is at descriptors that are lost, !    │ │
      │ │ and i are at steps with a finding, + is time in which nothing happened,  │ │
      ├ │ and [a number] is a thread that is not the first of its process.         │─┤
      │ │                                                                          │ │
      │ │ Space s       let a process go on to its next stop; in the past: forward │ │
      │ │ 1 … 9         step only that process, in order of appearance             │ │
      │ │ b Left Right  look one step back, forward; End returns to now            │ │
      │ │ c p           let everything run; stop everything again                  │ │
      │ │ i C-]         use a program's terminal; C-] leaves, in the demo Esc too  │ │
      ├ │ x             change a send or a receive before the kernel sees it       │─┤
      │ │ Tab S-Tab     go to the next pane, the one before                        │ │
      │ │ arrows hjkl   move within the pane                                       │ │
      │ │ PgUp PgDn gG  move by pages; to the top, to the bottom                   │ │
      │ │ Enter         open or close a node, a descriptor; go to a line's step    │ │
      │ │ z             give the pane the whole screen, or not                     │ │
      └─└─────────────────────────────────────────────── 1-20 of 34: arrows, PgDn ─┘─┘
       Esc close the help  q quit
      """)
  }

  @Test("A zoomed message") func zoomMessage() throws {
    var inspector = Inspector.demoWithTerminals(steps: 12, size: size, status: DemoSession.allWait)
    try inspector.press("Tab z")
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout                             NOW  step 12  ⏸ all wait
      ┌[ Message: client recvmsg on 3 ]──────────────────────────────────────────────┐
      │ msghdr            recvmsg on 3                                               │
      │ ├ socket          3  stream, connected to server's 4                         │
      │ ├ data            1 iov, 17 of 1024 bytes  "Here is my stdout"               │
      │ ├ control         24 of 24 bytes                                             │
      │ │ └ cmsghdr 1     SCM_RIGHTS                                                 │
      │ │   ├ cmsg_len    20  = CMSG_LEN(4)                                          │
      │ │   ├ cmsg_level  1  SOL_SOCKET                                              │
      │ │   ├ cmsg_type   1  SCM_RIGHTS                                              │
      │ │   ├ fd[0]       4  → /dev/pts/3, sent as server 1 (kcmp)                   │
      │ │   └ padding     4 bytes  to CMSG_SPACE(4)                                  │
      │ ├ flags           MSG_CMSG_CLOEXEC                                           │
      │ ├ msg_flags       MSG_CMSG_CLOEXEC                                           │
      │ └ result          17  bytes received                                         │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      └──────────────────────────────────────────────────────────────────────────────┘
       b back  c continue  i type  Tab pane  z all panes  / search  ? help  q quit
      """)
  }

  @Test("ASCII only") func ascii() throws {
    var inspector = Inspector.demoWithTerminals(
      steps: 11, size: size, status: DemoSession.inFlight,
      options: InspectorOptions(unicode: false))
    try inspector.press("Tab Tab")
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout                             NOW  step 11  || stopped
       Timeline  Message [Bytes] server fds  client fds  server tty  client tty  Why
      + Timeline --------------------------------------------------------------------+
      |     server                            kernel                          client |
      |   9                                     <---------------------- sendmsg 19 B |
      |  10 recvmsg 19 B <-----------------------                                    |
      |> 11 sendmsg 17 B + fd 1 --------------->+                                    |
      |   * close 4                             | 1 fd in flight                     |
      |   .                                     |                 waits in recvmsg 3 |
      +[ Bytes ]---------------------------------------------------------------------+
      | control  24 bytes                                                            |
      | 0000  14 00 00 00 00 00 00 00 01 00 00 00 01 00 00 00  ................      |
      | 0010  01 00 00 00 00 00 00 00                          ....----              |
      | data  17 bytes                                                               |
      | 0000  48 65 72 65 20 69 73 20 6d 79 20 73 74 64 6f 75  Here is my stdou      |
      | 0010  74                                               t                     |
      + What just happened ----------------------------------------------------------+
      | sendmsg returned 17. The kernel took a reference to the open file behind     |
      | server's 1 (/dev/pts/3) and queued it with the 17 bytes. No number travels:  |
      | client will get the lowest free one of its own. Until client receives, it is |
      | in flight (client's 3 has 1 queued). server may close its 1 now.             |
      | Next, server calls close on 4. Meanwhile client waits in recvmsg on 3.       |
      +------------------------------------------------------------------------------+
       Space step  b back  c continue  i type  Tab pane  z zoom  ? help  q quit
      """)
  }

  @Test("What a session is going to show is said until somebody does something, and now alone")
  func opening() throws {
    var inspector = Inspector(
      size: Size(width: 110, height: 34), title: "demo",
      options: InspectorOptions(opening: "What you will see: a pass."))
    let begun = DemoSession.all.events(throughStep: 2)
    _ = inspector.update(.updates(begun.map(SessionUpdate.event)))
    #expect(inspector.screen.contains("│ What you will see: a pass."))
    try inspector.press("b")
    #expect(!inspector.screen.contains("What you will see"))
    try inspector.press("End")
    let next = DemoSession.all.events(throughStep: 3).dropFirst(begun.count)
    _ = inspector.update(.updates(next.map(SessionUpdate.event)))
    #expect(!inspector.screen.contains("What you will see"))
  }

  @Test("Once the pair's client has ended and nobody else can go on, the demo says that it is over")
  func demoOver() throws {
    let threads = [
      ThreadStatus(
        pid: DemoSession.server, tid: DemoSession.server,
        state: .waiting(call: "accept4", fd: 3))
    ]
    for mode in [SessionStatus.Mode.stepping, .running] {
      let end = Inspector.demo(
        steps: .max, status: SessionStatus(mode: mode, threads: threads),
        options: InspectorOptions(opening: "What you will see: a pass."))
      #expect(
        end.scene.whatComesNext
          == "That was all of it: client has ended, and server waits for another one. b looks back at "
          + "each step, q quits, and fdpass-tui learn has lessons.")
    }
    let other = Inspector.demo(
      steps: .max, status: SessionStatus(mode: .stepping, threads: threads))
    #expect(
      other.scene.whatComesNext
        == "Everybody waits: server waits in accept4 on 3. Only something from outside can make it "
        + "go on.")
  }

  @Test(
    "In a recording a process's key says that it is one; elsewhere who ended is named by number")
  func steppingWhatEnded() throws {
    for (live, notice) in [
      (true, "client has ended."),
      (
        false,
        "This is a recording: its processes are gone. b and Space move in it."
      ),
    ] {
      var inspector = Inspector.demo(
        steps: .max, status: live ? SessionStatus(mode: .stepping) : nil,
        options: InspectorOptions(live: live))
      try inspector.press("2")
      #expect(inspector.notice == notice)
    }
  }

  @Test("A pane that has the whole screen says how to see the others, however little room there is")
  func zoomedFooter() throws {
    var inspector = Inspector.demo(
      steps: 12, size: Size(width: 60, height: 16), status: DemoSession.allWait)
    inspector.focus = .descriptors(.right)
    try inspector.press("z")
    #expect(inspector.screen.contains("  z all panes  "))
  }

  @Test("Where no step passes the filter it says so, also above where the processes stand now")
  func nothingPasses() throws {
    var inspector = Inspector.demo(steps: 12, size: size, status: DemoSession.allWait)
    try inspector.press("f x y z z y Enter")
    let rows = inspector.screen.split(separator: "\n").dropFirst(4).prefix(3)
    #expect(
      rows.map { $0.filter { $0 != "│" }.drop { $0 == " " || $0 == "·" }.prefix(26) } == [
        "waits in accept4 3        ", "waits in read 0 ", "No step passes the filter.",
      ])
  }

  @Test("A notice and a title that are too long lose their ends")
  func longTitle() throws {
    let title = "replay › run python3 a-program-with-a-long-name.py, 3 minutes old"
    var inspector = Inspector(size: size, title: title)
    let begun = DemoSession.all.events(throughStep: 2)
    _ = inspector.update(.updates(begun.map(SessionUpdate.event)))
    #expect(inspector.screen.hasPrefix(" fdpass-tui  replay › run python3 a-program"))
    inspector.notice = String(repeating: "a word ", count: 20)
    #expect(inspector.screen.hasSuffix(String(repeating: " a word", count: 11) + " …"))
  }

  @Test("A pane that is narrower than its sentence has it on two lines")
  func narrowSentence() {
    var inspector = Inspector.demo(steps: 3, options: InspectorOptions())
    _ = inspector.update(.terminals([]))
    #expect(inspector.screen.contains("│ It was not given a terminal of ours; what it     │"))
    #expect(inspector.screen.contains("│ prints goes elsewhere.                           │"))
  }

  @Test("The greeting names the step where there is one to make: not at the end of what ran freely")
  func greetings() {
    func greeting(_ moment: Moment) -> String {
      var inspector = Inspector.demo(
        steps: 12, size: size, status: SessionStatus(mode: .ended),
        options: InspectorOptions(remembered: Remembered()))
      inspector.moment = moment
      return inspector.welcome
    }
    #expect(greeting(.now) == "New here? b looks back by a step, ? lists all keys, q quits.")
    #expect(
      greeting(.past(step: 0))
        == "New here? Space goes on by a step, b looks back, ? lists all keys, q quits.")
  }

  @Test("A program that is executed later does not begin the session anew") func laterExec() {
    var inspector = Inspector.demo(
      steps: 3, size: size, status: DemoSession.inFlight,
      options: InspectorOptions(opening: "What you will see: a pass."))
    let executed = TraceEvent(
      sequence: inspector.timeline.lastSequence + 1, pid: DemoSession.client,
      body: .process(ProcessRecord(event: .executed, arguments: ["sh"])))
    _ = inspector.update(.updates([.event(executed)]))
    #expect(inspector.screen.contains("runs a new program"))
    #expect(!inspector.screen.contains("What you will see"))
  }

  @Test("The first picture says what the first step does before it tells of a process")
  func firstStep() {
    let opening =
      "What you will see: server opens a port that its rules allow, and passes the listening socket "
      + "to client, which becomes a program that could serve there. For lessons on all of it: "
      + "fdpass-tui learn."
    let inspector = Inspector.demo(
      steps: 2, size: Size(width: 80, height: 24), status: DemoSession.atStart,
      options: InspectorOptions(remembered: Remembered(), opening: opening))
    let why = inspector.screen.split(separator: "\n").dropLast(2).suffix(5)
    #expect(
      why.joined(separator: "\n") == """
        │ New here? Space goes on by a step, b looks back, ? lists all keys, q quits.  │
        │ What you will see: server opens a port that its rules allow, and passes the  │
        │ listening socket to client, which becomes a program that could serve there.  │
        │ For lessons on all of it: fdpass-tui learn.                                  │
        │ Next, server runs from the beginning of its program to its first call.       │
        """)
  }
}
