import TestKit
import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// The list from which processes are chosen.
@Suite("Choosing processes")
struct ChooserTests {
  private static let census = SocketCensusResult(
    processes: [
      SocketProcess(
        pid: 812, comm: "dbus-daemon", user: "messagebus",
        paths: ["/run/dbus/system_bus_socket", "@dbus"],
        peers: [.init(pid: 1, comm: "systemd"), .init(pid: 900, comm: "polkitd")], queued: 2),
      SocketProcess(
        pid: 900, comm: "polkitd", user: "root", paths: [],
        peers: [.init(pid: 812, comm: "dbus-daemon")], queued: 0),
      SocketProcess(
        pid: 41207, comm: "evil\u{1b}[2J", user: "user 1234", paths: ["/tmp/s"], peers: [],
        queued: 0),
    ], hidden: 12)

  private func chooser(_ size: Size = Size(width: 100, height: 12)) -> Chooser {
    var chooser = Chooser(size: size)
    _ = chooser.update(.census(Self.census))
    return chooser
  }

  private func press(_ keys: String, _ chooser: inout Chooser) throws -> [Chooser.Effect] {
    try Key.parse(list: keys).flatMap { chooser.update(.input(.key($0))) }
  }

  private func picture(_ chooser: Chooser) -> Frame {
    var frame = Frame(size: chooser.size)
    chooser.view(&frame)
    return frame
  }

  @Test("shows who is joined with whom")
  func list() {
    expectFrame(
      picture(chooser()),
      """
       fdpass-tui  attach: processes joined by Unix sockets                                   3 processes
       Filter:  type to filter
         PID  NAME         USER        QUEUED  SOCKET                          PEERS
         812  dbus-daemon  messagebus       2  /run/dbus/system_bus_socket +1  systemd 1, polkitd 900
         900  polkitd      root                (unnamed)                       dbus-daemon 812
       41207  evil␛[2J     user 1234           /tmp/s



       dbus-daemon 812 is joined with systemd 1, polkitd 900 at /run/dbus/system_bus_socket, @dbus.
       12 processes do not show their sockets to you: run fdpass-tui as root (sudo) to see them.
       Enter attach  Tab mark  Up Down move  q Esc quit
      """)
  }

  @Test("what is typed filters; Esc clears, then leaves; q leaves only while nothing is typed")
  func filter() throws {
    var list = chooser()
    #expect(try press("p o l", &list).isEmpty)
    // Both the one of this name and the one that is its peer.
    #expect(list.rows.map(\.pid) == [812, 900])
    #expect(try press("Space r o o t", &list).isEmpty)
    #expect(list.rows.map(\.pid) == [900])
    #expect(try press("q", &list).isEmpty)
    #expect(list.rows.isEmpty)
    #expect(picture(list).plainText().contains("No process matches the filter. Esc clears it."))
    #expect(try press("Esc", &list).isEmpty)
    #expect(try press("Esc", &list) == [.quit])
    #expect(try press("q", &list) == [.quit])
    #expect(try press("C-c", &list) == [.quit])
  }

  @Test("Enter attaches the row, or all that are marked")
  func attach() throws {
    var list = chooser()
    #expect(try press("Down Enter", &list) == [.attach([900])])
    #expect(try press("Home Tab Down Tab Enter", &list) == [.attach([812, 41207])])
    #expect(picture(list).plainText().contains("Enter attach 2 marked"))
  }

  @Test("the cursor stays on its process while the list changes")
  func refreshing() throws {
    var list = chooser()
    _ = try press("Down", &list)
    var next = Self.census
    next.processes.removeFirst()
    _ = list.update(.census(next))
    #expect(list.selected == 900)
    next.processes.removeFirst()
    _ = list.update(.census(next))
    #expect(list.selected == 41207)
    _ = list.update(.census(SocketCensusResult()))
    #expect(list.selected == nil)
    #expect(try press("Enter", &list).isEmpty)
    #expect(
      picture(list).plainText().contains("No process here is joined to another by a Unix socket."))
  }

  @Test("a long list scrolls, and nothing breaks at any size")
  func scrolling() throws {
    let many = SocketCensusResult(
      processes: (1...500).map { pid in
        SocketProcess(
          pid: Int32(pid), comm: "p\(pid)", user: "root", paths: ["/s"], peers: [], queued: 0)
      })
    var list = chooser(Size(width: 80, height: 24))
    _ = list.update(.census(many))
    _ = try press("End", &list)
    #expect(picture(list).plainText().contains("p500"))
    _ = try press("PgUp PgUp", &list)
    #expect(!picture(list).plainText().contains("p500"))
    for (width, height) in [(1, 1), (10, 3), (20, 7), (300, 100)] {
      _ = list.update(.input(.resize(Size(width: width, height: height))))
      _ = picture(list)
    }
  }

  @Test("peers that do not fit are counted, and the list ends before the edge")
  func manyPeers() {
    let peers = (1...5).map { SocketProcess.Peer(pid: $0 + 18460, comm: "swift-frontend") }
    let census = SocketCensusResult(
      processes: [
        SocketProcess(
          pid: 13232, comm: "swift-build", user: "root", paths: [], peers: peers, queued: 0)
      ], hidden: 0)
    func row(_ width: Int) -> String {
      var chooser = Chooser(size: Size(width: width, height: 12))
      _ = chooser.update(.census(census))
      return picture(chooser).plainText().split(separator: "\n").map(String.init)[3]
    }
    let start = " 13232  swift-build  root          (unnamed)  swift-frontend 18461"
    #expect(row(80) == start + " +4")
    #expect(row(95) == start + ", swift-frontend 18462 +3")
    #expect(row(68).hasSuffix("(unnamed)  swift-front… 18461 +4"))
  }

  @Test("as text it has everything, as JSON a line each")
  func lines() {
    #expect(
      ChooserColumns.text(Self.census) == """
          PID  NAME         USER        QUEUED  SOCKET                          PEERS
          812  dbus-daemon  messagebus       2  /run/dbus/system_bus_socket +1  systemd 1, polkitd 900
          900  polkitd      root                (unnamed)                       dbus-daemon 812
        41207  evil␛[2J     user 1234           /tmp/s

        """)
    #expect(
      String(decoding: Self.census.processes[1].jsonLine, as: UTF8.self)
        == #"{"v":1,"kind":"candidate","pid":900,"comm":"polkitd","user":"root","paths":[],"#
        + #""peers":[{"pid":812,"comm":"dbus-daemon"}],"queued":0}"# + "\n")
  }
}
