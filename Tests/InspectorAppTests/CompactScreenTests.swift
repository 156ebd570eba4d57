import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("Eighty columns and twenty-four rows") struct CompactScreenTests {
  private let size = Size(width: 80, height: 24)

  @Test("Before the first step") func start() throws {
    let inspector = Inspector.demoWithTerminals(steps: 2, size: size, status: DemoSession.atStart)
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout                               NOW  step 2  ⏸ stopped
      [Timeline] Message  Bytes  server fds  client fds  server tty  client tty  Why
      ┌[ Timeline ]──────────────────────────────────────────────────────────────────┐
      │     server                            kernel                          client │
      │   1 starts                                                                   │
      │▶  2                                                                   starts │
      │   ▷ at its start                                                             │
      │   ·                                                             at its start │
      │                                                                              │
      ├ client /proc/41208/fd ───────────────────────────────────────────────────────┤
      │ 0 → /dev/pts/4  pos 0  O_RDWR                                                │
      │ 1 → /dev/pts/4  pos 0  O_RDWR                                                │
      │ 2 → /dev/pts/4  pos 0  O_RDWR                                                │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ├ What just happened ──────────────────────────────────────────────────────────┤
      │ client is process 41208: `fdpass-client`. Process 41200 made it. Its table   │
      │ has 3 descriptors: 0 (/dev/pts/4), 1 (/dev/pts/4) and 2 (/dev/pts/4).        │
      │ Next, server runs from the beginning of its program to its first call.       │
      │                                                                              │
      │                                                                              │
      └──────────────────────────────────────────────────────────────────────────────┘
       Space step  b back  c continue  i type  Tab pane  z zoom  ? help  q quit
      """)
  }

  @Test("In flight") func inFlight() throws {
    let inspector = Inspector.demoWithTerminals(steps: 11, size: size, status: DemoSession.inFlight)
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout                              NOW  step 11  ⏸ stopped
      [Timeline] Message  Bytes  server fds  client fds  server tty  client tty  Why
      ┌[ Timeline ]──────────────────────────────────────────────────────────────────┐
      │     server                            kernel                          client │
      │   9                                     ◄────────────────────── sendmsg 19 B │
      │  10 recvmsg 19 B ◄───────────────────────                                    │
      │▶ 11 sendmsg 17 B + fd 1 ───────────────►┐                                    │
      │   ▷ close 4                             │ 1 fd in flight                     │
      │   ·                                     │                 waits in recvmsg 3 │
      ├ Message: server sendmsg on 4 ──────────────────────────────────── 4-9 of 12 ─┤
      │ ├ control         24 bytes                                                   │
      │ │ └ cmsghdr 1     SCM_RIGHTS                                                 │
      │ │   ├ cmsg_len    20  = CMSG_LEN(4)                                          │
      │ │   ├ cmsg_level  1  SOL_SOCKET                                              │
      │ │   ├ cmsg_type   1  SCM_RIGHTS                                              │
      │ │   ├ fd[0]       1  → /dev/pts/3 (its stdout)                               │
      ├ What just happened ──────────────────────────────────────────────────────────┤
      │ sendmsg returned 17. The kernel took a reference to the open file behind     │
      │ server's 1 (/dev/pts/3) and queued it with the 17 bytes. No number travels:  │
      │ client will get the lowest free one of its own. Until client receives, it is │
      │ in flight (client's 3 has 1 queued). server may close its 1 now.             │
      │ Next, server calls close on 4. Meanwhile client waits in recvmsg on 3.       │
      └──────────────────────────────────────────────────────────────────────────────┘
       Space step  b back  c continue  i type  Tab pane  z zoom  ? help  q quit
      """)
  }

  @Test("Typing to the client") func typing() throws {
    var inspector = Inspector.demoWithTerminals(steps: 12, size: size, status: DemoSession.allWait)
    try inspector.press("i")
    #expect(inspector.frame.cursor == Point(x: 41, y: 12))
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout                             NOW  step 12  ⏸ all wait
       Timeline  Message  Bytes  server fds  client fds  server tty [client tty] Why
      ┌ Timeline ────────────────────────────────────────────────────────────────────┐
      │     server                            kernel                          client │
      │  10 recvmsg 19 B ◄───────────────────────                                    │
      │  11 sendmsg 17 B + fd 1 ───────────────►┐                                    │
      │▶ 12                                     └──────────────► recvmsg 17 B + fd 4 │
      │   · waits in accept4 3                                                       │
      │   ·                                                          waits in read 0 │
      ├ server's terminal ───────────────────┬[ client: typing, Esc leaves ]─────────┤
      │ Server ready on /run/user/0/fdpass.s │ Sending my Stdin to Server's Stdout a │
      │ ock                                  │ s fd 4                                │
      │ New Client: (unnamed)                │                                       │
      │ Client Request: Send me your Stdout  │                                       │
      │                                      │                                       │
      │                                      │                                       │
      ├ What just happened ──────────────────┴──────────────────────────── 1-5 of 6 ─┤
      │ recvmsg returned 17. The kernel put the open file that was in flight under   │
      │ client's lowest free number: 4 (/dev/pts/3). It is what server has as 1,     │
      │ proven by kcmp: one offset and one set of status flags for both processes.   │
      │ MSG_CMSG_CLOEXEC: an exec will close 4.                                      │
      │ Everybody waits. Press i and type a line for client: client waits in read on │
      └──────────────────────────────────────────────────────────────────────────────┘
       Esc stop typing  every other key goes to client's terminal
      """)
  }

  @Test("Looking at the past") func past() throws {
    var inspector = Inspector.demoWithTerminals(steps: 17, size: size, status: DemoSession.allWait)
    try inspector.press("b b b b b b b b")
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout   server 41207 ⇄ client 41208     PAST  step 9 of 17
      [Timeline] Message  Bytes  server fds  client fds  server tty  client tty  Why
      ┌[ Timeline ]──────────────────────────────────────────────────────────────────┐
      │     server                            kernel                          client │
      │   7                                     ◄─────────────── connect fdpass.sock │
      │   8 accept4 3 → 4                                                            │
      │▶  9                                     ◄────────────────────── sendmsg 19 B │
      │  10 recvmsg 19 B ◄───────────────────────                                    │
      │  11 sendmsg 17 B + fd 1 ───────────────►┐                                    │
      ├ Message: client sendmsg on 3 ────────────────────────────────────────────────┤
      │ msghdr     sendmsg on 3                                                      │
      │ ├ socket   3  stream, connected to server's 4                                │
      │ ├ data     1 iov, 19 bytes  "Send me your Stdout"                            │
      │ ├ control  none                                                              │
      │ ├ flags    0                                                                 │
      │ └ result   19  bytes sent                                                    │
      ├ What just happened ──────────────────────────────────────────────────────────┤
      │ sendmsg returned 19: the kernel queued 19 bytes for server. They are "Send   │
      │ me your Stdout". There was no control message, so no descriptor goes along.  │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      └──────────────────────────────────────────────────────────────────────────────┘
       Space forward  b back  End now  Tab pane  z zoom  / search  ? help  q quit
      """)
  }
}
