/// What one column of one row shows: a character with its combining marks, and a style.
///
/// A wide character takes two cells; the right one is empty and has width 0. A cell never holds
/// anything that could move a terminal's cursor: whatever is put in is made visible first.
/// It needs no memory of its own, so frames can be filled and compared many times a second.
public struct Cell: Sendable, Hashable {
  /// The most combining marks that a cell keeps; more are dropped, as ncurses does.
  public static let markLimit = 4

  /// The character without its marks.
  public let base: Unicode.Scalar
  /// The combining marks in order, 0 where there is none.
  private(set) var marks: SIMD4<UInt32> = .zero
  /// 2 for a wide character, 1, or 0 for the right half of the wide character to the left.
  public let width: UInt8
  /// Its colours and attributes.
  public var style: Style

  /// A cell that shows `scalar`, or its stand-in when it must not reach a terminal.
  public init(scalar: Unicode.Scalar, style: Style = .plain) {
    let shown = standIn(for: scalar) ?? scalar
    let width = DisplayWidth.of(shown)
    // A mark has nothing to stand on here.
    self.base = width == 0 ? "\u{FFFD}" : shown
    self.width = UInt8(max(1, width))
    self.style = style
  }

  /// A cell that shows the first base of `character` with the marks that follow it.
  public init(_ character: Character, style: Style = .plain) {
    let scalars = character.unicodeScalars
    self.init(scalar: scalars.first ?? " ", style: style)
    for mark in scalars.dropFirst() { append(mark: mark) }
  }

  private init(rightHalf style: Style) {
    base = " "
    width = 0
    self.style = style
  }

  /// A space in the terminal's own colours.
  public static let blank = Cell(scalar: " ")

  /// The cell to the right of a wide character.
  public static func rightHalf(style: Style = .plain) -> Cell {
    Cell(rightHalf: style)
  }

  /// The character with its marks; empty in the right half of a wide one.
  public var text: String {
    var text = String.UnicodeScalarView()
    appendText(to: &text)
    return String(text)
  }

  /// The combining marks in order.
  public var combiningMarks: [Unicode.Scalar] {
    guard marks[0] != 0 else { return [] }
    return (0..<Self.markLimit).compactMap { index in
      marks[index] == 0 ? nil : Unicode.Scalar(marks[index])
    }
  }

  /// Puts a combining mark onto the character.
  ///
  /// Anything that is not a harmless mark is left out, and so are marks past ``markLimit``.
  public mutating func append(mark: Unicode.Scalar) {
    guard width > 0, standIn(for: mark) == nil, DisplayWidth.of(mark) == 0 else { return }
    for index in 0..<Self.markLimit where marks[index] == 0 {
      marks[index] = mark.value
      return
    }
  }

  func appendText(to text: inout String.UnicodeScalarView) {
    guard width > 0 else { return }
    text.append(base)
    text.append(contentsOf: combiningMarks)
  }
}
