/// A key with the modifiers that were held.
public struct Key: Sendable, Hashable {
  /// Which key.
  public enum Code: Sendable, Hashable {
    /// A key that types a character; shift is part of the character ("G", not shift and "g").
    case character(Character)
    /// Enter or Return.
    case enter
    /// Tab.
    case tab
    /// Shift and Tab.
    case backTab
    /// Escape.
    case escape
    /// Backspace, whichever code the terminal sends for it.
    case backspace
    /// Delete (forward).
    case delete
    /// Insert.
    case insert
    /// Arrow up.
    case up
    /// Arrow down.
    case down
    /// Arrow left.
    case left
    /// Arrow right.
    case right
    /// Home.
    case home
    /// End.
    case end
    /// Page up.
    case pageUp
    /// Page down.
    case pageDown
    /// A function key, from 1.
    case function(Int)
  }

  /// Keys held while another is pressed.
  public struct Modifiers: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt8

    /// Modifiers from their bits.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// Ctrl.
    public static let control = Modifiers(rawValue: 1 << 0)
    /// Alt or Meta.
    public static let alt = Modifiers(rawValue: 1 << 1)
    /// Shift, only with keys that type no character.
    public static let shift = Modifiers(rawValue: 1 << 2)
  }

  /// Which key.
  public var code: Code
  /// What was held with it.
  public var modifiers: Modifiers

  /// A key, alone or with modifiers.
  public init(_ code: Code, modifiers: Modifiers = []) {
    self.code = code
    self.modifiers = modifiers
  }

  /// A key that types `character`.
  public static func character(_ character: Character) -> Key {
    Key(.character(character))
  }

  /// Ctrl and a letter.
  public static func control(_ character: Character) -> Key {
    Key(.character(character), modifiers: .control)
  }
}
