extension Key {
  /// Names in the spelling that ``name`` gives, first the one that is shown.
  private static let namedCodes: [(code: Code, names: [String])] = [
    (.character(" "), ["Space"]),
    (.enter, ["Enter", "Return"]),
    (.tab, ["Tab"]),
    (.backTab, ["S-Tab", "BackTab", "Shift-Tab"]),
    (.escape, ["Esc", "Escape"]),
    (.backspace, ["Backspace"]),
    (.delete, ["Delete", "Del"]),
    (.insert, ["Insert", "Ins"]),
    (.up, ["Up"]),
    (.down, ["Down"]),
    (.left, ["Left"]),
    (.right, ["Right"]),
    (.home, ["Home"]),
    (.end, ["End"]),
    (.pageUp, ["PgUp", "PageUp"]),
    (.pageDown, ["PgDn", "PageDown"]),
  ]

  private static let prefixes: [(prefix: String, modifier: Modifiers)] = [
    ("c-", .control), ("ctrl-", .control), ("a-", .alt), ("alt-", .alt), ("m-", .alt),
    ("s-", .shift), ("shift-", .shift),
  ]

  /// The key called `name`, or nil when there is none.
  ///
  /// A single character is itself. Others are `Space`, `Enter`, `Tab`, `S-Tab`, `Esc`,
  /// `Backspace`, `Delete`, `Insert`, `Up`, `Down`, `Left`, `Right`, `Home`, `End`, `PgUp`,
  /// `PgDn` and `F1` to `F63`, in upper or lower case. `C-`, `A-` and `S-` before a name hold
  /// Ctrl, Alt and Shift.
  public init?(name: String) {
    let lower = name.lowercased()
    if let named = Self.namedCodes.first(where: { entry in
      entry.names.contains { $0.lowercased() == lower }
    }) {
      self.init(named.code)
    } else if name.count == 1, let character = name.first {
      guard visible(name) == name, character != " " else { return nil }
      self.init(.character(character))
    } else if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...63).contains(number) {
      self.init(.function(number))
    } else {
      self.init(nameWithPrefix: name)
    }
  }

  private init?(nameWithPrefix name: String) {
    let lower = name.lowercased()
    guard let (prefix, modifier) = Self.prefixes.first(where: { lower.hasPrefix($0.prefix) }),
      var key = Key(name: String(name.dropFirst(prefix.count)))
    else { return nil }
    switch (key.code, modifier) {
    case (.tab, .shift):
      key.code = .backTab
    case (.character(let character), .shift):
      // Shift is part of a character; "S-g" is what one types to get "G".
      guard let upper = character.uppercased().first, upper != character else { return nil }
      key.code = .character(upper)
    case (.character(let character), .control):
      // A terminal sends the same byte for Ctrl-c and Ctrl-C.
      key.code = .character(character.lowercased().first ?? character)
      key.modifiers.insert(.control)
    default:
      key.modifiers.insert(modifier)
    }
    self = key
  }

  /// The name by which ``init(name:)`` finds the key again.
  public var name: String {
    var prefix = ""
    if modifiers.contains(.control) { prefix += "C-" }
    if modifiers.contains(.alt) { prefix += "A-" }
    if modifiers.contains(.shift) { prefix += "S-" }
    if let named = Self.namedCodes.first(where: { $0.code == code })?.names.first {
      return prefix + named
    }
    switch code {
    case .function(let number): return prefix + "F\(number)"
    case .character(let character): return prefix + String(character)
    default: return prefix
    }
  }

  /// The keys of a list of names separated by spaces, as `--keys` takes it.
  ///
  /// - Throws: ``KeyListError`` at the first word that is no key.
  public static func parse(list: String) throws(KeyListError) -> [Key] {
    var keys: [Key] = []
    for word in list.split(whereSeparator: \.isWhitespace) {
      guard let key = Key(name: String(word)) else {
        throw KeyListError(word: String(word), position: keys.count + 1)
      }
      keys.append(key)
    }
    return keys
  }
}

/// A word in a list of keys which names no key.
public struct KeyListError: Error, Equatable, CustomStringConvertible {
  /// The word.
  public let word: String
  /// Which word of the list it is, from 1.
  public let position: Int

  /// One sentence with the cure.
  public var description: String {
    "“\(visible(word))”, word \(position) of the key list, is not a key: write single characters,"
      + " or names such as Space, Tab, S-Tab, Enter, Esc, Left, End, PgDn, F1 or C-c,"
      + " separated by spaces."
  }
}
