/// Where frames are shown and input comes from.
///
/// A screen belongs to one thread.
public protocol Screen: AnyObject {
  /// The size which the next frame must have.
  var size: Size { get }

  /// Shows `frame` in place of what was there.
  func draw(_ frame: Frame)

  /// What the user did since the last call. It never waits.
  func readInput() -> [InputEvent]

  /// Gives the terminal back, stops this process as Ctrl-Z does, and takes the terminal again
  /// once the process is continued. The caller then reads input, since the size may be another,
  /// and draws anew.
  func suspend()

  /// Gives the terminal back for good. Calling it again does nothing.
  func close()
}

/// A screen without a terminal: it keeps the last frame, and nobody types.
public final class HeadlessScreen: Screen {
  /// The size it was made with.
  public let size: Size
  /// What was drawn last.
  public private(set) var frame: Frame

  /// A screen of a fixed size.
  public init(size: Size) {
    self.size = size
    frame = Frame(size: size)
  }

  /// Keeps `frame`.
  public func draw(_ frame: Frame) {
    self.frame = frame
  }

  /// Always empty.
  public func readInput() -> [InputEvent] { [] }

  /// Does nothing: there is no terminal to give back.
  public func suspend() {}

  /// Does nothing: there is no terminal to give back.
  public func close() {}
}
