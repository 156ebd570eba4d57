/// A message taken apart: what requests and replies have in common.
struct WireMessage: Hashable, Sendable {
  let verb: String
  let fields: Fields
  let sentence: String?

  /// Reads the bytes of one message.
  init(parsing bytes: [UInt8]) throws(WireError) {
    if bytes.count > WireText.maximumLength { throw .tooLong }
    let words = bytes.split(separator: WireText.space, omittingEmptySubsequences: false)
    // The version first: whoever speaks another one may end its messages otherwise.
    let version = printable(Array((words.first ?? []).prefix(WireText.maximumWord)))
    if version != WireText.version { throw .otherVersion(version) }
    guard bytes.firstIndex(of: WireText.newline) == bytes.count - 1 else { throw .unfinished }

    let line = bytes.dropLast().dropFirst(WireText.version.utf8.count + 1)
    if line.prefix(while: { $0 != WireText.space }).elementsEqual("error".utf8) {
      // An error is a sentence and nothing else.
      (verb, fields) = ("error", Fields())
      sentence = try Self.sentence(line.dropFirst("error ".utf8.count))
      return
    }
    let end = line.firstIndex(of: WireText.semicolon)
    let parts = (end.map { line[..<$0] } ?? line)
      .split(separator: WireText.space, omittingEmptySubsequences: false)
    guard let first = parts.first, let verb = Self.word(first) else { throw .badVerb }
    self.verb = verb
    fields = try Self.fields(parts.dropFirst())
    sentence = try end.map { (end) throws(WireError) in try Self.sentence(line[(end + 1)...]) }
  }

  private static func sentence(_ bytes: ArraySlice<UInt8>) throws(WireError) -> String {
    let plain = try WireText.unescaped(bytes.drop { $0 == WireText.space })
    return String(decoding: plain, as: UTF8.self)
  }

  private static func fields(_ parts: ArraySlice<ArraySlice<UInt8>>) throws(WireError) -> Fields {
    if parts.count > WireText.maximumFields { throw .tooManyFields }
    var fields = Fields()
    for (index, part) in parts.enumerated() {
      guard let equals = part.firstIndex(of: WireText.equals), let key = word(part[..<equals]),
        part.allSatisfy({ (0x21...0x7e).contains($0) })
      else { throw .badField(index + 1) }
      if fields.bytes(key) != nil { throw .repeatedKey(key) }
      fields.set(key, to: try WireText.unescaped(part[(equals + 1)...]))
    }
    return fields
  }

  /// A verb or a key.
  private static func word(_ bytes: ArraySlice<UInt8>) -> String? {
    let isWord = bytes.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard isWord, (1...WireText.maximumWord).contains(bytes.count) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
