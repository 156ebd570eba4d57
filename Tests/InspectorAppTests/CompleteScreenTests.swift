import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("All panes at once") struct CompleteScreenTests {
  private let size = Size(width: 110, height: 34)

  @Test("Stopped before the send") func beforeSend() throws {
    let inspector = Inspector.demoWithTerminals(
      steps: 10, size: size, status: DemoSession.beforeSend)
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout               server 41207 ⇄ client 41208  NOW  step 10, before sendmsg  ⏸ stopped
      ┌[ Timeline ]──────────────────────────────────────┬ Message: server is about to sendmsg on 4 ─── 3-9 of 11 ─┐
      │     server              kernel            client │ ├ data           1 iov, 17 bytes  "Here is my stdout"   │
      │   2                                       starts │ ├ control        24 bytes                               │
      │   3 socket → 3                                   │ │ └ cmsghdr 1    SCM_RIGHTS                             │
      │   4 bind fdpass.sock                             │ │   ├ cmsg_len   20  = CMSG_LEN(4)                      │
      │   5 listen 3                                     │ │   ├ cmsg_level 1  SOL_SOCKET                          │
      │   6                                   socket → 3 │ │   ├ cmsg_type  1  SCM_RIGHTS                          │
      │   7                       ◄─ connect fdpass.sock │ │   ├ fd[0]      1  → /dev/pts/3 (its stdout)           │
      │   8 accept4 3 → 4                                ├ Bytes ─────────────────────────────────────── 1-4 of 8 ─┤
      │   9                       ◄──────── sendmsg 19 B │ control  24 bytes                                       │
      │▶ 10 recvmsg 19 B ◄─────────                      │ 0000  14 00 00 00 00 00 00 00  ········  cmsg_len       │
      │   ▷ sendmsg 17 B + fd 1                          │ 0008  01 00 00 00 01 00 00 00  ········  level, type    │
      │   ·                           waits in recvmsg 3 │ 0010  01 00 00 00 00 00 00 00  ····----  fd 1, padding  │
      ├ server /proc/41207/fd ───────────────────────────┼ client /proc/41208/fd ──────────────────────────────────┤
      │ 0 → /dev/pts/3  pos 0  O_RDWR                    │ 0 → /dev/pts/4  pos 0  O_RDWR                           │
      │ 1 → /dev/pts/3  pos 0  O_RDWR                    │ 1 → /dev/pts/4  pos 0  O_RDWR                           │
      │ 2 → /dev/pts/3  pos 0  O_RDWR                    │ 2 → /dev/pts/4  pos 0  O_RDWR                           │
      │ 3 → socket LISTEN …/fdpass.sock  CLOEXEC         │ 3 → socket ⇄ server 4  CLOEXEC                          │
      │ 4 → socket ⇄ client 3  CLOEXEC                   │                                                         │
      │                                                  │                                                         │
      ├ server's terminal ───────────────────────────────┼ client's terminal ──────────────────────────────────────┤
      │ Server ready on /run/user/0/fdpass.sock          │ Nothing printed yet.                                    │
      │ New Client: (unnamed)                            │                                                         │
      │ Client Request: Send me your Stdout              │                                                         │
      │                                                  │                                                         │
      ├ What just happened ──────────────────────────────┴─────────────────────────────────────────────────────────┤
      │ recvmsg returned 19: server took 19 bytes from client. They are "Send me your Stdout". server offered no   │
      │ control buffer, so no descriptor could come with them.                                                     │
      │ Next, server calls sendmsg on 4: it will hand over 17 bytes and descriptor 1 (/dev/pts/3). Meanwhile       │
      │ client waits in recvmsg on 3.                                                                              │
      │                                                                                                            │
      └────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
       Space step  b back  c continue  i type  x what if  Tab pane  z zoom  / search  f filter  ? help  q quit
      """)
  }

  @Test("After the receive, when everybody waits") func afterReceive() throws {
    let inspector = Inspector.demoWithTerminals(steps: 12, size: size, status: DemoSession.allWait)
    expectScreen(
      inspector,
      """
       fdpass-tui  demo › stdout               server 41207 ⇄ client 41208                 NOW  step 12  ⏸ all wait
      ┌[ Timeline ]──────────────────────────────────────┬ Message: client recvmsg on 3 ────────────── 6-12 of 13 ─┐
      │     server              kernel            client │ │   ├ cmsg_len   20  = CMSG_LEN(4)                      │
      │   4 bind fdpass.sock                             │ │   ├ cmsg_level 1  SOL_SOCKET                          │
      │   5 listen 3                                     │ │   ├ cmsg_type  1  SCM_RIGHTS                          │
      │   6                                   socket → 3 │ │   ├ fd[0]      4 → /dev/pts/3, sent as server 1 (kcmp)│
      │   7                       ◄─ connect fdpass.sock │ │   └ padding    4 bytes  to CMSG_SPACE(4)              │
      │   8 accept4 3 → 4                                │ ├ flags          MSG_CMSG_CLOEXEC                       │
      │   9                       ◄──────── sendmsg 19 B │ ├ msg_flags      MSG_CMSG_CLOEXEC                       │
      │  10 recvmsg 19 B ◄─────────                      ├ Bytes ────────────────────────────────────── 1-4 of 12 ─┤
      │  11 sendmsg 17 B + fd 1 ─►┐                      │ client got  24 of 24 bytes, 1 changed  ████████████████ │
      │▶ 12                       └► recvmsg 17 B + fd 4 │ 0000  14 00 00 00 00 00 00 00  ········  cmsg_len       │
      │   · waits in accept4 3                           │ 0008  01 00 00 00 01 00 00 00  ········  level, type    │
      │   ·                              waits in read 0 │ 0010  04 00 00 00 00 00 00 00  ····----  fd 4, padding  │
      ├ server /proc/41207/fd ───────────────────────────┼ client /proc/41208/fd ──────────────────────────────────┤
      │ 0 → /dev/pts/3  pos 0  O_RDWR ═ same as client 4 │ 0 → /dev/pts/4  pos 0  O_RDWR                           │
      │ 1 → /dev/pts/3  pos 0  O_RDWR ═ same as client 4 │ 1 → /dev/pts/4  pos 0  O_RDWR                           │
      │ 2 → /dev/pts/3  pos 0  O_RDWR ═ same as client 4 │ 2 → /dev/pts/4  pos 0  O_RDWR                           │
      │ 3 → socket LISTEN …/fdpass.sock  CLOEXEC         │ 3 → socket ⇄ server 4  CLOEXEC                  changed │
      │ 4 → socket ⇄ client 3  CLOEXEC                   │ 4 → /dev/pts/3  pos 0  O_RDWR       ═ server 0,1,2  NEW │
      │                                                  │                                                         │
      ├ server's terminal ───────────────────────────────┼ client's terminal ──────────────────────────────────────┤
      │ Server ready on /run/user/0/fdpass.sock          │ Sending my Stdin to Server's Stdout as fd 4             │
      │ New Client: (unnamed)                            │                                                         │
      │ Client Request: Send me your Stdout              │                                                         │
      │                                                  │                                                         │
      ├ What just happened ──────────────────────────────┴─────────────────────────────────────────────────────────┤
      │ recvmsg returned 17. The kernel put the open file that was in flight under client's lowest free number: 4  │
      │ (/dev/pts/3). It is what server has as 1, proven by kcmp: one offset and one set of status flags for both  │
      │ processes. MSG_CMSG_CLOEXEC: an exec will close 4.                                                         │
      │ Everybody waits. Press i and type a line for client: client waits in read on 0 and server waits in accept4 │
      │ on 3.                                                                                                      │
      └────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
       b back  c continue  i type  Tab pane  z zoom  / search  f filter  ? help  q quit
      """)
  }
}
