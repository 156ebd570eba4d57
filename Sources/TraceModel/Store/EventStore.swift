/// Where the lines of a recording can be read again.
public protocol RecordingBytes: Sendable {
  /// The `count` bytes from `offset` on; nil when they are no longer there.
  func read(at offset: Int, count: Int) -> [UInt8]?
}

/// Lines that are kept together.
struct BlockOfLines {
  let bytes: [UInt8]
  /// The numbers of their events, ascending.
  let sequences: ArraySlice<UInt32>
  /// Where each begins.
  let starts: ArraySlice<UInt32>
}

/// Every event of a session as its line of JSON: live ones in packed blocks in memory, recorded
/// ones where they stand in the file. Only what is asked for is decoded.
struct EventStore: Sendable {
  private enum Content: Sendable {
    case packed([UInt8], count: Int)
    case recorded(any RecordingBytes, offset: Int, count: Int)

    var count: Int {
      switch self {
      case .packed(_, let count), .recorded(_, _, let count): count
      }
    }
  }

  private struct Block: Sendable {
    /// The place of its first event in ``sequences``.
    var first: Int
    var content: Content
  }

  /// The sequence numbers of all events, ascending. Without gaps unless a recording lacks lines.
  private(set) var sequences: [UInt32] = []
  /// Where each event's line begins in its block.
  private var starts: [UInt32] = []
  private var blocks: [Block] = []
  /// Lines that are in no block yet, and the place of the first of them.
  private var open: [UInt8] = []
  private var openFirst = 0
  private(set) var cache = EventCache()

  /// Large enough to pack well, small enough to unpack for a single line.
  private static let blockSize = 64 * 1024
  /// One less than the mark of a closed row; see ``RowHistory``.
  static let lastSequence = 0x7FFF_FFFF

  /// Takes the next event; its number is higher than all before.
  mutating func append(_ event: TraceEvent) {
    let line = JSONLines.line(for: event)
    if !open.isEmpty, open.count + line.count > Self.blockSize { seal() }
    if open.isEmpty { openFirst = sequences.count }
    sequences.append(UInt32(event.sequence))
    starts.append(UInt32(open.count))
    open += line
    // What a copy of this store decoded is not what comes here.
    if !isKnownUniquelyReferenced(&cache) { cache = EventCache() }
    cache.keep(event)
  }

  private mutating func seal() {
    let content = Content.packed(BlockCompression.packed(open), count: open.count)
    blocks.append(Block(first: openFirst, content: content))
    open.removeAll(keepingCapacity: true)
  }

  /// Takes the next line of a recording, without its newline.
  mutating func append(sequence: Int, lineAt offset: Int, count: Int, of bytes: any RecordingBytes)
  {
    if let last = blocks.last, case .recorded(let bytes, let begin, _) = last.content,
      offset + count - begin <= Self.blockSize
    {
      starts.append(UInt32(offset - begin))
      blocks[blocks.count - 1].content = .recorded(
        bytes, offset: begin, count: offset + count - begin)
    } else {
      starts.append(0)
      let content = Content.recorded(bytes, offset: offset, count: count)
      blocks.append(Block(first: sequences.count, content: content))
    }
    sequences.append(UInt32(sequence))
  }

  /// The event with this number.
  func event(_ sequence: Int) -> TraceEvent? {
    if let event = cache.event(sequence) { return event }
    guard let place = place(of: sequence), let line = line(at: place),
      var event = try? JSONLines.event(from: line)
    else { return nil }
    event.sequence = sequence
    cache.keep(event)
    return event
  }

  /// A glance at the event with this number.
  func glance(at sequence: Int) -> EventGlance? {
    guard let place = place(of: sequence) else { return nil }
    let start = Int(starts[place])
    return block(of: place).flatMap { EventGlance(lineAt: start, of: $0) }
  }

  /// A glance at the descriptors that the event with this number is about.
  func descriptorGlance(at sequence: Int, withFacts: Bool = false) -> DescriptorGlance? {
    guard let place = place(of: sequence) else { return nil }
    let start = Int(starts[place])
    return block(of: place)
      .flatMap { DescriptorGlance(lineAt: start, of: $0, withFacts: withFacts) }
  }

  /// The lines among which an event's line is, with the numbers of their events and where each
  /// begins; nil when there is no such event.
  func lines(with sequence: Int) -> BlockOfLines? {
    guard let place = place(of: sequence), let bytes = block(of: place) else { return nil }
    let isOpen = !open.isEmpty && place >= openFirst
    let next = isOpen ? blocks.count : blocks.partitionPoint { $0.first <= place }
    let first = isOpen ? openFirst : blocks[next - 1].first
    let end =
      next < blocks.count
      ? blocks[next].first : isOpen || open.isEmpty ? sequences.count : openFirst
    return BlockOfLines(
      bytes: bytes, sequences: sequences[first..<end], starts: starts[first..<end])
  }

  /// Forgets the oldest events, whole blocks of them, but none from `sequence` on.
  mutating func forget(before sequence: Int) {
    let end = sequences.firstPlace(notBelow: UInt32(clamping: sequence))
    let starts = blocks.map(\.first) + [open.isEmpty ? sequences.count : openFirst]
    let count = starts.dropFirst().prefix { $0 <= end }.count
    guard count > 0 else { return }
    let dropped = starts[count]
    blocks.removeFirst(count)
    for index in blocks.indices { blocks[index].first -= dropped }
    openFirst -= dropped
    sequences.removeFirst(dropped)
    self.starts.removeFirst(dropped)
    cache = EventCache()
  }

  private func place(of sequence: Int) -> Int? {
    guard let number = UInt32(exactly: sequence) else { return nil }
    let place = sequences.firstPlace(notBelow: number)
    return place < sequences.count && sequences[place] == number ? place : nil
  }

  private func line(at place: Int) -> [UInt8]? {
    let start = Int(starts[place])
    return block(of: place).flatMap { Self.line(from: start, of: $0) }
  }

  /// The lines among which an event's line is.
  private func block(of place: Int) -> [UInt8]? {
    if !open.isEmpty, place >= openFirst { return open }
    let number = blocks.partitionPoint { $0.first <= place } - 1
    guard number >= 0 else { return nil }
    let block = blocks[number]
    return cache.block(number, count: block.content.count) { bytes(of: block) }
  }

  private func bytes(of block: Block) -> [UInt8]? {
    switch block.content {
    case .packed(let packed, let count): BlockCompression.unpacked(packed, count: count)
    case .recorded(let bytes, let offset, let count): bytes.read(at: offset, count: count)
    }
  }

  private static func line(from start: Int, of bytes: [UInt8]) -> [UInt8]? {
    guard start < bytes.count else { return nil }
    let span = bytes.span
    var end = start
    while end < span.count, span[end] != UInt8(ascii: "\n") { end += 1 }
    return Array(bytes[start..<end])
  }
}

extension RandomAccessCollection where Index == Int {
  /// The place of the first element that `isBefore` is false for; it must be true for all before.
  public func partitionPoint(_ isBefore: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension RandomAccessCollection where Index == Int, Element: Comparable {
  /// The place of the first element that is not below `value`, in ascending elements.
  func firstPlace(notBelow value: Element) -> Int { partitionPoint { $0 < value } }
  /// The place after the last element that is not above `value`.
  func firstPlace(above value: Element) -> Int { partitionPoint { $0 <= value } }
}
