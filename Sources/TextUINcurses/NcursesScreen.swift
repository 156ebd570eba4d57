import CNcurses
public import Glibc
public import TextUI

/// The terminal, drawn by ncurses.
///
/// One at a time, used from one thread. It installs no signal handler: the program itself wakes
/// up for SIGWINCH (then ``readInput()`` reports the new size), and gives the terminal back when
/// a signal ends it, by writing ``restoreSequence`` and setting ``originalTermios``.
@safe
public final class NcursesScreen: Screen {
  /// What the user does or does not want.
  public struct Options: Sendable {
    /// Colours, where the terminal has them and `NO_COLOR` is not set.
    public var color: Bool
    /// Characters beyond ASCII, where the locale is UTF-8.
    public var unicode: Bool
    /// Mouse reports; without them the terminal's own selection works.
    public var mouse: Bool

    /// All that the terminal can do, less what is switched off.
    public init(color: Bool = true, unicode: Bool = true, mouse: Bool = true) {
      self.color = color
      self.unicode = unicode
      self.mouse = mouse
    }
  }

  /// Columns and rows as of the last ``readInput()``.
  public private(set) var size: Size
  /// The bytes that take back all modes and leave the alternate screen.
  public let restoreSequence: [UInt8]
  /// Whether Unicode is drawn, or ASCII in its place.
  public let usesUnicode: Bool

  private let files: TerminalFiles
  private let screen: OpaquePointer
  private let window: UnsafeMutablePointer<WINDOW>
  private let hasMouse: Bool
  private let hasAlternateScreen: Bool
  private var input: NcursesInput
  private var painter: NcursesPainter
  private var isOpen = true
  /// Whether drags are to be asked for once ncurses has asked for clicks, which would undo it.
  private var wantsDrags = false
  private let usesMouse: Bool
  /// What brings the terminal to plain characters of the usual set, whatever was shown before.
  private let plainLook: String

  /// Takes the terminal: standard input and output when both are one, else `/dev/tty`.
  ///
  /// The C library's character set (`LC_CTYPE`) is set from the environment.
  ///
  /// - Parameter options: what the user does or does not want.
  /// - Throws: ``ScreenError`` when there is no terminal, or none on which one can draw.
  public init(options: Options = Options()) throws(ScreenError) {
    unsafe setlocale(LC_CTYPE, "")
    let name = Environment.term
    guard let name else { throw .termUnset }
    let files = try TerminalFiles()
    let signals = SavedSignals()
    let made = unsafe newterm(name, files.output, files.input)
    signals.restore()
    guard let screen = unsafe made else {
      files.close()
      throw .termUnknown(name)
    }
    guard RestoreSequence.string("cup") != nil, let pad = NcursesInput(),
      let window = unsafe newwin(0, 0, 0, 0)
    else {
      endwin()
      unsafe delscreen(screen)
      files.close()
      throw .termTooSimple(name)
    }
    self.files = files
    unsafe self.screen = screen
    unsafe self.window = window
    input = pad
    hasAlternateScreen = RestoreSequence.string("rmcup") != nil
    hasMouse = RestoreSequence.string("kmous") != nil
    usesMouse = options.mouse && hasMouse
    restoreSequence = RestoreSequence.bytes(hasMouse: hasMouse)
    plainLook = RestoreSequence.string("sgr0") ?? ""
    // In other locales ncurses draws lines with the terminal's own.
    if Environment.isUTF8 { LookSequences.leaveOutCharacterSets() }
    usesUnicode = options.unicode && Environment.isUTF8
    painter = NcursesPainter(
      useColor: options.color && !Environment.noColor, useUnicode: usesUnicode)
    size = unsafe Size(width: Int(getmaxx(window)), height: Int(getmaxy(window)))
    prepare()
  }

  deinit {
    close()
  }

  /// The terminal's attributes (`termios(3)`) from before the screen was taken.
  public var originalTermios: termios { files.originalTermios }

  /// Where ``restoreSequence`` is to be written.
  public var outputDescriptor: Int32 { files.outputDescriptor }

  /// Becomes readable when ``readInput()`` has something to report.
  public var inputDescriptor: Int32 { files.inputDescriptor }

  private func prepare() {
    // Ctrl-C, Ctrl-Z and Ctrl-S come as keys, and Enter is not Ctrl-J.
    raw()
    noecho()
    nonl()
    if usesMouse {
      mousemask(MouseDecoding.wanted, nil)
      mouseinterval(0)
      wantsDrags = true
    }
    setBracketedPaste(true)
    curs_set(0)
    write(plainLook)
    adoptWindowSize()
  }

  /// The terminals that report the mouse also know bracketed paste, or ignore it.
  private func setBracketedPaste(_ isOn: Bool) {
    if hasMouse { write(isOn ? "\u{1B}[?2004h" : "\u{1B}[?2004l") }
  }

  /// Writes what ncurses has no function for.
  private func write(_ sequence: String) {
    guard !sequence.isEmpty else { return }
    unsafe fputs(sequence, files.output)
    unsafe fflush(files.output)
  }

  /// Shows `frame`; ncurses writes what differs from what it wrote before.
  public func draw(_ frame: Frame) {
    guard isOpen else { return }
    unsafe painter.paint(frame, on: window)
    unsafe wnoutrefresh(window)
    doupdate()
    write(painter.shapeSequence(for: frame))
    if wantsDrags { write(MouseDecoding.dragsOn) }
    wantsDrags = false
  }

  /// What the user did since the last call, a new size of the terminal included.
  public func readInput() -> [InputEvent] {
    guard isOpen else { return [] }
    var events = input.events()
    if adoptWindowSize() { events.append(.resize(size)) }
    return events
  }

  @discardableResult
  private func adoptWindowSize() -> Bool {
    guard let (columns, rows) = files.windowSize(),
      size != Size(width: columns, height: rows)
    else { return false }
    size = Size(width: columns, height: rows)
    resizeterm(Int32(rows), Int32(columns))
    unsafe wresize(window, Int32(rows), Int32(columns))
    repaint()
    return true
  }

  /// Hands the terminal a sequence that neither draws nor moves the cursor, as for its clipboard.
  ///
  /// - Returns: false where the terminal is not of xterm's kind, and might show it.
  public func send(_ sequence: [UInt8]) -> Bool {
    guard isOpen, hasMouse else { return false }
    let written = unsafe fwrite(sequence, 1, sequence.count, files.output)
    return unsafe fflush(files.output) == 0 && written == sequence.count
  }

  /// Makes the next ``draw(_:)`` write everything, as Ctrl-L asks for.
  public func repaint() {
    write(plainLook)
    unsafe clearok(window, true)
  }

  /// Gives the terminal back and stops this process; returns once it is continued.
  public func suspend() {
    guard isOpen else { return }
    release()
    stopByTerminalSignal()
    reset_prog_mode()
    setBracketedPaste(true)
    wantsDrags = usesMouse
    repaint()
  }

  private func release() {
    setBracketedPaste(false)
    if usesMouse { write(MouseDecoding.dragsOff) }
    write(painter.shapeReset())
    endwin()
  }

  /// Gives the terminal back for good.
  public func close() {
    guard isOpen else { return }
    isOpen = false
    release()
    if !hasAlternateScreen {
      // Go on below what was drawn.
      unsafe fputs("\r\n", files.output)
    }
    input.close()
    unsafe delwin(window)
    unsafe delscreen(screen)
    files.close()
  }
}
