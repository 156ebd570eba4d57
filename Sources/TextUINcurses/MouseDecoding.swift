import CNcurses
import TextUI

/// What ncurses reads of the mouse, as events.
enum MouseDecoding {
  /// `BUTTONn_PRESSED` and the like: `NCURSES_MOUSE_MASK(button, mask)` with five bits a button.
  private static func bits(_ button: mmask_t, _ mask: mmask_t) -> mmask_t {
    mask << ((button - 1) * 5)
  }

  private static let released: mmask_t = 0o1
  private static let pressed: mmask_t = 0o2
  private static let moved = bits(6, 0o10)

  /// Presses and releases of five buttons, of which the last two are the wheel, and drags.
  static let wanted: mmask_t = (1...5).reduce(moved) { $0 | bits($1, released | pressed) }

  /// Asks xterm and its kin for moves too while a button is down, for which ncurses has no way.
  static let dragsOn = "\u{1B}[?1002h"
  static let dragsOff = "\u{1B}[?1002l"

  /// The events that `KEY_MOUSE` announced.
  ///
  /// ncurses announces several at once when they come fast, and hands out the newest first.
  static func events() -> [InputEvent] {
    var newestFirst: [InputEvent] = []
    var event = MEVENT()
    while unsafe getmouse(&event) == OK {
      guard let kind = kind(of: event.bstate) else { continue }
      let position = Point(x: Int(event.x), y: Int(event.y))
      newestFirst.append(.mouse(MouseEvent(position: position, kind: kind)))
    }
    return newestFirst.reversed()
  }

  private static func kind(of state: mmask_t) -> MouseEvent.Kind? {
    if state & bits(1, pressed) != 0 { return .press(.left) }
    if state & bits(2, pressed) != 0 { return .press(.middle) }
    if state & bits(3, pressed) != 0 { return .press(.right) }
    if state & bits(4, pressed) != 0 { return .wheelUp }
    if state & bits(5, pressed) != 0 { return .wheelDown }
    if state & (bits(1, released) | bits(2, released) | bits(3, released)) != 0 { return .release }
    return state & moved != 0 ? .drag : nil
  }
}
