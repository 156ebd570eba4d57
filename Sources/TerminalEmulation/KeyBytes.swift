import CVTerm
import TextUI

/// What keys are to libvterm, and the bytes of those that need no terminal state.
enum KeyBytes {
  /// A typed character: Ctrl makes it a control character, Alt puts ESC before it.
  ///
  /// libvterm would send some with Ctrl in a form (CSI u) that few programs understand.
  static func bytes(_ character: Character, _ modifiers: Key.Modifiers) -> [UInt8] {
    var bytes = Array(character.utf8)
    if modifiers.contains(.control), let ascii = character.asciiValue,
      ascii == 0x20 || (0x3F...0x7F).contains(ascii)
    {
      bytes = [ascii == 0x3F ? 0x7F : ascii & 0x1F]
    }
    return modifiers.contains(.alt) ? [0x1B] + bytes : bytes
  }

  /// libvterm's key; nil for one it does not have.
  static func code(_ code: Key.Code) -> VTermKey? {
    switch code {
    case .character: nil
    case .enter: VTERM_KEY_ENTER
    case .tab, .backTab: VTERM_KEY_TAB
    case .escape: VTERM_KEY_ESCAPE
    case .backspace: VTERM_KEY_BACKSPACE
    case .delete: VTERM_KEY_DEL
    case .insert: VTERM_KEY_INS
    case .up: VTERM_KEY_UP
    case .down: VTERM_KEY_DOWN
    case .left: VTERM_KEY_LEFT
    case .right: VTERM_KEY_RIGHT
    case .home: VTERM_KEY_HOME
    case .end: VTERM_KEY_END
    case .pageUp: VTERM_KEY_PAGEUP
    case .pageDown: VTERM_KEY_PAGEDOWN
    case .function(let number):
      VTermKey(VTERM_KEY_FUNCTION_0.rawValue + UInt32(clamping: (number - 1) % 12 + 1))
    }
  }

  static func modifiers(_ key: Key) -> VTermModifier {
    var bits: UInt32 = 0
    if key.modifiers.contains(.shift) || key.code == .backTab { bits |= VTERM_MOD_SHIFT.rawValue }
    if key.modifiers.contains(.alt) { bits |= VTERM_MOD_ALT.rawValue }
    if key.modifiers.contains(.control) { bits |= VTERM_MOD_CTRL.rawValue }
    // With these libvterm's form (CSI u) would say nothing to most programs.
    if [.enter, .escape, .backspace, .tab].contains(key.code) { bits &= VTERM_MOD_ALT.rawValue }
    // terminfo calls F1 with Shift F13, with Ctrl F25, with both F37.
    if case .function(let number) = key.code {
      let held = (number - 1) / 12
      if held & 1 != 0 { bits |= VTERM_MOD_SHIFT.rawValue }
      if held & 2 != 0 { bits |= VTERM_MOD_CTRL.rawValue }
    }
    return VTermModifier(bits)
  }
}
