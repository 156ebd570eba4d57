/// One JSON value of a line that was read: lenient towards unknown keys, strict towards the grammar
/// (RFC 8259).
///
/// It is a place in the line. Texts and tables are made of what is asked for alone: of most lines
/// that is little, and a session has a million of them.
struct JSONValue {
  fileprivate let line: JSONLine
  fileprivate let place: Int

  private var node: JSONLine.Node { line.nodes[place] }

  /// The value of a key; the last one where the key comes more than once.
  @inline(__always)
  subscript(key: StaticString) -> JSONValue? {
    guard let found = line.place(ofValue: key, in: place) else { return nil }
    return JSONValue(line: line, place: found)
  }

  /// The names and values of an object.
  var members: [(name: String, value: JSONValue)] {
    guard case .object = node.content else { return [] }
    var members: [(name: String, value: JSONValue)] = []
    var name = place + 1
    while name < node.end {
      members.append((line.text(name), JSONValue(line: line, place: name + 1)))
      name = line.nodes[name + 1].end
    }
    return members
  }

  var string: String? {
    switch node.content {
    case .string, .escapedString: line.text(place)
    default: nil
    }
  }

  var bool: Bool? { if case .bool(let value) = node.content { value } else { nil } }

  var array: [JSONValue]? {
    guard case .array = node.content else { return nil }
    var elements: [JSONValue] = []
    var element = place + 1
    while element < node.end {
      elements.append(JSONValue(line: line, place: element))
      element = line.nodes[element].end
    }
    return elements
  }

  func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
    if case .integer(let value) = node.content { Number(exactly: value) } else { nil }
  }

  var double: Double? {
    switch node.content {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

/// A line of JSON, and where in it every value is.
final class JSONLine {
  /// A value. Those inside of it follow, the names of an object's members before their values.
  struct Node {
    enum Content {
      case null
      case bool(Bool)
      case integer(Int64)
      case number(Double)
      /// The bytes between the quotes, which are the text.
      case string(Range<Int>)
      /// One of ``JSONLine/texts``, for it is written with escapes.
      case escapedString(Int)
      case array
      case object
    }

    var content: Content
    /// The place after the last value inside of it.
    var end: Int
  }

  fileprivate let bytes: [UInt8]
  fileprivate let nodes: [Node]
  fileprivate let texts: [String]

  init(bytes: [UInt8], nodes: [Node], texts: [String]) {
    self.bytes = bytes
    self.nodes = nodes
    self.texts = texts
  }

  /// The value that is all of the line.
  var value: JSONValue { JSONValue(line: self, place: 0) }

  fileprivate func text(_ place: Int) -> String {
    switch nodes[place].content {
    case .string(let range): String(decoding: bytes[range], as: UTF8.self)
    case .escapedString(let number): texts[number]
    default: ""
    }
  }

  /// Where the value of a key is; the last one where the key comes more than once.
  fileprivate func place(ofValue key: StaticString, in object: Int) -> Int? {
    let nodes = nodes
    let bytes = bytes
    guard case .object = nodes[object].content else { return nil }
    let end = nodes[object].end
    let length = key.utf8CodeUnitCount
    var found: Int?
    var name = object + 1
    while name < end {
      switch nodes[name].content {
      case .string(let range):
        // Most other keys are longer or shorter.
        if range.count == length, Self.equal(bytes.span, range.lowerBound, key) { found = name + 1 }
      default: if text(name) == key.description { found = name + 1 }
      }
      name = nodes[name + 1].end
    }
    return found
  }

  @inline(__always)
  private static func equal(_ bytes: Span<UInt8>, _ start: Int, _ key: StaticString) -> Bool {
    key.withUTF8Buffer { key in
      for offset in 0..<key.count where unsafe key[offset] != bytes[start + offset] {
        return false
      }
      return true
    }
  }
}
