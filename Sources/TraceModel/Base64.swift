/// Base64 (RFC 4648, section 4), here because the standard library has none and Foundation would
/// be linked for this alone.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// How many digits stand for so many bytes.
  static func count(_ bytes: Int) -> Int { (bytes + 2) / 3 * 4 }

  package static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
    output.append(addingCapacity: count(bytes.count)) { append(bytes, to: &$0) }
  }

  static func append(_ bytes: [UInt8], to output: inout OutputSpan<UInt8>) {
    var index = 0
    while index < bytes.count {
      let count = min(3, bytes.count - index)
      var group = UInt32(bytes[index]) << 16
      if count > 1 { group |= UInt32(bytes[index + 1]) << 8 }
      if count > 2 { group |= UInt32(bytes[index + 2]) }
      for position in 0..<4 {
        let digit = alphabet[Int(group >> UInt32(18 - 6 * position)) & 63]
        output.append(position <= count ? digit : UInt8(ascii: "="))
      }
      index += 3
    }
  }

  /// The bytes that `text` stands for; nil when it is not base64.
  static func decode(_ text: String) -> [UInt8]? { decode(text.utf8) }

  /// The bytes that the text in UTF-8 stands for; nil when it is not base64.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    var digits = 0
    var padding = 0
    for character in text {
      if character == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let value = value(of: character) else { return nil }
      group = group << 6 | value
      digits += 1
      if digits % 4 == 0 {
        bytes.append(UInt8(truncatingIfNeeded: group >> 16))
        bytes.append(UInt8(truncatingIfNeeded: group >> 8))
        bytes.append(UInt8(truncatingIfNeeded: group))
        group = 0
      }
    }
    guard (digits + padding) % 4 == 0, padding <= 2 else { return nil }
    if padding == 1 {
      bytes += [UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2)]
    } else if padding == 2 {
      bytes.append(UInt8(truncatingIfNeeded: group >> 4))
    }
    return bytes
  }

  private static func value(of character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
