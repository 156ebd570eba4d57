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
  /// The colours of everything that has none of its own; the terminal's where it has none either.
  let base: Style

  init(name: String, base: Style = .plain, styles: [Role: Style]) {
    self.name = name
    self.base = base
    self.styles = styles
  }

  /// The theme of this name, or nil when there is none.
  public init?(named name: String) {
    guard let theme = Self.all.first(where: { $0.name == name }) else { return nil }
    self = theme
  }

  /// All there are, the default one first.
  public static let all: [Theme] = [.dark, .light, .highContrast, .sixteen, .none]

  func style(_ role: Role) -> Style { styles[role] ?? .plain }
}
