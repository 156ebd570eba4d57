import TerminalEmulation
import Testing
import TextUI

/// Whatever a program prints, the cells hold nothing on which the user's terminal would act.
@Suite struct HostileOutputTests {
  /// The same sequence on every run (SplitMix64).
  struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  /// What is wrong with what the terminal shows; empty when nothing is.
  func faults(_ terminal: TerminalEmulator) -> [String] {
    var faults: [String] = []
    let rows = terminal.rows()
    if rows.contains(where: { $0.count != terminal.size.width }) { faults.append("row length") }
    if rows.count != terminal.size.height { faults.append("row count") }
    for row in rows + terminal.scrollback.suffix(5) {
      if row.contains(where: { visible($0.text) != $0.text }) { faults.append("raw \(row)") }
      if row.reduce(0, { $0 + Int($1.width) }) != row.count { faults.append("columns \(row)") }
    }
    if let cursor = terminal.cursor, !Rect(terminal.size).contains(cursor) {
      faults.append("cursor \(cursor)")
    }
    if visible(terminal.title) != terminal.title { faults.append("title") }
    return faults
  }

  /// Pieces which in any order reach the odd corners of an emulator.
  static let pieces: [[UInt8]] =
    [
      "\u{1B}[", "\u{1B}]0;", "\u{1B}P", "\u{1B}#8", "\u{1B}c", "\u{1B}[?1049h", "\u{1B}[?1049l",
      "\u{1B}[r", "\u{1B}[2;3r", "\u{1B}[?6h", "\u{1B}[?7l", "\u{1B}[4h", "\u{1B}[20h",
      "\u{1B}(0", "\u{0E}", "\u{0F}", "\u{1B}[99999@", "\u{1B}[99999P", "\u{1B}[99999L",
      "\u{1B}[99999M", "\u{1B}[S", "\u{1B}[T", "\u{1B}M", "\u{1B}[999;999H", "\u{1B}[2J",
      "\u{1B}[?69h", "\u{1B}[2;5s", "\u{1B}[38;5;300m", "\u{1B}[38;2;1m", "\u{1B}[6n",
      "\u{1B}[b", "\u{1B}[9b", "\u{1B}7", "\u{1B}8", "\u{1B}[s", "\u{1B}[u", "\u{1B}#6", "\u{1B}[m",
      "\u{1B}[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19m", "か\u{3099}", "\u{1B}[38;5m",
      "\u{1B}\\", "\u{07}", "\0", "\r\n", "\t", "\u{08}", "日本語", "e\u{301}\u{302}\u{303}",
      "👩\u{200D}👩\u{200D}👧", "\u{202E}", "\u{200B}", "\u{9B}2J", "\u{1F1E9}\u{1F1EA}", "🫨",
    ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80], [0x9B]]

  static func randomBytes(_ random: inout Seeded) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<50 {
      bytes += pieces.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 0..<4, using: &random) {
        bytes.append(UInt8.random(in: 0...255, using: &random))
      }
    }
    return bytes
  }

  @Test(arguments: 0..<40) func randomSequences(seed: UInt64) {
    var random = Seeded(state: seed)
    let terminal = TerminalEmulator(size: Size(width: 20, height: 5))
    for _ in 0..<40 {
      terminal.feed(Self.randomBytes(&random))
      #expect(faults(terminal) == [])
      guard Bool.random(using: &random) else { continue }
      terminal.resize(
        Size(
          width: Int.random(in: 1...40, using: &random),
          height: Int.random(in: 1...12, using: &random)))
      #expect(faults(terminal) == [])
    }
  }

  @Test(arguments: [1, 2, 80]) func longLinesAndEveryByte(width: Int) {
    let terminal = TerminalEmulator(size: Size(width: width, height: 24))
    terminal.feed(Array(repeating: 0x78, count: 4096))
    #expect(faults(terminal) == [])
    for byte in UInt8.min...UInt8.max {
      terminal.feed([byte, 0x41])
      #expect(faults(terminal) == [])
    }
  }

  @Test(arguments: [
    "\u{1B}]0;", "\u{1B}]52;c;", "\u{1B}P", "\u{1B}X", "\u{1B}[1", "\u{1B}[b\u{1B}[?",
  ])
  func endlessControlStringsEndSomewhere(start: String) {
    let terminal = TerminalEmulator(size: Size(width: 80, height: 24))
    terminal.feed(Array(start.utf8))
    for _ in 0..<200 { terminal.feed(Array(repeating: 0x3B, count: 4096)) }
    terminal.feed(Array("\u{1B}\\\u{1B}cafter".utf8))
    #expect(faults(terminal) == [])
    #expect(terminal.cell(0, 0).text == "a")
    #expect(terminal.title.count <= 256)
  }

  @Test func anAvalancheOfMarksStaysInItsCell() {
    let terminal = TerminalEmulator(size: Size(width: 10, height: 2))
    terminal.feed(Array(("a" + String(repeating: "\u{301}", count: 10000) + "b").utf8))
    #expect(faults(terminal) == [])
    #expect(terminal.cell(1, 0).text == "b")
  }
}
