/// A place in a line of compact JSON, as our own writer makes it.
///
/// Every method answers nil, or false, where the line is not what it expects, also where it is
/// good JSON written another way; whoever asks then has the line read by ``JSONReader``.
struct LineCursor {
  /// A key or a string by its place; escapes never come up in what is compared.
  struct Word {
    let start: Int
    let count: Int
  }

  var index: Int
  let end: Int
  private var depth = 0

  /// Our own lines stay far below, and so does this of what ``JSONReader`` allows.
  private static let deepest = 12

  init(_ range: Range<Int>) {
    index = range.lowerBound
    end = range.upperBound
  }

  @inline(__always)
  mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
    guard index < end, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  @inline(__always)
  func isAt(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool { index < end && bytes[index] == byte }

  func isAtEnd(_ bytes: Span<UInt8>) -> Bool {
    index == end || bytes[index] == UInt8(ascii: "\n")
  }

  /// A string without escapes.
  @inline(__always)
  mutating func word(_ bytes: Span<UInt8>) -> Word? {
    guard take(UInt8(ascii: "\""), bytes) else { return nil }
    let start = index
    while index < end {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\"") { return Word(start: start, count: index - 1 - start) }
      if byte == UInt8(ascii: "\\") || byte < 0x20 { return nil }
    }
    return nil
  }

  /// A key and its colon.
  @inline(__always)
  mutating func key(_ bytes: Span<UInt8>) -> Word? {
    guard let word = word(bytes), take(UInt8(ascii: ":"), bytes) else { return nil }
    return word
  }

  /// Digits alone, as many as an `Int` holds.
  @inline(__always)
  mutating func number(_ bytes: Span<UInt8>) -> Int? {
    let start = index
    var value: UInt64 = 0
    while index < end {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = value &* 10 &+ UInt64(digit)
      index += 1
    }
    // 19 digits still fit 64 bits without a sign.
    guard index > start, index - start <= 19, !isInNumber(bytes) else { return nil }
    return Int(exactly: value)
  }

  /// A number of a process, or of a descriptor.
  @inline(__always)
  mutating func number32(_ bytes: Span<UInt8>) -> Int32? {
    number(bytes).flatMap { Int32(exactly: $0) }
  }

  @inline(__always)
  private func isInNumber(_ bytes: Span<UInt8>) -> Bool {
    guard index < end else { return false }
    switch bytes[index] {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"):
      return true
    default: return false
    }
  }

  /// Goes past any value.
  mutating func skip(_ bytes: Span<UInt8>) -> Bool {
    guard index < end else { return false }
    switch bytes[index] {
    case UInt8(ascii: "\""): return skipString(bytes)
    case UInt8(ascii: "{"): return nested { cursor in cursor.skipMembers(bytes) }
    case UInt8(ascii: "["): return nested { cursor in cursor.skipElements(bytes) }
    case UInt8(ascii: "t"): return skip("true", bytes)
    case UInt8(ascii: "f"): return skip("false", bytes)
    case UInt8(ascii: "n"): return skip("null", bytes)
    default: return skipNumber(bytes)
    }
  }

  private mutating func nested(_ body: (inout LineCursor) -> Bool) -> Bool {
    guard depth < Self.deepest else { return false }
    depth += 1
    index += 1
    defer { depth -= 1 }
    return body(&self)
  }

  /// Goes through an object; `body` goes past the value of each key.
  @inline(__always)
  mutating func members(
    _ bytes: Span<UInt8>, _ body: (inout LineCursor, Word) -> Bool
  ) -> Bool {
    guard take(UInt8(ascii: "{"), bytes) else { return false }
    if take(UInt8(ascii: "}"), bytes) { return true }
    repeat {
      guard let key = key(bytes), body(&self, key) else { return false }
    } while take(UInt8(ascii: ","), bytes)
    return take(UInt8(ascii: "}"), bytes)
  }

  /// Goes through an array; `body` goes past each value.
  @inline(__always)
  mutating func elements(_ bytes: Span<UInt8>, _ body: (inout LineCursor) -> Bool) -> Bool {
    guard take(UInt8(ascii: "["), bytes) else { return false }
    if take(UInt8(ascii: "]"), bytes) { return true }
    repeat {
      guard body(&self) else { return false }
    } while take(UInt8(ascii: ","), bytes)
    return take(UInt8(ascii: "]"), bytes)
  }

  private mutating func skipMembers(_ bytes: Span<UInt8>) -> Bool {
    if take(UInt8(ascii: "}"), bytes) { return true }
    repeat {
      guard key(bytes) != nil, skip(bytes) else { return false }
    } while take(UInt8(ascii: ","), bytes)
    return take(UInt8(ascii: "}"), bytes)
  }

  private mutating func skipElements(_ bytes: Span<UInt8>) -> Bool {
    if take(UInt8(ascii: "]"), bytes) { return true }
    repeat {
      guard skip(bytes) else { return false }
    } while take(UInt8(ascii: ","), bytes)
    return take(UInt8(ascii: "]"), bytes)
  }

  /// A string with the escapes that our writer makes.
  private mutating func skipString(_ bytes: Span<UInt8>) -> Bool {
    index += 1
    while index < end {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\"") { return true }
      if byte < 0x20 { return false }
      if byte == UInt8(ascii: "\\"), !skipEscape(bytes) { return false }
    }
    return false
  }

  private mutating func skipEscape(_ bytes: Span<UInt8>) -> Bool {
    guard index < end else { return false }
    index += 1
    switch bytes[index - 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "t"): return true
    case UInt8(ascii: "u"):
      let digits = index
      index += 4
      guard index <= end else { return false }
      return (digits..<index).allSatisfy { Character(Unicode.Scalar(bytes[$0])).isHexDigit }
    default: return false
    }
  }

  /// `12`, `-12` or `0.000012`.
  private mutating func skipNumber(_ bytes: Span<UInt8>) -> Bool {
    _ = take(UInt8(ascii: "-"), bytes)
    let start = index
    var hasPoint = false
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "."), !hasPoint, index > start {
        hasPoint = true
      } else if byte &- UInt8(ascii: "0") >= 10 {
        break
      }
      index += 1
    }
    // Longer ones may be beyond what a Double holds.
    guard index > start, index - start <= 100, !isInNumber(bytes) else { return false }
    return bytes[index - 1] != UInt8(ascii: ".")
  }

  private mutating func skip(_ word: StaticString, _ bytes: Span<UInt8>) -> Bool {
    let found = Word(start: index, count: word.utf8CodeUnitCount)
    guard found.count <= end - index, found.equals(word, bytes) else { return false }
    index += found.count
    return true
  }
}

extension LineCursor.Word {
  @inline(__always)
  func equals(_ word: StaticString, _ bytes: Span<UInt8>) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { buffer in
      for offset in 0..<count where unsafe buffer[offset] != bytes[start + offset] {
        return false
      }
      return true
    }
  }
}
