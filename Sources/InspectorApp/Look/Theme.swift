import TextUI

/// What something on the screen is, as far as its colour is concerned. A role never speaks by its
/// colour alone: there is always a word, a mark or an attribute besides.
enum Role: Sendable, Hashable, CaseIterable {
  case plain
  case dim
  case left
  case right
  case kernel
  case new
  case changed
  case gone
  case warning
  case same
  case border
  case focusedBorder
  case title
  case focusedTitle
  case now
  case past
  case cursorRow
  case selected
  case key
  case notice
}

/// Colours and attributes for everything on the screen.
public struct Theme: Sendable, Hashable {
  /// What the user calls it.
  public let name: String
  private let styles: [Role: Style]

  private init(name: String, styles: [Role: Style]) {
    self.name = name
    self.styles = styles
  }

  /// The theme of this name, or nil when there is none.
  public init?(named name: String) {
    guard let theme = Self.all.first(where: { $0.name == name }) else { return nil }
    self = theme
  }

  /// All there are, the default one first.
  public static let all: [Theme] = [.dark, .light, .none]

  func style(_ role: Role) -> Style { styles[role] ?? .plain }

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
      left: 25, right: 90, kernel: 94, new: 22, gone: 124, warning: 130, same: 22,
      focus: 25, cursorBackground: 254))

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
  var kernel: UInt8
  var new: UInt8
  var gone: UInt8
  var warning: UInt8
  var same: UInt8
  var focus: UInt8
  var cursorBackground: UInt8
}

extension Theme {
  fileprivate init(name: String, palette: Palette) {
    func ink(_ colour: UInt8, _ attributes: Attributes = []) -> Style {
      Style(foreground: .indexed(colour), attributes: attributes)
    }
    self.init(
      name: name,
      styles: [
        .dim: Style(attributes: .dim), .left: ink(palette.left), .right: ink(palette.right),
        .kernel: ink(palette.kernel), .new: ink(palette.new, .bold),
        .changed: ink(palette.kernel), .gone: ink(palette.gone),
        .warning: ink(palette.warning, .bold), .same: ink(palette.same),
        .border: Style(attributes: .dim), .focusedBorder: ink(palette.focus),
        .title: Style(attributes: .bold), .focusedTitle: ink(palette.focus, [.bold, .reverse]),
        .now: Style(attributes: .reverse),
        .past: ink(palette.warning, [.bold, .reverse]),
        .cursorRow: Style(
          background: .indexed(palette.cursorBackground), attributes: .bold),
        .selected: Style(attributes: .reverse), .key: ink(palette.focus, .bold),
        .notice: ink(palette.warning, .bold),
      ])
  }
}
