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
    begin(key)
    append(value)
  }

  package mutating func field(_ key: StaticString, _ value: String) {
    begin(key)
    appendString(value)
  }

  package mutating func field(_ key: StaticString, _ value: Bool) {
    begin(key)
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// For keys that are no part of the format but come with an event.
  package mutating func field(named key: String, _ value: some BinaryInteger) {
    separate()
    appendString(key)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(contentsOf: String(value).utf8)
  }

  mutating func null(_ key: StaticString) {
    begin(key)
    bytes.append(contentsOf: "null".utf8)
  }

  /// Microseconds as seconds with six digits after the point.
  mutating func seconds(_ key: StaticString, microseconds: Int64) {
    begin(key)
    let (whole, part) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    if microseconds < 0 { bytes.append(UInt8(ascii: "-")) }
    append(digits: whole)
    bytes.append(UInt8(ascii: "."))
    append(digits: part, atLeast: 6)
  }

  mutating func base64(_ key: StaticString, _ value: [UInt8]) {
    begin(key)
    bytes.append(UInt8(ascii: "\""))
    Base64.append(value, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  package mutating func element(_ value: String) {
    separate()
    appendString(value)
  }

  package mutating func element(_ value: some BinaryInteger) {
    separate()
    append(value)
  }

  private mutating func nested(
    _ key: StaticString?, open: Unicode.Scalar, close: Unicode.Scalar,
    _ body: (inout JSONWriter) -> Void
  ) {
    if let key { begin(key) } else { separate() }
    bytes.append(UInt8(ascii: open))
    needsComma = false
    body(&self)
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }

  private mutating func begin(_ key: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    // Our keys need no escapes.
    key.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func append(_ value: some BinaryInteger) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    append(digits: UInt64(value.magnitude))
  }

  /// Decimal digits without a String for each number: numbers are most of a line.
  private mutating func append(digits value: UInt64, atLeast width: Int = 1) {
    let start = bytes.count
    var rest = value
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0 || bytes.count - start < width
    bytes[start...].reverse()
  }

  /// No control character is written as it is: lines are also read on terminals.
  private mutating func appendString(_ value: String) {
    bytes.append(UInt8(ascii: "\""))
    var begun: UInt8?
    for byte in value.utf8 {
      if let first = begun {
        // U+0080 … U+009F, which some terminals obey like ESC and a letter.
        if byte < 0xA0 { appendEscape(byte) } else { bytes += [first, byte] }
        begun = nil
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F: appendEscape(byte)
      case 0xC2: begun = byte
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscape(_ scalar: UInt8) {
    let digits = String(scalar, radix: 16)
    bytes.append(contentsOf: (digits.count == 1 ? "\\u000" : "\\u00").utf8)
    bytes.append(contentsOf: digits.utf8)
  }
}
