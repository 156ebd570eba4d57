/// Writes one JSON object with its keys in the order of the calls, which no encoder of the
/// standard libraries promises and people who read a recording with `less` want.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init() {}

  /// Gives away what was written and goes on behind `other`: a swap, for a copy of all the lines
  /// before would cost more than any line.
  mutating func exchange(_ other: inout [UInt8]) { swap(&bytes, &other) }

  package mutating func object(_ key: StaticString? = nil, _ body: (inout JSONWriter) -> Void) {
    nested(key, open: "{", close: "}", body)
  }

  package mutating func array<Element>(
    _ key: StaticString, _ elements: some Sequence<Element>,
    _ body: (inout JSONWriter, Element) -> Void
  ) {
    nested(key, open: "[", close: "]") { writer in
      for element in elements { body(&writer, element) }
    }
  }

  package mutating func field(_ key: StaticString, _ value: some BinaryInteger) {
    put(key, 20) { $0.append(decimal: value) }
  }

  package mutating func field(_ key: StaticString, _ value: String) {
    put(key, room(for: value)) { $0.append(string: value) }
  }

  package mutating func field(_ key: StaticString, _ value: Bool) {
    put(key, 5) { $0.append(value ? "true" : "false") }
  }

  /// For keys that are no part of the format but come with an event.
  package mutating func field(named key: String, _ value: some BinaryInteger) {
    separate()
    put(room(for: key)) { $0.append(string: key) }
    bytes.append(UInt8(ascii: ":"))
    put(20) { $0.append(decimal: value) }
  }

  mutating func null(_ key: StaticString) {
    put(key, 4) { $0.append("null") }
  }

  /// Microseconds as seconds with six digits after the point.
  mutating func seconds(_ key: StaticString, microseconds: Int64) {
    let (whole, part) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    put(key, 21) { line in
      if microseconds < 0 { line.append(UInt8(ascii: "-")) }
      line.append(digits: whole)
      line.append(UInt8(ascii: "."))
      line.append(digits: part, atLeast: 6)
    }
  }

  mutating func base64(_ key: StaticString, _ value: [UInt8]) {
    put(key, Base64.count(value.count) + 2) { line in
      line.append(UInt8(ascii: "\""))
      Base64.append(value, to: &line)
      line.append(UInt8(ascii: "\""))
    }
  }

  package mutating func element(_ value: String) {
    separate()
    put(room(for: value)) { $0.append(string: value) }
  }

  package mutating func element(_ value: some BinaryInteger) {
    separate()
    put(20) { $0.append(decimal: value) }
  }

  private mutating func nested(
    _ key: StaticString?, open: Unicode.Scalar, close: Unicode.Scalar,
    _ body: (inout JSONWriter) -> Void
  ) {
    if let key { put(key, 0) { _ in } } else { separate() }
    bytes.append(UInt8(ascii: open))
    needsComma = false
    body(&self)
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }

  /// A key, and a value of at most `room` bytes. Room is made once: to make it for every byte is
  /// most of what a line costs.
  private mutating func put(
    _ key: StaticString, _ room: Int, _ value: (inout OutputSpan<UInt8>) -> Void
  ) {
    let comma = needsComma
    put(key.utf8CodeUnitCount + 4 + room) { line in
      if comma { line.append(UInt8(ascii: ",")) }
      line.append(UInt8(ascii: "\""))
      // Our keys need no escapes.
      line.append(key)
      line.append(UInt8(ascii: "\""))
      line.append(UInt8(ascii: ":"))
      value(&line)
    }
    needsComma = true
  }

  /// Six bytes for one at most, as in `\u001b`.
  private func room(for string: String) -> Int { 6 * string.utf8.count + 2 }

  private mutating func put(_ room: Int, _ value: (inout OutputSpan<UInt8>) -> Void) {
    bytes.append(addingCapacity: room, initializingWith: value)
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }
}

extension OutputSpan<UInt8> {
  fileprivate mutating func append(_ ascii: StaticString) {
    ascii.withUTF8Buffer { unsafe append(copying: $0) }
  }

  private mutating func append(copying source: UnsafeBufferPointer<UInt8>) {
    precondition(source.count <= freeCapacity)
    unsafe withUnsafeMutableBufferPointer { buffer, count in
      _ = unsafe buffer[count...].update(fromContentsOf: source)
      count += source.count
    }
  }

  fileprivate mutating func append(decimal value: some BinaryInteger) {
    if value < 0 { append(UInt8(ascii: "-")) }
    append(digits: UInt64(value.magnitude))
  }

  /// Decimal digits without a String for each number: numbers are most of a line.
  fileprivate mutating func append(digits value: UInt64, atLeast width: Int = 1) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var count = 0
    var rest = value
    repeat {
      digits[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      count += 1
    } while rest > 0 || count < width
    while count > 0 {
      count -= 1
      append(digits[count])
    }
  }

  /// A string in quotes. No control character is written as it is: lines are also read on
  /// terminals.
  fileprivate mutating func append(string value: String) {
    append(UInt8(ascii: "\""))
    var value = value
    value.withUTF8 { bytes in
      if unsafe bytes.allSatisfy(Self.isPlain) {
        unsafe append(copying: bytes)
      } else {
        append(escaping: unsafe Array(bytes))
      }
    }
    append(UInt8(ascii: "\""))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      && byte != 0x7F && byte != 0xC2
  }

  private mutating func append(escaping bytes: [UInt8]) {
    var begun = false
    for byte in bytes {
      if begun {
        // U+0080 … U+009F, which some terminals obey like ESC and a letter.
        if byte < 0xA0 {
          append(escape: byte)
        } else {
          append(0xC2)
          append(byte)
        }
        begun = false
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        append(UInt8(ascii: "\\"))
        append(byte)
      case 0x0A: append("\\n")
      case 0x09: append("\\t")
      case 0..<0x20, 0x7F: append(escape: byte)
      case 0xC2: begun = true
      default: append(byte)
      }
    }
  }

  fileprivate mutating func append(escape scalar: UInt8) {
    append("\\u00")
    for digit in [scalar >> 4, scalar & 15] {
      append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}
