import TextUI

/// What a terminal would send to a program for a key: xterm's codes.
enum KeyBytes {
  static func bytes(of key: Key) -> [UInt8] {
    let bytes = plainBytes(of: key)
    return key.modifiers.contains(.alt) && !bytes.isEmpty ? [0x1B] + bytes : bytes
  }

  private static func plainBytes(of key: Key) -> [UInt8] {
    switch key.code {
    case .character(let character):
      key.modifiers.contains(.control) ? control(character) : Array(String(character).utf8)
    case .enter: [0x0D]
    case .tab: [0x09]
    case .backTab: sequence("[Z")
    case .escape: [0x1B]
    case .backspace: [0x7F]
    case .delete: sequence("[3~")
    case .insert: sequence("[2~")
    case .up: sequence("[A")
    case .down: sequence("[B")
    case .right: sequence("[C")
    case .left: sequence("[D")
    case .home: sequence("[H")
    case .end: sequence("[F")
    case .pageUp: sequence("[5~")
    case .pageDown: sequence("[6~")
    case .function(let number): function(number)
    }
  }

  /// Ctrl takes the upper bits off: C-c is 3.
  private static func control(_ character: Character) -> [UInt8] {
    guard let ascii = character.asciiValue else { return Array(String(character).utf8) }
    if character == "?" { return [0x7F] }
    return [ascii & 0x1F]
  }

  private static func function(_ number: Int) -> [UInt8] {
    let codes = [
      "OP", "OQ", "OR", "OS", "[15~", "[17~", "[18~", "[19~", "[20~", "[21~", "[23~", "[24~",
    ]
    return codes.indices.contains(number - 1) ? sequence(codes[number - 1]) : []
  }

  private static func sequence(_ rest: String) -> [UInt8] { [0x1B] + Array(rest.utf8) }
}
