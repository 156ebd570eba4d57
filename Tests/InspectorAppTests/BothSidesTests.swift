import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("What was sent beside what was received") struct BothSidesTests {
  private func bytes(_ width: Int, _ height: Int, _ keys: String) throws -> Inspector {
    var inspector = Inspector.demo(
      steps: 12, size: Size(width: width, height: height), status: DemoSession.allWait)
    try inspector.press(keys)
    return inspector
  }

  private func pane(_ inspector: Inspector) -> [String] {
    inspector.screen.split(separator: "\n").map(String.init).dropFirst(2)
      .map { String(String($0.dropFirst().dropLast().reversed().drop { $0 == " " }.reversed())) }
      .prefix { !$0.isEmpty }.map(\.self)
  }

  @Test("Three parts side by side on a wide screen")
  func wide() throws {
    let rows = pane(try bytes(160, 40, "Tab Tab z"))
    #expect(
      rows.first
        == " server sent  24 bytes                               client got  24 of 24 bytes, "
        + "1 changed  ███████████  data  17 of 1024 bytes  █░░░░░░░░░░░░░░░")
    #expect(
      rows.last
        == "       └fd 1─────┘ └padding──┘                             └fd 4─────┘ └padding──┘")
    #expect(rows.count == 7)
  }

  @Test("One below the other on a narrow one")
  func narrow() throws {
    #expect(
      pane(try bytes(80, 24, "Tab Tab z")).filter { !$0.contains("00 00") && !$0.contains("└") }
        == [
          " client got  24 of 24 bytes, 1 changed  ████████████████", " server sent  24 bytes",
          " data  17 of 1024 bytes  █░░░░░░░░░░░░░░░",
          " 0000  48 65 72 65 20 69 73 20 6d 79 20 73 74 64 6f 75  Here is my stdou",
          " 0010  74                                               t",
        ])
  }

  @Test("A field that differs is underlined on both sides")
  func changed() throws {
    let frame = try bytes(160, 40, "Tab Tab z").frame
    let row = try #require((0..<40).first { frame.row($0).contains("0010  01") })
    let marked = (0..<160).filter {
      frame[$0, row].style.attributes.contains(.underline)
        && frame[$0, row].style.foreground == Theme.dark.style(.changed).foreground
    }
    #expect(marked.count == 24)
  }
}
