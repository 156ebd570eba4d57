import Testing
import TextUI

@testable import InspectorApp
@testable import TraceModel

@Suite("Sorting, narrowing and opening descriptors") struct DescriptorCardTests {
  private func focused(
    _ keys: String, side: Side = .right, steps: Int = 12, size: Size = Size(width: 110, height: 34)
  ) throws -> Inspector {
    var inspector = Inspector.demo(steps: steps, size: size, status: DemoSession.allWait)
    inspector.focus = .descriptors(side)
    inspector.isZoomed = true
    _ = inspector.update(.input(.resize(size)))
    if !keys.isEmpty { try inspector.press(keys) }
    return inspector
  }

  /// The rows of the zoomed pane down to the first blank one.
  private func pane(_ inspector: Inspector) -> [String] {
    inspector.screen.split(separator: "\n").map(String.init).dropFirst(2)
      .map { $0.dropFirst().dropLast().reversed().drop { $0 == " " }.reversed() }
      .map { String($0) }.prefix { !$0.isEmpty }.map(\.self)
  }

  @Test("An opened descriptor tells what fdinfo knows, who else holds it and what became of it")
  func opened() throws {
    let rows = pane(try focused("Enter"))
    #expect(
      rows.dropFirst(4) == [
        " 4 → /dev/pts/3  pos 0  O_RDWR                                                  ═ same as "
          + "server 0,1,2  NEW",
        "     from server's 1 (step 11), there when server began (step 1)",
        "     character device, position 0, flags O_RDWR, kept by exec, inode 6 on device 0:24",
        "     Who else holds this open file:",
        "       server 41207: 0, since step 1",
        "       server 41207: 1, since step 1",
        "       server 41207: 2, since step 1",
        "     Its way:",
        "       step 12: received: server's 1",
      ])
  }

  @Test("Enter on a line goes to its step, or to the other holder")
  func going() throws {
    var inspector = try focused("Enter Down Down")
    #expect(inspector.card?.cursor == 1)
    try inspector.press("Enter")
    #expect(inspector.focus == .descriptors(.left))
    #expect(inspector.card?.holder == DescriptorHolder(pid: DemoSession.server, fd: 1))
    #expect(
      pane(inspector).filter { $0.contains(" step 1: ") || $0.contains(" step 11: ") } == [
        "       step 1: was there at the start",
        "       step 11: passed to client as 4",
      ])
    // Three holders come before its way.
    try inspector.press("Down Down Down Down Enter")
    #expect(inspector.moment == .past(step: 0))
    #expect(inspector.card?.holder.fd == 1)
  }

  @Test("The whole way of a descriptor that was closed again")
  func closed() throws {
    var inspector = try focused("", steps: 17)
    try inspector.press("b b b b g G Enter")
    #expect(
      inspector.card?.past.entries.map(\.text) == [
        "received: server's 1", "closed (seen after close)",
      ])
  }

  @Test("Sorting by number, target and kind")
  func sorting() throws {
    #expect(try focused("").descriptorRows(.right).map(\.fd) == [0, 1, 2, 3, 4])
    #expect(try focused("o").descriptorRows(.right).map(\.fd) == [4, 0, 1, 2, 3])
    #expect(try focused("o o", side: .left).descriptorRows(.left).map(\.fd) == [0, 1, 2, 3, 4])
    #expect(try focused("o").screen.contains("client /proc/41208/fd, by target"))
  }

  @Test("Rows follow every letter that is typed; Esc shows all again")
  func narrowing() throws {
    var inspector = try focused("\\ P T S / 3")
    #expect(inspector.descriptorRows(.right).map(\.fd) == [4])
    #expect(inspector.screen.contains("with “PTS/3”"))
    try inspector.press("Backspace Backspace Enter")
    #expect(inspector.descriptorRows(.right).map(\.fd) == [0, 1, 2, 4])
    #expect(inspector.mode == .normal)
    try inspector.press("Esc")
    #expect(inspector.descriptorRows(.right).count == 5)
    try inspector.press("\\ q Enter")
    #expect(inspector.screen.contains("No descriptor with q."))
  }

  @Test("A side goes through all processes, and follows the events again after the last")
  func turning() throws {
    var lanes = Lanes(left: 1, right: 2)
    let known = [1, 2, 3, 4].map { ProcessSummary(pid: $0, comm: "p", began: 1) }
    var seen: [Int32?] = []
    for _ in 0..<4 {
      lanes.turn(.right, through: known)
      seen.append(lanes.pinned.contains(.right) ? lanes.right : nil)
    }
    #expect(seen == [3, 4, nil, 2])
    var inspector = try focused(">")
    #expect(inspector.lanes.pinned == [.right])
    #expect(inspector.screen.contains("client /proc/41208/fd, pinned"))
    try inspector.press(">")
    #expect(inspector.lanes.pinned.isEmpty)
  }
}
