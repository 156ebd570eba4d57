import CVTerm
import TextUI

/// What a program has set of its terminal, beside what it printed.
struct EmulatorModes {
  var cursorIsVisible = true
  /// Whether the program has the alternate screen, as those that fill the screen do.
  var isFullScreen = false
  /// Whether the program wants to know of the mouse.
  var wantsMouse = false
  private var shape = VTERM_PROP_CURSORSHAPE_BLOCK
  private var blinks = true

  /// Takes in one property.
  mutating func set(_ property: VTermProp, _ value: VTermValue) {
    switch property {
    case VTERM_PROP_CURSORVISIBLE: cursorIsVisible = unsafe value.boolean != 0
    case VTERM_PROP_ALTSCREEN: isFullScreen = unsafe value.boolean != 0
    case VTERM_PROP_MOUSE: wantsMouse = unsafe value.number != Int32(VTERM_PROP_MOUSE_NONE)
    case VTERM_PROP_CURSORBLINK: blinks = unsafe value.boolean != 0
    case VTERM_PROP_CURSORSHAPE: shape = unsafe Int(value.number)
    default: break
    }
  }

  /// A blinking block is what libvterm begins with, and says nothing of what the program wants.
  var cursorShape: CursorShape {
    switch shape {
    case VTERM_PROP_CURSORSHAPE_UNDERLINE: blinks ? .blinkingUnderline : .underline
    case VTERM_PROP_CURSORSHAPE_BAR_LEFT: blinks ? .blinkingBar : .bar
    default: blinks ? .standard : .block
    }
  }
}
