import CNcurses
import TextUI

/// What ncurses reads, as keys.
enum KeyDecoding {
  /// The codes that ``NcursesInput`` gives to the marks around pasted text.
  static let pasteStart: Int32 = 0x7001
  static let pasteEnd: Int32 = 0x7002

  /// The key of a typed character, control characters included.
  static func key(character: wint_t) -> Key? {
    switch character {
    case 0: return Key(.character(" "), modifiers: .control)
    case 9: return Key(.tab)
    case 10, 13: return Key(.enter)
    case 8, 127: return Key(.backspace)
    case 27: return Key(.escape)
    case 1...31:
      // Ctrl takes the character 64 above; letters are named in lower case.
      guard let scalar = Unicode.Scalar(character + 64) else { return nil }
      return Key.control(Character(String(Character(scalar)).lowercased()))
    default:
      guard let scalar = Unicode.Scalar(character), visible(String(scalar)) == String(scalar)
      else { return nil }
      return Key.character(Character(scalar))
    }
  }

  /// The key of a code that ncurses found in terminfo.
  static func key(code: Int32) -> Key? {
    if let key = plainKeys[code] { return Key(key) }
    if let key = shiftedKeys[code] { return Key(key, modifiers: .shift) }
    if (KEY_F0...KEY_F0 + 63).contains(code) { return Key(.function(Int(code - KEY_F0))) }
    guard code > KEY_MAX, let name = unsafe keyname(code) else { return nil }
    return unsafe key(extendedName: String(cString: name))
  }

  private static let plainKeys: [Int32: Key.Code] = [
    KEY_UP: .up, KEY_DOWN: .down, KEY_LEFT: .left, KEY_RIGHT: .right,
    KEY_HOME: .home, KEY_A1: .home, KEY_FIND: .home, KEY_END: .end, KEY_C1: .end,
    KEY_SELECT: .end, KEY_PPAGE: .pageUp, KEY_A3: .pageUp, KEY_NPAGE: .pageDown,
    KEY_C3: .pageDown, KEY_BACKSPACE: .backspace, KEY_DC: .delete, KEY_IC: .insert,
    KEY_ENTER: .enter, KEY_BTAB: .backTab,
  ]

  private static let shiftedKeys: [Int32: Key.Code] = [
    KEY_SR: .up, KEY_SF: .down, KEY_SLEFT: .left, KEY_SRIGHT: .right, KEY_SHOME: .home,
    KEY_SEND: .end, KEY_SPREVIOUS: .pageUp, KEY_SNEXT: .pageDown, KEY_SDC: .delete,
    KEY_SIC: .insert,
  ]

  /// terminfo's extended names, such as `kUP5`: the digit is xterm's modifier parameter.
  static func key(extendedName name: String) -> Key? {
    let stem = name.prefix { !$0.isNumber }
    let codes: [Substring: Key.Code] = [
      "kUP": .up, "kDN": .down, "kLFT": .left, "kRIT": .right, "kHOM": .home, "kEND": .end,
      "kPRV": .pageUp, "kNXT": .pageDown, "kDC": .delete, "kIC": .insert,
    ]
    guard let code = codes[stem] else { return nil }
    let modifiers = modifiers(parameter: Int(name.dropFirst(stem.count)) ?? 2)
    return Key(code, modifiers: modifiers)
  }

  /// The key of a control sequence that terminfo does not list; nil when it is none we know.
  /// The sequence is what followed `ESC [` or `ESC O`, its final byte included.
  static func key(controlSequence sequence: String) -> Key? {
    // What begins like this is a report of the mouse, or an answer of the terminal.
    guard let final = sequence.last, !"<=>?".contains(sequence.prefix(1)) else { return nil }
    let parameters = sequence.dropLast().split(separator: ";").map { Int($0) ?? 0 }
    let letters: [Character: Key.Code] = [
      "A": .up, "B": .down, "C": .right, "D": .left, "H": .home, "F": .end, "Z": .backTab,
      "M": .enter,
    ]
    let numbers: [Int: Key.Code] = [
      1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
    ]
    let code = final == "~" ? parameters.first.flatMap { numbers[$0] } : letters[final]
    guard let code else { return nil }
    return Key(code, modifiers: modifiers(parameter: parameters.count > 1 ? parameters[1] : 1))
  }

  /// xterm's modifier parameter is 1 plus the bits shift 1, alt 2, control 4.
  private static func modifiers(parameter: Int) -> Key.Modifiers {
    let bits = max(0, parameter - 1)
    var modifiers: Key.Modifiers = []
    if bits & 1 != 0 { modifiers.insert(.shift) }
    if bits & 2 != 0 { modifiers.insert(.alt) }
    if bits & 4 != 0 { modifiers.insert(.control) }
    return modifiers
  }
}
