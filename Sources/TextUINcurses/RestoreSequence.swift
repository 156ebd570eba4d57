import CNcurses

/// The bytes that give a terminal back, for whoever can no longer call ncurses.
enum RestoreSequence {
  /// Ends mouse reports and bracketed paste of xterm and its kin.
  static let modesOff = "\u{1B}[?1006l\u{1B}[?1003l\u{1B}[?1002l\u{1B}[?1000l\u{1B}[?2004l"

  /// Gives the cursor the shape that the user chose, where we may have changed it.
  static var cursorReset: String {
    string("Ss")?.hasSuffix(" q") == true ? "\u{1B}[0 q" : ""
  }

  /// Reads terminfo's strings for the terminal that newterm has made current.
  static func bytes(hasMouse: Bool) -> [UInt8] {
    var text = hasMouse ? modesOff : ""
    for capability in ["sgr0", "op", "rmkx", "cnorm"] {
      text += string(capability) ?? ""
    }
    text += cursorReset
    if let leave = string("rmcup") {
      text += leave
    } else {
      // Without a second screen, go on below what was drawn.
      text += string("cup")?.hasPrefix("\u{1B}[") == true ? "\u{1B}[999;1H\r\n" : "\r\n"
    }
    return Array(text.utf8)
  }

  /// A string of terminfo without its padding, or nil when the terminal has none.
  static func string(_ capability: String) -> String? {
    // tigetstr(3) answers -1 for a name that is no string capability.
    guard let pointer = unsafe tigetstr(capability), Int(bitPattern: pointer) != -1 else {
      return nil
    }
    return unsafe withoutPadding(String(cString: pointer))
  }

  /// Leaves out the delays, written as `$<milliseconds>`.
  static func withoutPadding(_ text: String) -> String {
    var rest = text[...]
    var result = ""
    while let start = rest.firstRange(of: "$<"),
      let end = rest[start.upperBound...].firstIndex(of: ">")
    {
      result += rest[..<start.lowerBound]
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
