/// One byte of a message on the screen.
public struct ByteCell: Sendable, Hashable {
  /// The byte; nil when it was not read, or nothing was received there yet.
  public let byte: UInt8?
  /// What it is.
  public let role: FieldRole
  /// The id of the ``MessageNode`` that it belongs to.
  public let node: String
  /// Whether its field has another value in the other side's buffer.
  public internal(set) var isChanged = false

  /// Two columns: hexadecimal digits, or `??`.
  public var hex: String {
    guard let byte else { return "??" }
    let digits = String(byte, radix: 16)
    return digits.utf8.count == 1 ? "0\(digits)" : digits
  }

  /// One column: the byte as printable ASCII, or a stand-in.
  public func character(unicode: Bool = true) -> Character {
    guard let byte else { return "?" }
    // Room between and after the fields is told from them without colours.
    if byte == 0, role == .padding || role == .slack { return "-" }
    guard (0x20..<0x7F).contains(byte) else { return unicode ? "·" : "." }
    return Character(Unicode.Scalar(byte))
  }
}

/// A heading, or one row of bytes.
public struct ByteRow: Sendable, Hashable {
  /// The part of the message that the bytes are in.
  public enum Part: Sendable, Hashable {
    case control
    case data
    /// The control buffer of the other side: what was sent and is received here, or the reverse.
    case counterpart
  }

  /// The part of the message.
  public let part: Part
  /// The heading's text; nil for a row of bytes.
  public internal(set) var heading: String?
  /// Where the first cell is in its part.
  public let offset: Int
  /// The bytes; empty for a heading.
  public internal(set) var cells: [ByteCell]
  /// The names of the fields, to be written below the cells' hexadecimal digits when these have
  /// two columns each and one between them; empty where there is nothing to name.
  public let marks: String
  /// How much of a buffer is in use, for a heading where somebody offered one.
  public internal(set) var gauge: Gauge?

  /// Bytes in use, and bytes that were offered.
  public struct Gauge: Sendable, Hashable {
    /// How many were returned.
    public var used: Int
    /// How many there was room for.
    public var offered: Int
  }

  /// The names of the fields that begin in this row, where no line below names them.
  public internal(set) var legend = ""

  /// The bytes in one column each.
  public func text(unicode: Bool = true) -> String {
    String(cells.map { $0.character(unicode: unicode) })
  }

  static func heading(_ text: String, _ part: Part, _ gauge: Gauge? = nil) -> ByteRow {
    ByteRow(part: part, heading: text, offset: 0, cells: [], marks: "", gauge: gauge)
  }
}
