import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// The screen with a filter on, while it is typed and after; jumps and marks.
@Suite("Filter on the screen") struct FilterScreenTests {
  private func inspector(steps: Int = 16, live: Bool = true) -> Inspector {
    .demoWithTerminals(
      steps: steps, size: Size(width: 80, height: 24), status: DemoSession.inFlight,
      options: InspectorOptions(live: live))
  }

  private func type(_ text: String, in inspector: inout Inspector) {
    for character in text {
      _ = inspector.update(.input(.key(.character(character))))
    }
  }

  @Test("A filter that was kept") func kept() throws {
    var inspector = inspector()
    try inspector.press("f")
    type("process:client -kind:process", in: &inspector)
    try inspector.press("Enter Up Up")
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout                         7 of 16 steps  PAST  step 14
      [Timeline] Message  Bytes  server fds  client fds  server tty  client tty  Why
      ┌[ Timeline: process:client -kind:process ]────────────────────────────────────┐
      │     server                            kernel                          client │
      │   9                                     ◄────────────────────── sendmsg 19 B │
      │  12                                     └──────────────► recvmsg 17 B + fd 4 │
      │▶ 14                                                              read 0, 6 B │
      │  15                                                             write 4, 6 B │
      │  16                                                              read 0, 0 B │
      ├ Message: client recvmsg on 3 ─────────────────────────────────── 8-13 of 13 ─┤
      │ │   ├ cmsg_type  1  SCM_RIGHTS                                               │
      │ │   ├ fd[0]      4  → /dev/pts/3, sent as server 1 (kcmp)                    │
      │ │   └ padding    4 bytes  to CMSG_SPACE(4)                                   │
      │ ├ flags          MSG_CMSG_CLOEXEC                                            │
      │ ├ msg_flags      MSG_CMSG_CLOEXEC                                            │
      │ └ result         17  bytes received                                          │
      ├ What just happened ──────────────────────────────────────────────────────────┤
      │ client read 6 bytes from its descriptor 0 (/dev/pts/4): "hello␊".            │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      └──────────────────────────────────────────────────────────────────────────────┘
       Space forward  b back  End now  Tab pane  z zoom  ? help  q quit  Esc show all
      """)
  }

  @Test("A filter with a mistake, in ASCII") func mistake() throws {
    var inspector = Inspector.demoWithTerminals(
      steps: 12, size: Size(width: 80, height: 24), status: DemoSession.allWait,
      options: InspectorOptions(unicode: false))
    try inspector.press("f")
    type("call:sendmsg fd:1 fd:x", in: &inspector)
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout             0 of 12 steps  NOW  step 12  || all wait
      [Timeline] Message  Bytes  server fds  client fds  server tty  client tty  Why
      +[ Timeline: call:sendmsg fd:1 fd ]--------------------------------------------+
      |     server                            kernel                          client |
      |   . waits in accept4 3                                                       |
      |   .                                                          waits in read 0 |
      |     No step passes the filter.                                               |
      |                                                                              |
      |                                                                              |
      + Message: client recvmsg on 3 ----------------------------------- 8-13 of 13 -+
      | |   | cmsg_type  1  SCM_RIGHTS                                               |
      | |   | fd[0]      4  -> /dev/pts/3, sent as server 1 (kcmp)                   |
      | |   ` padding    4 bytes  to CMSG_SPACE(4)                                   |
      | | flags          MSG_CMSG_CLOEXEC                                            |
      | | msg_flags      MSG_CMSG_CLOEXEC                                            |
      | ` result         17  bytes received                                          |
      + What just happened ----------------------------------------------- 1-5 of 6 -+
      | recvmsg returned 17. The kernel put the open file that was in flight under   |
      | client's lowest free number: 4 (/dev/pts/3). It is what server has as 1,     |
      | proven by kcmp: one offset and one set of status flags for both processes.   |
      | MSG_CMSG_CLOEXEC: an exec will close 4.                                      |
      | Everybody waits. Press i and type a line for client: client waits in read on |
       filter: call:sendmsg fd:1 fd:x                                   0 of 12 steps
                                    ^ fd takes a number, as fd:5.
      """)
  }

  @Test("Cursor, ends and Esc keep to what is shown") func moving() throws {
    var inspector = inspector(live: false)
    try inspector.press("f")
    type("call:recvmsg", in: &inspector)
    #expect(inspector.moment == .past(step: 9))
    try inspector.press("Enter Down")
    #expect(inspector.moment == .past(step: 11))
    try inspector.press("Down")
    #expect(inspector.notice == "This is the last step that the filter shows; Esc shows all.")
    try inspector.press("b b")
    #expect(inspector.notice == "This is the first step that the filter shows.")
    #expect(inspector.moment == .past(step: 9))
    try inspector.press("G g G")
    #expect(inspector.moment == .past(step: 11))
    try inspector.press("]")
    #expect(inspector.notice == "Nothing wrong was found so far.")
    try inspector.press("/ r e c v Enter")
    #expect(inspector.moment == .past(step: 9))
    #expect(inspector.screen.contains("2 of 16 steps  PAST  step 10"))
    try inspector.press("Esc")
    #expect(inspector.stepFilter == nil && inspector.moment == .past(step: 9))
    #expect(inspector.screen.contains("PAST  step 10 of 16"))
  }

  @Test("Typing starts from where it began, and Esc returns there") func origin() throws {
    var inspector = inspector()
    try inspector.press("g Down Down f")
    type("call:close", in: &inspector)
    #expect(inspector.moment != .past(step: 2))
    try inspector.press("Esc")
    #expect(inspector.moment == .past(step: 2) && inspector.mode == .normal)
    try inspector.press("f")
    type("x", in: &inspector)
    try inspector.press("Backspace Backspace")
    #expect(inspector.mode == .normal && inspector.stepFilter == nil)
  }

  @Test("Tab goes from one candidate to the next") func completion() throws {
    func typed(_ inspector: Inspector) -> String? {
      if case .filtering(let editor) = inspector.mode { editor.field.text } else { nil }
    }
    var inspector = inspector()
    try inspector.press("f f Tab")
    #expect(typed(inspector) == "fd:")
    #expect(inspector.screen.contains("\n fd:  file:  finding:"))
    try inspector.press("Tab Tab")
    #expect(typed(inspector) == "finding:")
    try inspector.press("S-Tab C-u c a Tab s e Tab")
    #expect(typed(inspector) == "call:sendmsg")
    type("|re", in: &inspector)
    try inspector.press("Tab")
    #expect(typed(inspector) == "call:sendmsg|read")
    try inspector.press("Tab")
    #expect(typed(inspector) == "call:sendmsg|recvmsg")
    try inspector.press("C-u Tab")
    #expect(typed(inspector) == "process:")
    try inspector.press("Home Delete End Left Right C-a C-e")
    #expect(typed(inspector) == "rocess:")
    _ = inspector.update(.input(.paste("a\n漢")))
    #expect(typed(inspector) == "rocess:a漢")
  }

  @Test("The same socket, open file and number, as the focus decides") func following() throws {
    var inspector = inspector()
    func steps(_ keys: String) throws -> [Int] {
      try keys.split(separator: " ").map { key in
        try inspector.press(String(key))
        return (inspector.cursorStep ?? 0) + 1
      }
    }
    // The request, both ends; then its end, and how the connection began.
    _ = try steps("g Down Down Down Down Down Down Down Down")
    #expect(try steps("} } } } { }") == [10, 11, 12, 13, 12, 13])
    #expect(
      inspector.notice
        == "This step concerns the socket behind client's 3, too; } and { go on.")
    #expect(try steps("} }").allSatisfy { (6...8).contains($0) })
    // The descriptor that was passed: the terminal that the server was started with.
    _ = try steps("End Left Left Left Left Tab")
    #expect(inspector.cursorStep == 11 && inspector.selectedNode?.role == .descriptor)
    #expect(try steps("} { {") == [15, 12, 11])
    // The client's number 4.
    _ = try steps("Right Tab Tab Tab")
    #expect(inspector.focus == .descriptors(.right))
    #expect(try steps("}") == [15])
    #expect(try steps("}") == [12])
  }

  @Test("Marks return to their steps") func marks() throws {
    var inspector = inspector()
    try inspector.press("' a")
    #expect(inspector.notice == "No step has the mark a; ma gives it.")
    try inspector.press("' '")
    #expect(inspector.notice == "No jump was made yet.")
    try inspector.press("g Down m a End '")
    #expect(inspector.screen.contains("a letter goes to its step: a"))
    try inspector.press("a")
    #expect(inspector.cursorStep == 1)
    try inspector.press("' '")
    #expect(inspector.moment == .now)
    try inspector.press("m 5")
    #expect(inspector.notice == "A mark is a letter.")
    try inspector.press("m Esc f")
    type("process:client kind:send", in: &inspector)
    try inspector.press("Enter ' a")
    #expect(inspector.notice == "That is step 2, which the filter hides; Esc shows all.")
  }
}
