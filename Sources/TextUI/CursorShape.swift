/// How the terminal's cursor looks; the numbers are those of DECSCUSR (`CSI n SP q`).
public enum CursorShape: Int, Sendable, Hashable, CaseIterable {
  /// As the user set their terminal up.
  case standard
  /// A block that blinks.
  case blinkingBlock
  /// A block.
  case block
  /// A line below the character that blinks.
  case blinkingUnderline
  /// A line below the character.
  case underline
  /// A line before the character that blinks.
  case blinkingBar
  /// A line before the character.
  case bar
}
