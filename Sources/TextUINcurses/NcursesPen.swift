import CNcurses
import TextUI

/// Turns styles into ncurses attributes and colour pairs.
struct NcursesPen {
  /// nil where there is no colour: attributes alone carry the meaning.
  private let colors: NearestColor?
  private let hasDefaultColors: Bool
  /// Neighbouring cells mostly share their style.
  private var last: (style: Style, ink: Ink)?
  /// RGB colours are searched for once.
  private var numbers: [Color: Int32] = [:]

  /// The terminal's own colours with attributes. Pair 0 has the same colours, but coming to it from
  /// others ncurses takes the colours back before the attributes, which takes them back too.
  private static let markedPair: Int32 = 1

  /// What ncurses needs to draw a cell.
  struct Ink {
    var attributes: attr_t
    var pair: Int32
  }

  /// Looks at the terminal that newterm has made current.
  init(useColor: Bool) {
    guard useColor, has_colors(), start_color() == OK else {
      colors = nil
      hasDefaultColors = false
      return
    }
    let count = unsafe Int(tigetnum("colors"))
    hasDefaultColors = use_default_colors() == OK
    colors = count >= 8 ? NearestColor(count: count) : nil
    if hasDefaultColors { init_extended_pair(Self.markedPair, -1, -1) }
  }

  mutating func ink(for style: Style) -> Ink {
    if let last, last.style == style { return last.ink }
    var ink = Ink(attributes: Self.attributes(style.attributes), pair: 0)
    if let colors {
      let foreground = number(of: style.foreground, colors)
      let background = number(of: style.background, colors)
      if foreground != nil || background != nil {
        let standard: (Int32, Int32) = hasDefaultColors ? (-1, -1) : (7, 0)
        // ncurses keeps the pairs, and takes the least recently used one when all are in use.
        ink.pair = max(0, alloc_pair(foreground ?? standard.0, background ?? standard.1))
      } else if !style.attributes.isEmpty, hasDefaultColors {
        ink.pair = Self.markedPair
      }
      if colors.count < 16, case .indexed(8...15) = style.foreground {
        ink.attributes |= Self.attribute(.bold)
      }
    } else if style.background != .standard {
      // A bar that only its colour shows would vanish.
      ink.attributes |= Self.attribute(.reverse)
    }
    last = (style, ink)
    return ink
  }

  private mutating func number(of color: Color, _ colors: NearestColor) -> Int32? {
    guard case .rgb = color else { return colors.number(of: color) }
    if let known = numbers[color] { return known }
    let number = colors.number(of: color)
    numbers[color] = number
    return number
  }

  private static func attributes(_ attributes: Attributes) -> attr_t {
    [.bold, .dim, .italic, .underline, .reverse, .blink].reduce(0) { bits, one in
      attributes.contains(one) ? bits | attribute(one) : bits
    }
  }

  /// The bits of `<curses.h>`, whose macros Swift cannot read: `NCURSES_BITS(1, shift)`.
  private static func attribute(_ attribute: Attributes) -> attr_t {
    let shift: attr_t =
      switch attribute {
      case .underline: 9
      case .reverse: 10
      case .blink: 11
      case .dim: 12
      case .bold: 13
      default: 23
      }
    return 1 << (shift + 8)
  }
}
