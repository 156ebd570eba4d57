import CNcurses
import TextUI

/// Reads keys, mouse and pasted text without ever waiting for more.
@safe
struct NcursesInput {
  /// Reading from a pad, because reading from a window would also redraw it.
  private let pad: UnsafeMutablePointer<WINDOW>
  /// What was pasted so far, while a paste is under way.
  private var pasted: String?

  /// What one read yields.
  private enum Read {
    case nothing
    case character(wint_t)
    case code(Int32)
  }

  /// Prepares the terminal that newterm has made current; nil without memory.
  init?() {
    guard let pad = unsafe newpad(1, 1) else { return nil }
    unsafe self.pad = pad
    unsafe keypad(pad, true)
    unsafe nodelay(pad, true)
    // After ESC the rest of a key's sequence comes at once, even over a network.
    set_escdelay(25)
    unsafe define_key("\u{1B}[200~", KeyDecoding.pasteStart)
    unsafe define_key("\u{1B}[201~", KeyDecoding.pasteEnd)
  }

  func close() {
    unsafe delwin(pad)
  }

  /// Everything that has arrived.
  mutating func events() -> [InputEvent] {
    var events: [InputEvent] = []
    while true {
      switch read() {
      case .nothing: return events
      case .code(KeyDecoding.pasteStart): pasted = ""
      case .code(KeyDecoding.pasteEnd):
        if let text = pasted { events.append(.paste(text)) }
        pasted = nil
      case .character(let character) where pasted != nil: paste(character)
      case .character(27): afterEscape(&events)
      case .character(let character):
        if let key = KeyDecoding.key(character: character) { events.append(.key(key)) }
      case .code(let code): append(code: code, to: &events)
      }
    }
  }

  private func read() -> Read {
    var character: wint_t = 0
    switch unsafe wget_wch(pad, &character) {
    case OK: return .character(character)
    case KEY_CODE_YES: return .code(Int32(bitPattern: character))
    default: return .nothing
    }
  }

  private mutating func paste(_ character: wint_t) {
    // Terminals paste line ends as Enter.
    let character = character == 13 ? 10 : character
    if let scalar = Unicode.Scalar(character) { pasted?.unicodeScalars.append(scalar) }
  }

  private func append(code: Int32, to events: inout [InputEvent]) {
    if code == KEY_MOUSE {
      events += MouseDecoding.events()
    } else if let key = KeyDecoding.key(code: code) {
      events.append(.key(key))
    }
  }

  /// What follows ESC at once belongs to it: Alt and a key, or a sequence unknown to terminfo.
  private func afterEscape(_ events: inout [InputEvent]) {
    switch read() {
    case .nothing:
      events.append(.key(Key(.escape)))
    case .character(let character) where character == 0x5B || character == 0x4F:
      if let key = controlSequence(introducer: character) { events.append(.key(key)) }
    case .character(let character):
      guard var key = KeyDecoding.key(character: character) else { return }
      if key.code != .escape { key.modifiers.insert(.alt) }
      events.append(.key(key))
    case .code(let code):
      events.append(.key(Key(.escape)))
      append(code: code, to: &events)
    }
  }

  /// Reads to the final byte, so that the rest of an unknown sequence is not taken for typing.
  private func controlSequence(introducer: wint_t) -> Key? {
    var sequence = ""
    while case .character(let character) = read(), let scalar = Unicode.Scalar(character) {
      sequence.unicodeScalars.append(scalar)
      if (0x40...0x7E).contains(character) { return KeyDecoding.key(controlSequence: sequence) }
    }
    guard sequence.isEmpty, let scalar = Unicode.Scalar(introducer) else { return nil }
    return Key(.character(Character(scalar)), modifiers: .alt)
  }
}
