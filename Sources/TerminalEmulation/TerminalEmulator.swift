import CVTerm
public import TextUI

/// A terminal in memory: takes what a program prints and says what its screen would show.
///
/// Nothing that is fed in can reach the user's terminal: the cells hold only characters that are
/// safe to draw. libvterm (the emulation of Neovim's terminal) does the work. Use it from one
/// thread.
@safe
public final class TerminalEmulator {
  /// The most lines that are kept after they scrolled away.
  public static let scrollbackLimit = 1000
  private static let replyLimit = 65536
  private static let titleLimit = 256
  private static let chunk = 4096

  /// Columns and rows, at least one each.
  public private(set) var size: Size
  /// The title the program gave its window, made visible.
  public private(set) var title = ""

  let terminal: OpaquePointer
  private let screen: OpaquePointer
  private var filter = OutputFilter()
  private(set) var modes = EmulatorModes()
  var pressedButton: Int32 = 1
  private var scrolledAway: [[Cell]] = []
  var replies: [UInt8] = []
  /// Read from libvterm once after each change.
  private var cachedRows: [[Cell]]?

  /// A blank screen.
  public init(size: Size) {
    let size = Self.atLeastOne(size)
    self.size = size
    // Like Swift itself, libvterm does not go on without memory.
    unsafe terminal = vterm_new(Int32(size.height), Self.columns(size))
    unsafe screen = vterm_obtain_screen(terminal)
    unsafe vterm_set_utf8(terminal, 1)
    unsafe vterm_screen_enable_altscreen(screen, 1)
    let user = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe vterm_screen_set_callbacks(screen, EmulatorCallbacks.table, user)
    unsafe vterm_output_set_callback(terminal, EmulatorCallbacks.output, user)
    unsafe vterm_screen_reset(screen, 1)
  }

  deinit {
    unsafe vterm_free(terminal)
  }

  private static func atLeastOne(_ size: Size) -> Size {
    Size(width: max(1, size.width), height: max(1, size.height))
  }

  /// With one column libvterm has no place for the right half of a wide character.
  private static func columns(_ size: Size) -> Int32 {
    Int32(max(2, size.width))
  }

  // MARK: The program's side

  /// Takes what a program printed: text, escape sequences, or anything else.
  public func feed(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    let harmless = filter.filtered(bytes)
    if let title = filter.title { self.title = String(visible(title).prefix(Self.titleLimit)) }
    write(harmless)
  }

  private func write(_ bytes: [UInt8]) {
    cachedRows = nil
    unsafe bytes.withUnsafeBytes { buffer in
      let characters = unsafe buffer.bindMemory(to: CChar.self)
      // libvterm puts four times the length of a text on the stack.
      for start in stride(from: 0, to: characters.count, by: Self.chunk) {
        let length = min(Self.chunk, characters.count - start)
        unsafe vterm_input_write(terminal, characters.baseAddress?.advanced(by: start), length)
      }
    }
  }

  /// Gives the screen another size; the program is told by ``PseudoTerminal/resize(_:)``.
  public func resize(_ newSize: Size) {
    let newSize = Self.atLeastOne(newSize)
    guard newSize != size else { return }
    let shrinks = newSize.width < size.width || newSize.height < size.height
    size = newSize
    cachedRows = nil
    unsafe vterm_set_size(terminal, Int32(newSize.height), Self.columns(newSize))
    if shrinks { bringPositionsInside() }
  }

  /// Moves the cursor, the saved cursor and the margins to where they exist.
  ///
  /// libvterm 0.1.4 leaves them outside of a smaller screen, the cursor even above it, and then
  /// reads memory that is not its own.
  private func bringPositionsInside() {
    var position = VTermPos()
    unsafe vterm_state_get_cursorpos(vterm_obtain_state(terminal), &position)
    let row = min(max(0, Int(position.row)), size.height - 1) + 1
    let column = min(max(0, Int(position.col)), size.width - 1) + 1
    write(Array("\u{1B}[r\u{1B}[\(row);\(column)H\u{1B}7".utf8))
  }

  /// What the terminal answered to the program's questions since the last call.
  ///
  /// To be written to the master of its pseudo-terminal. More than 64 KiB that nobody takes are
  /// dropped.
  public func takeReplies() -> [UInt8] {
    defer { replies = [] }
    return replies
  }

  // MARK: The screen

  /// All rows from the top, each `size.width` cells.
  public func rows() -> [[Cell]] {
    if let cachedRows { return cachedRows }
    let rows = (0..<size.height).map { y in
      Cell.row((0..<size.width).map { x in emulatedCell(x, y) })
    }
    cachedRows = rows
    return rows
  }

  /// The cell at column `x` of row `y`; a blank outside of the screen.
  public func cell(_ x: Int, _ y: Int) -> Cell {
    guard Rect(size).contains(Point(x: x, y: y)) else { return .blank }
    return rows()[y][x]
  }

  private func emulatedCell(_ x: Int, _ y: Int) -> VTermScreenCell {
    var cell = VTermScreenCell()
    _ = unsafe vterm_screen_get_cell(screen, VTermPos(row: Int32(y), col: Int32(x)), &cell)
    return cell
  }

  /// Where the cursor is; nil when the program hid it.
  public var cursor: Point? {
    guard modes.cursorIsVisible else { return nil }
    var position = VTermPos()
    unsafe vterm_state_get_cursorpos(vterm_obtain_state(terminal), &position)
    return Point(
      x: min(Int(position.col), size.width - 1), y: min(Int(position.row), size.height - 1))
  }

  /// How the program wants its cursor to look.
  public var cursorShape: CursorShape { modes.cursorShape }

  /// Whether the program has the alternate screen, as those that fill the screen do.
  public var isFullScreen: Bool { modes.isFullScreen }

  /// Whether ``mouse(_:)`` is of use to the program.
  public var takesMouse: Bool { modes.wantsMouse || modes.isFullScreen }

  /// The lines that scrolled away at the top, oldest first, without the blanks at their ends.
  public var scrollback: [[Cell]] {
    Array(scrolledAway.suffix(Self.scrollbackLimit))
  }

  // MARK: What libvterm reports

  func didSend(_ bytes: [UInt8]) {
    if replies.count + bytes.count <= Self.replyLimit { replies += bytes }
  }

  func didScrollAway(_ cells: [VTermScreenCell]) {
    var row = Cell.row(cells)
    while row.last == .blank { row.removeLast() }
    scrolledAway.append(row)
    // Dropping many at once keeps a program that prints much fast.
    if scrolledAway.count >= 2 * Self.scrollbackLimit {
      scrolledAway.removeFirst(scrolledAway.count - Self.scrollbackLimit)
    }
  }

  /// The last line that scrolled away, as a taller screen shows it again.
  func takeScrolledAway(columns: Int) -> [VTermScreenCell]? {
    scrolledAway.popLast().map { Cell.emulated($0, columns: columns) }
  }

  func didSet(_ property: VTermProp, _ value: VTermValue) {
    unsafe modes.set(property, value)
  }
}
