/// Makes a timeline of the lines of a recording, and keeps account of what could not be read.
///
/// What was derived is taken as it stands in the file: it is what was shown, and the same file
/// gives the same timeline whatever later versions derive.
public struct RecordingReader: Sendable {
  /// Everything that was read so far.
  public private(set) var timeline = Timeline()
  /// What could not be read so far.
  public private(set) var gaps = RecordingGaps()
  private let file: any RecordingBytes

  /// A reader at the beginning of a file.
  ///
  /// - Parameter file: Where lines are read again when their events are asked for.
  public init(_ file: any RecordingBytes) { self.file = file }

  /// Takes the next bytes of the file.
  ///
  /// - Parameters:
  ///   - bytes: Whole lines, each with its newline; the file's last one may lack it.
  ///   - offset: Where they stand in the file.
  public mutating func take(_ bytes: [UInt8], at offset: Int) {
    let span = bytes.span
    var start = 0
    while start < span.count {
      gaps.lines += 1
      if let (sketch, end) = EventSketch.skimmed(from: start, of: span) {
        append(sketch, nil, start..<end, at: offset)
        start = end + 1
        continue
      }
      var end = start
      while end < span.count, span[end] != UInt8(ascii: "\n") { end += 1 }
      if let event = gaps.decode(bytes[start..<end], isLast: end == span.count) {
        append(EventSketch(event), event, start..<end, at: offset)
      }
      start = end + 1
    }
  }

  /// Takes note of a line that is too long to be read.
  public mutating func takeOverlong() { gaps.noteOverlong() }

  private mutating func append(
    _ sketch: EventSketch, _ event: TraceEvent?, _ range: Range<Int>, at offset: Int
  ) {
    guard gaps.accept(sketch.sequence, after: timeline.lastSequence) else { return }
    timeline.append(
      sketch, process: event, lineAt: offset + range.lowerBound, count: range.count, of: file)
  }
}
