/// Why a text is not JSON.
struct JSONSyntaxError: Error, Equatable {
  /// Byte offset in the line.
  let offset: Int
  let reason: String
}

/// A recursive-descent reader over the bytes of one line.
struct JSONReader {
  private let bytes: [UInt8]
  private var index = 0
  private var depth = 0
  private var nodes: [JSONLine.Node] = []
  private var texts: [String] = []

  /// Deep enough for our own lines many times over, shallow enough for any stack.
  private static let maximumDepth = 32

  static func read(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
    var reader = JSONReader(bytes: bytes)
    try reader.value()
    reader.skipSpace()
    guard reader.index == bytes.count else { throw reader.fault("text after the value") }
    return JSONLine(bytes: bytes, nodes: reader.nodes, texts: reader.texts).value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
    // In our own lines a value takes a little more than that.
    nodes.reserveCapacity(bytes.count / 6)
  }

  private mutating func value() throws(JSONSyntaxError) {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): try object()
    case UInt8(ascii: "["): try array()
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "t"): try word("true", .bool(true))
    case UInt8(ascii: "f"): try word("false", .bool(false))
    case UInt8(ascii: "n"): try word("null", .null)
    case nil: throw fault("the line ends in the middle of a value")
    default: try number()
    }
  }

  private mutating func add(_ content: JSONLine.Node.Content) {
    nodes.append(JSONLine.Node(content: content, end: nodes.count + 1))
  }

  /// Adds a value with others inside of it, which `body` reads.
  private mutating func add(
    _ content: JSONLine.Node.Content,
    _ body: (inout JSONReader) throws(JSONSyntaxError) -> Void
  ) throws(JSONSyntaxError) {
    depth += 1
    guard depth <= Self.maximumDepth else { throw fault("nested too deeply") }
    index += 1
    let place = nodes.count
    add(content)
    try body(&self)
    nodes[place].end = nodes.count
    depth -= 1
  }

  private mutating func object() throws(JSONSyntaxError) {
    try add(.object) { reader throws(JSONSyntaxError) in
      if reader.take(UInt8(ascii: "}")) { return }
      repeat {
        reader.skipSpace()
        guard reader.peek == UInt8(ascii: "\"") else { throw reader.fault("a key was expected") }
        try reader.string()
        guard reader.take(UInt8(ascii: ":")) else { throw reader.fault("a colon was expected") }
        try reader.value()
      } while reader.take(UInt8(ascii: ","))
      guard reader.take(UInt8(ascii: "}")) else {
        throw reader.fault("a comma or } was expected")
      }
    }
  }

  private mutating func array() throws(JSONSyntaxError) {
    try add(.array) { reader throws(JSONSyntaxError) in
      if reader.take(UInt8(ascii: "]")) { return }
      repeat { try reader.value() } while reader.take(UInt8(ascii: ","))
      guard reader.take(UInt8(ascii: "]")) else {
        throw reader.fault("a comma or ] was expected")
      }
    }
  }

  private mutating func string() throws(JSONSyntaxError) {
    index += 1
    let start = index
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      index += 1
    }
    if peek == UInt8(ascii: "\"") {
      add(.string(start..<index))
      index += 1
    } else {
      add(.escapedString(texts.count))
      texts.append(try stringWithEscapes(from: start))
    }
  }

  private mutating func stringWithEscapes(from start: Int) throws(JSONSyntaxError) -> String {
    var content = Array(bytes[start..<index])
    while let byte = peek {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"): content.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw fault("a control character in a string")
      default: content.append(byte)
      }
    }
    throw fault("the line ends in the middle of a string")
  }

  private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
    guard let byte = peek else { throw fault("the line ends in the middle of an escape") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw fault("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
    let first = try fourHexDigits()
    guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
    guard bytes[index...].starts(with: "\\u".utf8) else { return "\u{FFFD}" }
    index += 2
    let second = try fourHexDigits()
    guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
  }

  private mutating func fourHexDigits() throws(JSONSyntaxError) -> UInt32 {
    // Int's own reader would take a sign.
    guard index + 4 <= bytes.count, bytes[index] != UInt8(ascii: "+"),
      let value = UInt32(String(decoding: bytes[index..<(index + 4)], as: UTF8.self), radix: 16)
    else { throw fault("four hexadecimal digits were expected") }
    index += 4
    return value
  }

  private mutating func number() throws(JSONSyntaxError) {
    let start = index
    while let byte = peek, Self.isInNumber(byte) { index += 1 }
    if let value = Self.digits(bytes[start..<index]) { return add(.integer(value)) }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if let value = Int64(text) { return add(.integer(value)) }
    guard let value = Double(text), value.isFinite else {
      index = start
      throw fault("a value was expected")
    }
    add(.number(value))
  }

  private static func isInNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  /// Most numbers have nothing but digits, and not too many.
  private static func digits(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
    var value: Int64 = 0
    for byte in bytes {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private mutating func word(
    _ word: StaticString, _ content: JSONLine.Node.Content
  ) throws(JSONSyntaxError) {
    let isThere = word.withUTF8Buffer { unsafe bytes[index...].starts(with: $0) }
    guard isThere else { throw fault("a value was expected") }
    index += word.utf8CodeUnitCount
    add(content)
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A {
      index += 1
    }
  }

  private func fault(_ reason: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: index, reason: reason)
  }
}
