/// The keys in what a terminal sends, for who reads it without a library.
public struct KeyReading: Sendable {
  private var waiting: [UInt8] = []

  /// A reading of nothing yet.
  public init() {}

  /// The keys that are complete with `bytes`; the beginning of a character waits for its end. An
  /// escape sequence comes in one piece, so that ESC alone is the key.
  public mutating func keys(in bytes: some Sequence<UInt8>) -> [Key] {
    waiting += bytes
    var keys: [Key] = []
    while let key = next() { if let key { keys.append(key) } }
    return keys
  }

  /// Takes one key; nil inside where the bytes were none, nil outside when more must come.
  private mutating func next() -> Key?? {
    guard let first = waiting.first else { return nil }
    if first == 0x1B { return .some(escape()) }
    if first < 0x80 {
      waiting.removeFirst()
      return .some(Self.key(of: first))
    }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
    guard waiting.count >= length else { return nil }
    let text = String(decoding: waiting.prefix(length), as: UTF8.self)
    waiting.removeFirst(length)
    guard let character = text.first, visible(text) == text else { return .some(nil) }
    return .some(.character(character))
  }

  private static func key(of byte: UInt8) -> Key? {
    switch byte {
    case 9: return Key(.tab)
    case 10, 13: return Key(.enter)
    case 8, 127: return Key(.backspace)
    case 0: return .control(" ")
    case 1..<32: return .control(Character(Unicode.Scalar(byte + 64)).lowercased().first ?? "@")
    default: return .character(Character(Unicode.Scalar(byte)))
    }
  }

  private static let letters: [UInt8: Key.Code] = [
    0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x46: .end, 0x48: .home, 0x5A: .backTab,
  ]
  private static let numbers: [String: Key.Code] = [
    "1": .home, "2": .insert, "3": .delete, "4": .end, "5": .pageUp, "6": .pageDown,
    "11":
      .function(1),
  ]

  /// ESC alone, or a sequence after `ESC [` or `ESC O`; one that is not known is no key.
  private mutating func escape() -> Key? {
    waiting.removeFirst()
    guard let introducer = waiting.first, introducer == 0x5B || introducer == 0x4F,
      let final = waiting.dropFirst().firstIndex(where: { (0x40...0x7E).contains($0) })
    else { return Key(.escape) }
    let parameters = String(decoding: waiting[1..<final], as: UTF8.self)
    let last = waiting[final]
    waiting.removeFirst(final + 1)
    if last == 0x7E { return Self.numbers[parameters].map { Key($0) } }
    if introducer == 0x4F, last == 0x50 { return Key(.function(1)) }
    return Self.letters[last].map { Key($0) }
  }
}
