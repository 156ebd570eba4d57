/// Tells of most events, by their lines alone, that some letters cannot stand in their words.
///
/// The words for an event are made of what stands in its line, as it is or in base64; of the name
/// of the call in which something began, or about which something was found; and of the names of
/// processes and words that are always the same, which whoever asks must look through first. A
/// million lines are looked through in the time that it takes to word some ten thousand events.
public struct LineSieve: Sendable {
  /// Small letters of ASCII.
  private let letters: [UInt8]
  /// What a byte of a line calls for; see ``Sign``.
  private let signs: [UInt8]
  /// The sequence numbers of the block that was looked through last, and which of them passed.
  private var block = 0..<0
  private var passed: [Int] = []
  /// Whether the letters stand in the name of an event's call.
  private var calls: [Int: Bool] = [:]

  private enum Sign {
    static let none: UInt8 = 0
    /// The first of the letters.
    static let first: UInt8 = 1
    static let newline: UInt8 = 2
    /// An escape: what it stands for may be a letter.
    static let escape: UInt8 = 3
    /// The beginning of İ or of the Kelvin sign, whose small letters are i and k.
    static let capital: UInt8 = 4
    /// The end of a key.
    static let colon: UInt8 = 5
  }

  /// A sieve for `letters`, which are ASCII; whether they are large or small does not count.
  ///
  /// - Returns: nil where there is no letter.
  public init?(_ letters: [UInt8]) {
    guard let first = letters.first.map({ $0 | 0x20 }) else { return nil }
    self.letters = letters.map { $0 | 0x20 }
    var signs = [UInt8](repeating: Sign.none, count: 256)
    signs[0x0A] = Sign.newline
    signs[Int(UInt8(ascii: "\\"))] = Sign.escape
    signs[0xC4] = Sign.capital
    signs[0xE2] = Sign.capital
    signs[Int(UInt8(ascii: ":"))] = Sign.colon
    signs[Int(first)] = Sign.first
    signs[Int(first & ~0x20)] = Sign.first
    self.signs = signs
  }

  /// Whether the letters may stand in the words for an event; true also where its line is written
  /// another way than ours.
  public mutating func passes(_ sequence: Int, of timeline: Timeline) -> Bool {
    if !block.contains(sequence) { lookThrough(theBlockOf: sequence, in: timeline) }
    let place = passed.firstPlace(notBelow: sequence)
    return place < passed.count && passed[place] == sequence
  }

  private mutating func lookThrough(theBlockOf sequence: Int, in timeline: Timeline) {
    passed = []
    block = sequence..<sequence + 1
    guard let lines = timeline.store.lines(with: sequence), let first = lines.sequences.first,
      let last = lines.sequences.last
    else { return }
    block = Int(first)..<Int(last) + 1
    for (number, start) in zip(lines.sequences, lines.starts)
    where mayStand(inLineAt: Int(start), of: lines.bytes, timeline) { passed.append(Int(number)) }
  }

  private mutating func mayStand(
    inLineAt start: Int, of line: [UInt8], _ timeline: Timeline
  ) -> Bool {
    let bytes = line.span
    var cursor = LineCursor(start..<bytes.count)
    while cursor.index < bytes.count {
      let sign = signs[Int(bytes[cursor.index])]
      cursor.index += 1
      switch sign {
      case Sign.none: continue
      case Sign.newline: return false
      case Sign.first: if stand(at: cursor.index - 1, in: bytes) { return true }
      case Sign.capital: if Self.isCapital(at: cursor.index - 1, in: bytes) { return true }
      case Sign.colon: if mayFollow(&cursor, of: line, timeline) { return true }
      default: return true
      }
    }
    return false
  }

  /// Whether the letters are here, and not in a key, which nobody sees.
  private func stand(at index: Int, in bytes: Span<UInt8>) -> Bool {
    guard areLetters(at: index, in: bytes) else { return false }
    var end = index + letters.count
    while end < bytes.count, bytes[end] | 0x20 >= UInt8(ascii: "a"), bytes[end] < 0x7B { end += 1 }
    return
      !(end + 1 < bytes.count && bytes[end] == UInt8(ascii: "\"")
      && bytes[end + 1] == UInt8(ascii: ":"))
  }

  private func areLetters(at index: Int, in bytes: Span<UInt8>) -> Bool {
    guard index + letters.count <= bytes.count else { return false }
    for offset in 0..<letters.count where bytes[index + offset] | 0x20 != letters[offset] {
      return false
    }
    return true
  }

  private static func isCapital(at index: Int, in bytes: Span<UInt8>) -> Bool {
    guard index + 1 < bytes.count else { return false }
    return bytes[index + 1] == (bytes[index] == 0xC4 ? 0xB0 : 0x84)
  }

  /// Whether the letters may stand in the value behind a colon as they do not stand in the line.
  private mutating func mayFollow(
    _ cursor: inout LineCursor, of line: [UInt8], _ timeline: Timeline
  ) -> Bool {
    let bytes = line.span
    let colon = cursor.index - 1
    guard colon >= 2, cursor.index < bytes.count else { return true }
    guard bytes[colon - 1] == UInt8(ascii: "\"") else {
      // Our writer leaves no space between a key and its colon, nor behind it.
      return bytes[colon - 1] <= 0x20
    }
    if bytes[colon + 1] <= 0x20 { return true }
    switch bytes[colon - 2] {
    case UInt8(ascii: "4") where ends("\"base64\"", at: colon, bytes):
      guard let word = cursor.word(bytes),
        let data = Base64.decode(line[word.start..<(word.start + word.count)])
      else { return true }
      return mayStand(in: data.span)
    case UInt8(ascii: "w") where ends("\"how\"", at: colon, bytes):
      guard let word = cursor.word(bytes) else { return true }
      guard word.equals("made", bytes) else { return false }
      guard cursor.take(UInt8(ascii: ","), bytes), let key = cursor.key(bytes),
        key.equals("event", bytes), let event = cursor.number(bytes)
      else { return true }
      return stand(inCallOf: event, timeline)
    case UInt8(ascii: "t") where ends("\"about\"", at: colon, bytes):
      return cursor.number(bytes).map { stand(inCallOf: $0, timeline) } ?? true
    default: return false
    }
  }

  private func ends(_ key: StaticString, at end: Int, _ bytes: Span<UInt8>) -> Bool {
    let start = end - key.utf8CodeUnitCount
    return start >= 0 && LineCursor.Word(start: start, count: end - start).equals(key, bytes)
  }

  private func mayStand(in data: Span<UInt8>) -> Bool {
    for index in 0..<data.count {
      switch signs[Int(data[index])] {
      case Sign.first: if areLetters(at: index, in: data) { return true }
      case Sign.capital: if Self.isCapital(at: index, in: data) { return true }
      default: break
      }
    }
    return false
  }

  private mutating func stand(inCallOf event: Int, _ timeline: Timeline) -> Bool {
    if let known = calls[event] { return known }
    let name =
      timeline.glance(at: event).map { $0.call } ?? timeline[event].map { $0.callName } ?? nil
    let stands = name.map { mayStand(in: Array($0.utf8).span) } ?? false
    calls[event] = stands
    return stands
  }
}
