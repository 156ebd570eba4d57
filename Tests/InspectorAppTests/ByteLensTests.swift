import ControlMessages
import InspectorApp
import Testing
import TraceModel

/// Rows as they may be drawn.
private func drawing(_ rows: [ByteRow], unicode: Bool = true) -> String {
  rows.flatMap { row -> [String] in
    if let heading = row.heading { return [heading] }
    let hex = row.cells.map(\.hex).joined(separator: " ") + "  " + row.text(unicode: unicode)
    return row.marks.isEmpty ? [hex] : [hex, row.marks]
  }.joined(separator: "\n")
}

/// SplitMix64: the same numbers at every run, so that a failure can be looked at again.
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct ByteLensTests {
  @Test("Sixteen bytes a row, each field named below its bytes") func wide() {
    #expect(
      drawing(ByteLens.rows(for: Story.answer, width: 16)) == """
        control  24 bytes
        14 00 00 00 00 00 00 00 01 00 00 00 01 00 00 00  ················
        └cmsg_len─────────────┘ └level────┘ └type─────┘
        01 00 00 00 00 00 00 00  ····----
        └fd 1─────┘ └padding──┘
        data  17 bytes
        48 65 72 65 20 69 73 20 6d 79 20 73 74 64 6f 75  Here is my stdou
        74  t
        """)
  }

  @Test("Eight bytes a row, in plain ASCII") func narrow() {
    #expect(
      drawing(ByteLens.rows(for: Story.answer, width: 8, unicode: false), unicode: false) == """
        control  24 bytes
        14 00 00 00 00 00 00 00  ........
        |cmsg_len-------------|
        01 00 00 00 01 00 00 00  ........
        |level----| |type-----|
        01 00 00 00 00 00 00 00  ....----
        |fd 1-----| |padding--|
        data  17 bytes
        48 65 72 65 20 69 73 20  Here is 
        6d 79 20 73 74 64 6f 75  my stdou
        74  t
        """)
  }

  @Test("A field that spans rows stays open at the row's end; unread bytes are ??") func slack() {
    let message = MessageRecord(
      call: "recvmsg", socket: Story.clientEnd, result: 300,
      data: DataExcerpt(bytes: [0x41], length: 300),
      control: ControlExcerpt(capacity: 60, length: 0, bytes: Array(repeating: 0, count: 20)))
    #expect(
      drawing(ByteLens.rows(for: message, width: 8)) == """
        control  0 of 60 bytes, 40 bytes not read
        00 00 00 00 00 00 00 00  --------
        └slack─────────────────
        00 00 00 00 00 00 00 00  --------
        00 00 00 00  ----
        ──────────┘
        ?? ?? ?? ?? ?? ?? ?? ??  ????????
        data  300 of 300 bytes, 299 bytes not read
        41  A
        ?? ?? ?? ?? ?? ?? ?? ??  ????????
        """)
  }

  @Test("What has not been received yet shows no bytes") func pending() {
    let message = MessageRecord(
      call: "recvmsg", socket: Story.clientEnd, data: DataExcerpt(bytes: [], capacity: 64),
      control: ControlExcerpt(capacity: 24, length: 0, bytes: Array(repeating: 1, count: 24)))
    #expect(
      drawing(ByteLens.rows(for: message, width: 8)) == """
        control  room for 24 bytes, nothing received yet
        data  room for 64 bytes, nothing received yet
        """)
  }

  @Test("Random buffers at any width: every byte once, and its node is in the tree")
  func random() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<300 {
      let count = Int.random(in: 0...64, using: &generator)
      let used = Int.random(in: 0...(count + 4), using: &generator)
      var bytes = (0..<count).map { _ in UInt8.random(in: 0...24, using: &generator) }
      for index in bytes.indices where index % 8 > 0 && index % 3 > 0 { bytes[index] = 0 }
      let message = MessageRecord(
        call: "sendmsg", socket: Story.serverEnd, result: 1, data: Story.text("x"),
        control: ControlExcerpt(
          capacity: count, length: used, bytes: bytes,
          abi: Bool.random(using: &generator) ? .bits64 : .bits32))
      let story = Story.joined
      let nodes = Set(
        MessageTree.nodes(for: story.about(Story.server, .send(message)), in: story.timeline)
          .map(\.id))
      let width = Int.random(in: 1...20, using: &generator)
      let rows = ByteLens.rows(for: message, width: width).filter { $0.part == .control }
      #expect(rows.flatMap(\.cells).map(\.byte) == bytes)
      for row in rows {
        #expect(row.cells.allSatisfy { nodes.contains($0.node) })
        #expect(row.cells.count <= width)
        #expect(row.marks.isEmpty || row.marks.count == row.cells.count * 3 - 1)
      }
    }
  }
}
