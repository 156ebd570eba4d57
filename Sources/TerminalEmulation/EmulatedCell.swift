import CVTerm
import TextUI

extension Cell {
  /// The cells of a row of libvterm's, made safe to draw and true to its columns.
  static func row(_ cells: some Sequence<VTermScreenCell>) -> [Cell] {
    var row: [Cell] = []
    for emulated in cells {
      // libvterm marks the right half of a wide character with -1.
      if emulated.chars.0 == UInt32.max {
        row.append(row.last?.width == 2 ? .rightHalf(style: emulated.style) : .blank)
      } else {
        row.append(Cell(emulated))
      }
    }
    // A wide character needs both columns.
    if row.last?.width == 2 { row[row.count - 1] = .blank }
    return row
  }

  private init(_ emulated: VTermScreenCell) {
    let first = emulated.chars.0
    let scalar = first == 0 ? " " : Unicode.Scalar(first) ?? "\u{FFFD}"
    self.init(scalar: scalar, style: emulated.style)
    if width > emulated.width {
      // The two tables of widths differ; libvterm decided how far its cursor went.
      self.init(scalar: "\u{FFFD}", style: emulated.style)
    }
    let (_, second, third, fourth, fifth, sixth) = emulated.chars
    guard second != 0 else { return }
    for value in [second, third, fourth, fifth, sixth] {
      guard value != 0, let mark = Unicode.Scalar(value) else { break }
      append(mark: mark)
    }
  }
}

extension VTermScreenCell {
  /// The colours and attributes that TextUI knows.
  var style: Style {
    var attributes: Attributes = []
    if attrs.bold != 0 { attributes.insert(.bold) }
    if attrs.italic != 0 { attributes.insert(.italic) }
    if attrs.underline != 0 { attributes.insert(.underline) }
    if attrs.blink != 0 { attributes.insert(.blink) }
    if attrs.reverse != 0 { attributes.insert(.reverse) }
    return Style(
      foreground: fg.color, background: bg.color, attributes: attributes)
  }
}

extension VTermColor {
  /// `VTERM_COLOR_IS_DEFAULT_FG` and its kin, which are macros that Swift cannot read.
  var color: Color {
    let kind = unsafe UInt32(type)
    if kind & VTERM_COLOR_DEFAULT_MASK.rawValue != 0 { return .standard }
    if kind & VTERM_COLOR_TYPE_MASK.rawValue == VTERM_COLOR_INDEXED.rawValue {
      return unsafe .indexed(indexed.idx)
    }
    return unsafe .rgb(rgb.red, rgb.green, rgb.blue)
  }
}
