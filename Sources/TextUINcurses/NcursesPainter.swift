import CNcurses
import Glibc
import TextUI

/// Writes frames into an ncurses window.
struct NcursesPainter {
  private var pen: NcursesPen
  private let useUnicode: Bool
  private var line: [cchar_t] = []
  private var cursorIsShown = false
  private var cursorShape = CursorShape.standard
  /// Whether terminfo says how to choose the cursor's shape: Ss, in the form of DECSCUSR.
  private let hasCursorShapes: Bool

  init(useColor: Bool, useUnicode: Bool) {
    hasCursorShapes = RestoreSequence.string("Ss")?.hasSuffix(" q") == true
    pen = NcursesPen(useColor: useColor)
    self.useUnicode = useUnicode
  }

  /// Writes all rows; what the frame does not cover becomes blank.
  mutating func paint(_ frame: Frame, on window: UnsafeMutablePointer<WINDOW>) {
    let width = unsafe Int(getmaxx(window))
    let height = unsafe Int(getmaxy(window))
    for y in 0..<height {
      line.removeAll(keepingCapacity: true)
      for x in 0..<width {
        let cell = frame[x, y]
        if cell.width > 0 { append(cell, lookingLike: Self.look(of: cell, x, y, in: frame)) }
      }
      // Unlike the functions that add text, this one never wraps or scrolls in the last cell.
      unsafe line.withUnsafeBufferPointer { line in
        _ = unsafe mvwadd_wchnstr(window, Int32(y), 0, line.baseAddress, Int32(line.count))
      }
    }
    unsafe showCursor(at: frame.cursor, on: window)
  }

  /// The bytes that make the cursor look as the frame says; empty when it does already.
  mutating func shapeSequence(for frame: Frame) -> String {
    guard hasCursorShapes, frame.cursor != nil, frame.cursorShape != cursorShape else { return "" }
    cursorShape = frame.cursorShape
    return "\u{1B}[\(cursorShape.rawValue) q"
  }

  /// The bytes that give the cursor back as it was; empty when nobody changed it.
  mutating func shapeReset() -> String {
    defer { cursorShape = .standard }
    return cursorShape == .standard ? "" : RestoreSequence.cursorReset
  }

  private mutating func showCursor(at cursor: Point?, on window: UnsafeMutablePointer<WINDOW>) {
    if (cursor != nil) != cursorIsShown {
      cursorIsShown = cursor != nil
      curs_set(cursorIsShown ? 1 : 0)
    }
    if let cursor { unsafe wmove(window, Int32(cursor.y), Int32(cursor.x)) }
  }

  /// The style to draw a cell in. A few blanks between words look like the word before: the eye
  /// sees no difference, and a slow line is spared changes of colour.
  private static func look(of cell: Cell, _ x: Int, _ y: Int, in frame: Frame) -> Style {
    guard isBlank(cell), x > 0 else { return cell.style }
    let before = (1...longestJoin).lazy.map { frame[x - $0, y] }.first { $0.base != " " }
    let hasWordAfter = (1...longestJoin).contains { frame[x + $0, y].base != " " }
    guard let before = before?.style, hasWordAfter, isInvisible(before),
      before.background == cell.style.background
    else { return cell.style }
    return before
  }

  private static let longestJoin = 3

  private static func isBlank(_ cell: Cell) -> Bool {
    cell.base == " " && cell.width == 1 && isInvisible(cell.style)
  }

  /// Whether blanks show nothing of a style but its background.
  private static func isInvisible(_ style: Style) -> Bool {
    style.attributes.isDisjoint(with: [.reverse, .underline])
  }

  private mutating func append(_ cell: Cell, lookingLike style: Style) {
    let ink = pen.ink(for: style)
    if isDrawable(cell) {
      append(cell.base, marks: cell.combiningMarks, ink)
    } else {
      // Keep the columns where the C library and our table of widths differ.
      let standIn = asciiStandIn(for: cell.base)
      for _ in 0..<cell.width { append(standIn, marks: [], ink) }
    }
  }

  private func isDrawable(_ cell: Cell) -> Bool {
    if cell.base.isASCII && cell.combiningMarks.isEmpty { return true }
    return useUnicode && wcwidth(wchar_t(bitPattern: cell.base.value)) == Int32(cell.width)
  }

  private mutating func append(
    _ base: Unicode.Scalar, marks: [Unicode.Scalar], _ ink: NcursesPen.Ink
  ) {
    var text: [wchar_t] = [wchar_t(bitPattern: base.value)]
    for mark in marks { text.append(wchar_t(bitPattern: mark.value)) }
    text.append(0)
    var cell = cchar_t()
    // The pair is passed twice: a short for old callers, the real number behind the pointer.
    var pair = ink.pair
    let shortPair = Int16(clamping: pair)
    guard unsafe setcchar(&cell, text, ink.attributes, shortPair, &pair) == OK else { return }
    line.append(cell)
  }
}
