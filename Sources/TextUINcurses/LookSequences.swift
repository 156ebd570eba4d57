import CNcurses
import Glibc

/// What ncurses writes to change how characters look.
enum LookSequences {
  /// Has ncurses no longer choose the character set whenever the look changes, as terminfo tells it
  /// to for most terminals: in UTF-8 nothing leaves the usual one, and it is a tenth of all that is
  /// written.
  ///
  /// ncurses has no function for that: the strings are changed where tigetstr(3) says it keeps them.
  static func leaveOutCharacterSets() {
    for capability in ["sgr0", "sgr"] {
      guard let kept = unsafe tigetstr(capability), Int(bitPattern: kept) != -1 else { continue }
      let shorter = withoutCharacterSets(unsafe String(cString: kept))
      unsafe strcpy(kept, shorter)
    }
  }

  /// Leaves out `ESC ( B`, and the choice between it and the set of line drawing characters
  /// (terminfo(5), parameter 9 of `sgr`).
  static func withoutCharacterSets(_ capability: String) -> String {
    let parts = ["%?%p9%t\u{1B}(0%e\u{1B}(B%;", "\u{1B}(B"]
    return parts.reduce(capability) { text, part in text.replacing(part, with: "") }
  }
}
