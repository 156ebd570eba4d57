import TextUI

extension Theme {
  /// For terminals with a dark background.
  public static let dark = Theme(
    name: "dark",
    palette: Palette(
      left: 81, right: 213, kernel: 221, new: 114, gone: 203, warning: 215, same: 150,
      focus: 81, cursorBackground: 237))

  /// For terminals with a light background.
  public static let light = Theme(
    name: "light",
    palette: Palette(
      left: 25, right: 90, kernel: 94, new: 22, gone: 124, warning: 88, same: 22,
      focus: 25, cursorBackground: 254))

  /// Bright on black whatever the terminal's own colours are, and nothing fainter than the rest.
  public static let highContrast = Theme(
    name: "high-contrast",
    palette: Palette(
      left: 51, right: 219, kernel: 226, new: 46, gone: 217, warning: 214, same: 46,
      focus: 226, cursorBackground: 18, faint: Style()),
    base: Style(foreground: .indexed(231), background: .indexed(16)))

  /// The first sixteen colours, which follow the terminal's own theme. Whole sentences have none:
  /// nobody knows on what ground yellow would be.
  public static let sixteen = Theme(
    name: "16",
    palette: Palette(
      left: 6, right: 5, kernel: nil, new: 2, gone: 1, warning: 1, same: 2,
      focus: 6, cursorBackground: nil, faint: Style()))

  /// Without any colour: attributes only.
  public static let none = Theme(
    name: "none",
    styles: [
      .dim: attributes(.dim), .kernel: attributes(.italic), .new: attributes(.bold),
      .changed: attributes(.bold), .gone: attributes(.dim), .warning: attributes(.bold),
      .same: attributes(.bold), .border: attributes(.dim), .focusedBorder: attributes(.bold),
      .focusedTitle: attributes([.bold, .reverse]), .title: attributes(.bold),
      .now: attributes(.reverse), .past: attributes([.reverse, .underline]),
      .cursorRow: attributes(.bold), .selected: attributes(.reverse), .key: attributes(.bold),
      .notice: attributes(.bold),
    ])

  private static func attributes(_ attributes: Attributes) -> Style {
    Style(attributes: attributes)
  }
}

/// The entries of the 256-colour palette which a coloured theme is made of.
private struct Palette {
  var left: UInt8
  var right: UInt8
  /// Without it what is the kernel's is slanted.
  var kernel: UInt8?
  var new: UInt8
  var gone: UInt8
  var warning: UInt8
  var same: UInt8
  var focus: UInt8
  /// Behind the row of the cursor; without it the row is only bold.
  var cursorBackground: UInt8?
  /// What matters less.
  var faint = Style(attributes: .dim)
}

extension Theme {
  fileprivate init(name: String, palette: Palette, base: Style = .plain) {
    func ink(_ colour: UInt8, _ attributes: Attributes = []) -> Style {
      Style(foreground: .indexed(colour), attributes: attributes)
    }
    let kernel = palette.kernel.map { ink($0) } ?? Style(attributes: .italic)
    let cursorBackground = palette.cursorBackground.map { Color.indexed($0) } ?? .standard
    self.init(
      name: name, base: base,
      styles: [
        .dim: palette.faint, .left: ink(palette.left), .right: ink(palette.right),
        .kernel: kernel, .new: ink(palette.new, .bold),
        .changed: kernel, .gone: ink(palette.gone),
        .warning: ink(palette.warning, .bold), .same: ink(palette.same),
        .border: palette.faint, .focusedBorder: ink(palette.focus),
        .title: Style(attributes: .bold), .focusedTitle: ink(palette.focus, [.bold, .reverse]),
        .now: Style(attributes: .reverse),
        .past: ink(palette.warning, [.bold, .reverse]),
        .cursorRow: Style(background: cursorBackground, attributes: .bold),
        .selected: Style(attributes: .reverse), .key: ink(palette.focus, .bold),
        .notice: ink(palette.warning, .bold),
      ])
  }
}

extension Frame {
  /// Gives what has no colour of its own the theme's.
  mutating func ground(on base: Style) {
    guard base != .plain else { return }
    restyle(bounds) { style in
      if style.foreground == .standard { style.foreground = base.foreground }
      if style.background == .standard { style.background = base.background }
    }
  }
}
