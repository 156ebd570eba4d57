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

  /// The cells that libvterm is given for a line that comes back, `columns` of them.
  static func emulated(_ row: [Cell], columns: Int) -> [VTermScreenCell] {
    var cells = (row.prefix(columns) + Array(repeating: .blank, count: max(0, columns - row.count)))
      .map(\.emulated)
    // Half of a wide character is none; libvterm writes the other half behind the line.
    if let last = cells.last, last.width == 2 { cells[cells.count - 1] = Cell.blank.emulated }
    return cells
  }

  private var emulated: VTermScreenCell {
    var cell = VTermScreenCell()
    let marks = combiningMarks.map(\.value) + Array(repeating: 0, count: Self.markLimit)
    cell.chars = (base == " " ? 0 : base.value, marks[0], marks[1], marks[2], marks[3], 0)
    // libvterm goes on by so many columns: never by none.
    cell.width = CChar(max(1, width))
    cell.attrs.bold = style.attributes.contains(.bold) ? 1 : 0
    cell.attrs.italic = style.attributes.contains(.italic) ? 1 : 0
    cell.attrs.underline = style.attributes.contains(.underline) ? 1 : 0
    cell.attrs.blink = style.attributes.contains(.blink) ? 1 : 0
    cell.attrs.reverse = style.attributes.contains(.reverse) ? 1 : 0
    cell.fg = VTermColor(style.foreground, standard: VTERM_COLOR_DEFAULT_FG)
    cell.bg = VTermColor(style.background, standard: VTERM_COLOR_DEFAULT_BG)
    return cell
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
  init(_ color: Color, standard: VTermColorType) {
    self.init()
    switch color {
    case .standard: unsafe type = UInt8(standard.rawValue)
    case .indexed(let index):
      unsafe indexed.type = UInt8(VTERM_COLOR_INDEXED.rawValue)
      unsafe indexed.idx = index
    case .rgb(let red, let green, let blue):
      unsafe rgb = .init(
        type: UInt8(VTERM_COLOR_RGB.rawValue), red: red, green: green, blue: blue)
    }
  }

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
