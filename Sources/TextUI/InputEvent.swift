/// What the user did, as a screen reports it.
public enum InputEvent: Sendable, Hashable {
  /// A key was pressed.
  case key(Key)
  /// The mouse was used.
  case mouse(MouseEvent)
  /// The terminal has a new size; the next frame must have it too.
  case resize(Size)
  /// Text was pasted: it is data, and none of it is meant as a command.
  case paste(String)
}

/// One use of the mouse.
public struct MouseEvent: Sendable, Hashable {
  /// A mouse button.
  public enum Button: Sendable, Hashable {
    /// The left one.
    case left
    /// The middle one, or the wheel pressed.
    case middle
    /// The right one.
    case right
  }

  /// What was done.
  public enum Kind: Sendable, Hashable {
    /// A button went down.
    case press(Button)
    /// A button went up.
    case release
    /// The wheel turned away from the user.
    case wheelUp
    /// The wheel turned towards the user.
    case wheelDown
    /// The mouse moved with a button down.
    case drag
  }

  /// The cell under the pointer.
  public var position: Point
  /// What was done.
  public var kind: Kind

  /// One use of the mouse.
  public init(position: Point, kind: Kind) {
    self.position = position
    self.kind = kind
  }
}
