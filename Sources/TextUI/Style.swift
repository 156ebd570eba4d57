/// A colour as a program may ask for it; the screen shows the nearest its terminal has.
public enum Color: Sendable, Hashable {
  /// The terminal's own foreground or background.
  case standard
  /// An entry of the 256-colour palette; the first 16 follow the user's theme.
  case indexed(UInt8)
  /// Red, green and blue, each from 0 to 255.
  case rgb(UInt8, UInt8, UInt8)
}

/// How characters are drawn besides their colours.
public struct Attributes: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: UInt8

  /// Attributes from their bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Bold, or bright where the terminal has no bold.
  public static let bold = Attributes(rawValue: 1 << 0)
  /// Fainter than usual.
  public static let dim = Attributes(rawValue: 1 << 1)
  /// Slanted.
  public static let italic = Attributes(rawValue: 1 << 2)
  /// A line below the characters.
  public static let underline = Attributes(rawValue: 1 << 3)
  /// Foreground and background exchanged.
  public static let reverse = Attributes(rawValue: 1 << 4)
  /// Blinking.
  public static let blink = Attributes(rawValue: 1 << 5)
}

/// Colours and attributes of a cell.
public struct Style: Sendable, Hashable {
  /// The colour of the characters.
  public var foreground: Color
  /// The colour behind them.
  public var background: Color
  /// Bold, underline and the like.
  public var attributes: Attributes

  /// A style; what is not given is the terminal's own.
  public init(
    foreground: Color = .standard, background: Color = .standard, attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// The terminal's own colours, without attributes.
  public static let plain = Style()

  /// The same style with more attributes.
  public func adding(_ more: Attributes) -> Style {
    Style(
      foreground: foreground, background: background, attributes: attributes.union(more))
  }
}
