import Glibc

/// Why the screen could not be taken.
public enum ScreenError: Error, Equatable, CustomStringConvertible {
  /// There is no terminal to draw on.
  case noTerminal
  /// `TERM` is not set.
  case termUnset
  /// terminfo has no entry for this value of `TERM`.
  case termUnknown(String)
  /// The terminal cannot place its cursor.
  case termTooSimple(String)

  /// One sentence with the cure.
  public var description: String {
    switch self {
    case .noTerminal:
      "There is no terminal to draw on: neither standard input and output nor /dev/tty is one."
        + " Use --text to get one line per event instead."
    case .termUnset:
      "TERM is not set, so it is unknown how to draw on this terminal."
        + " Set it (for example TERM=xterm-256color) or use --text."
    case .termUnknown(let name):
      "terminfo does not know the terminal “\(name)” that TERM names."
        + " Set TERM to a known one (for example xterm-256color), install ncurses-term,"
        + " or use --text."
    case .termTooSimple(let name):
      "The terminal “\(name)” that TERM names cannot place its cursor, so no screen can be drawn."
        + " Use --text, or set TERM to what the terminal really is."
    }
  }
}

/// The terminal opened for ncurses, which wants C files, and its state before ncurses changed it.
@safe
struct TerminalFiles {
  let input: UnsafeMutablePointer<FILE>
  let output: UnsafeMutablePointer<FILE>
  let outputDescriptor: Int32
  let inputDescriptor: Int32
  let originalTermios: termios

  /// Standard input and output when both are terminals, else the controlling terminal.
  init() throws(ScreenError) {
    let standardIsTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    let inputCopy = Self.duplicate(standardIsTerminal ? STDIN_FILENO : nil)
    let outputCopy = Self.duplicate(standardIsTerminal ? STDOUT_FILENO : nil)
    guard let input = unsafe fdopen(inputCopy, "r"), let output = unsafe fdopen(outputCopy, "w")
    else { throw .noTerminal }
    var settings = termios()
    guard unsafe tcgetattr(outputCopy, &settings) == 0 else { throw .noTerminal }
    unsafe self.input = input
    unsafe self.output = output
    inputDescriptor = inputCopy
    outputDescriptor = outputCopy
    originalTermios = settings
  }

  /// A descriptor of our own which no inspected program inherits.
  private static func duplicate(_ descriptor: Int32?) -> Int32 {
    if let descriptor { return fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }
    return unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
  }

  /// What the terminal says its size is; nil when it does not know.
  func windowSize() -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard unsafe ioctl(outputDescriptor, UInt(TIOCGWINSZ), &size) == 0,
      size.ws_col > 0, size.ws_row > 0
    else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  func close() {
    unsafe fclose(input)
    unsafe fclose(output)
  }
}
