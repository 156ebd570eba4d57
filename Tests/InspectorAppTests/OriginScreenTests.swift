import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("Where a chosen descriptor comes from") struct OriginScreenTests {
  private func focused(
    _ keys: String, size: Size = Size(width: 80, height: 24)
  ) throws -> Inspector {
    var inspector = Inspector.demo(steps: 12, size: size, status: DemoSession.allWait)
    inspector.focus = .descriptors(.right)
    _ = inspector.update(.input(.resize(size)))
    if !keys.isEmpty { try inspector.press(keys) }
    return inspector
  }

  /// The rows of the focused pane.
  private func pane(_ inspector: Inspector) -> [String] {
    let rows = inspector.screen.split(separator: "\n").map(String.init)
    guard let top = rows.firstIndex(where: { $0.contains("[ client /proc") }) else { return [] }
    return rows[(top + 1)...].prefix { $0.hasPrefix("\u{2502}") }.map { row in
      row.dropFirst().dropLast().reversed().drop { $0 == " " }.reversed().map(String.init).joined()
    }
  }

  @Test("What just arrived is chosen, and fits eighty columns")
  func received() throws {
    let rows = pane(try focused(""))
    #expect(
      rows == [
        " 0 → /dev/pts/4  pos 0  O_RDWR",
        " 1 → /dev/pts/4  pos 0  O_RDWR",
        " 2 → /dev/pts/4  pos 0  O_RDWR",
        " 3 → socket ⇄ server 4  CLOEXEC                                       changed",
        " 4 → /dev/pts/3  pos 0  O_RDWR                    ═ same as server 0,1,2  NEW",
        "     from server's 1 (step 11), there when server began (step 1)",
      ])
  }

  @Test("What was chosen for its news stays chosen while there are no others")
  func noNews() throws {
    var inspector = try focused("")
    for step in [13, 14] {
      let events = DemoSession.all.events(throughStep: step)
      let known = DemoSession.all.events(throughStep: step - 1).count
      _ = inspector.update(.updates(events.dropFirst(known).map(SessionUpdate.event)))
      let rows = pane(inspector)
      #expect(rows.firstIndex { $0.contains("from server's 1 (step 11)") } == 5, "\(rows)")
    }
    // It was not pointed at: a lesson's question takes no answer from it.
    #expect(inspector.chosenDescriptors.isEmpty)
  }

  @Test("Up and down choose another one")
  func moving() throws {
    let rows = pane(try focused("Up"))
    #expect(
      rows == [
        " 0 → /dev/pts/4  pos 0  O_RDWR",
        " 1 → /dev/pts/4  pos 0  O_RDWR",
        " 2 → /dev/pts/4  pos 0  O_RDWR",
        " 3 → socket ⇄ server 4  CLOEXEC                                       changed",
        "     made by client with socket (step 6)",
        " 4 → /dev/pts/3  pos 0  O_RDWR                    ═ same as server 0,1,2  NEW",
      ])
    let first = pane(try focused("g")).prefix(2)
    #expect(
      first == [
        " 0 → /dev/pts/4  pos 0  O_RDWR", "     there when client began (step 2)",
      ])
  }
}
