/// The text that goes between a role's server and its clients.
///
/// ```
/// message = "fdpass/1 " verb fields [ "; " sentence ] "\n"
/// fields  = { " " key "=" value }
/// ```
///
/// One message of a `SOCK_SEQPACKET` socket is one request or one reply, so that a descriptor always
/// belongs to the text it came with. Verbs and keys are lower-case letters, digits and dashes. In a
/// value everything is written `%XX` that is not a visible ASCII character, and so are `%` and `;`;
/// in a sentence all but visible ASCII and spaces, and `%`.
public enum WireText {
  /// What every message starts with: the name of this framing and its version.
  public static let version = "fdpass/1"
  /// The most bytes of a message, its newline included.
  public static let maximumLength = 4096
  /// The most fields of a message.
  public static let maximumFields = 16
  /// The most bytes of a verb or a key.
  static let maximumWord = 32

  /// Writes one message. It is cut nowhere: what is too long is for the reader to refuse.
  static func encode(verb: String, fields: Fields, sentence: String?) -> [UInt8] {
    var text = Array("\(version) \(verb)".utf8)
    for (key, value) in fields.all {
      text += Array(" \(key)=".utf8)
      text += escaped(value) { (0x21...0x7e).contains($0) && $0 != percent && $0 != semicolon }
    }
    if let sentence { text += Array("; ".utf8) + escaped(sentence: sentence) }
    return text + [newline]
  }

  /// A sentence as it stands in a message.
  static func escaped(sentence: String) -> [UInt8] {
    escaped(Array(sentence.utf8)) { (0x20...0x7e).contains($0) && $0 != percent }
  }

  private static func escaped(_ bytes: [UInt8], isPlain: (UInt8) -> Bool) -> [UInt8] {
    bytes.flatMap { isPlain($0) ? [$0] : [percent, digit($0 >> 4), digit($0 & 15)] }
  }

  private static let digits = Array("0123456789ABCDEF".utf8)
  private static func digit(_ value: UInt8) -> UInt8 { digits[Int(value)] }

  /// Undoes the escapes.
  static func unescaped(_ bytes: some Sequence<UInt8>) throws(WireError) -> [UInt8] {
    var plain: [UInt8] = []
    var rest = Array(bytes)[...]
    while let byte = rest.popFirst() {
      guard byte == percent else {
        plain.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(number), let low = rest.popFirst().flatMap(number)
      else { throw .badEscape }
      plain.append(high << 4 | low)
    }
    return plain
  }

  private static func number(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  static let newline = UInt8(ascii: "\n")
  static let space = UInt8(ascii: " ")
  static let percent = UInt8(ascii: "%")
  static let semicolon = UInt8(ascii: ";")
  static let equals = UInt8(ascii: "=")
}
