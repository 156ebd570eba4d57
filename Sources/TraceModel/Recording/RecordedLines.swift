/// Decodes the lines of a recording one after the other, and keeps nothing but what could not be
/// read.
public struct RecordedLines: Sendable {
  /// What could not be read so far.
  public private(set) var gaps = RecordingGaps()
  private var last = 0

  /// A reader at the beginning of a recording.
  public init() {}

  /// Takes the next whole lines, each with its newline; the file's last one may lack it.
  public mutating func take(_ bytes: [UInt8], _ body: (TraceEvent) -> Void) {
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      gaps.lines += 1
      if let event = event(bytes, start..<end) { body(event) }
      start = end + 1
    }
  }

  /// Takes note of a line that is too long to be read.
  public mutating func takeOverlong() { gaps.noteOverlong() }

  private mutating func event(_ bytes: [UInt8], _ range: Range<Int>) -> TraceEvent? {
    guard
      let event = gaps.decode(bytes[range], isLast: range.upperBound == bytes.count),
      gaps.accept(event.sequence, after: last)
    else { return nil }
    last = event.sequence
    return event
  }
}
