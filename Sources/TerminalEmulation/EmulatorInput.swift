import CVTerm
public import TextUI

/// The user's side: what the terminal sends to the program.
extension TerminalEmulator {
  private var wheelRows: Int { 3 }

  /// The bytes that the terminal sends for `key`, to be written to the pseudo-terminal.
  public func key(_ key: Key) -> [UInt8] {
    if case .character(let character) = key.code {
      return KeyBytes.bytes(character, key.modifiers)
    }
    guard let code = KeyBytes.code(key.code) else { return [] }
    return sent {
      unsafe vterm_keyboard_key(terminal, code, KeyBytes.modifiers(key))
    }
  }

  /// The bytes that the terminal sends for a use of the mouse at a cell of its own.
  ///
  /// A program that fills the screen and did not ask for the mouse gets the wheel as arrows, as
  /// xterm and tmux send it.
  public func mouse(_ event: MouseEvent) -> [UInt8] {
    guard modes.wantsMouse else {
      guard modes.isFullScreen else { return [] }
      switch event.kind {
      case .wheelUp: return (0..<wheelRows).flatMap { _ in key(Key(.up)) }
      case .wheelDown: return (0..<wheelRows).flatMap { _ in key(Key(.down)) }
      default: return []
      }
    }
    return sent {
      let column = min(max(0, event.position.x), size.width - 1)
      let row = min(max(0, event.position.y), size.height - 1)
      unsafe vterm_mouse_move(terminal, Int32(row), Int32(column), VTERM_MOD_NONE)
      switch event.kind {
      case .press(let button):
        pressedButton = button == .left ? 1 : button == .middle ? 2 : 3
        press(pressedButton)
      case .release: unsafe vterm_mouse_button(terminal, pressedButton, false, VTERM_MOD_NONE)
      case .wheelUp: press(4)
      case .wheelDown: press(5)
      case .drag: break
      }
    }
  }

  private func press(_ button: Int32) {
    unsafe vterm_mouse_button(terminal, button, true, VTERM_MOD_NONE)
  }

  /// The bytes that the terminal sends when `text` is pasted.
  ///
  /// Line ends become Enter; other control characters are left out, so that the text cannot end
  /// a bracketed paste by itself.
  public func text(_ text: String) -> [UInt8] {
    var content: [UInt8] = []
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\r": content.append(0x0D)
      case "\t": content.append(0x09)
      case "\0"..." ", "\u{7F}"..."\u{9F}": if scalar == " " { content.append(0x20) }
      default: content += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    let start = sent { unsafe vterm_keyboard_start_paste(terminal) }
    let end = sent { unsafe vterm_keyboard_end_paste(terminal) }
    return start + content + end
  }

  /// What libvterm sends during `body`, apart from its answers to the program.
  private func sent(_ body: () -> Void) -> [UInt8] {
    let before = replies
    replies = []
    body()
    defer { replies = before }
    return replies
  }
}
