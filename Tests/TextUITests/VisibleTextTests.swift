import Testing
import TextUI

@Suite struct VisibleTextTests {
  @Test(arguments: [
    ("plain /dev/pts/3", "plain /dev/pts/3"),
    ("tab\tline\n", "tab␉line␊"),
    ("\u{1B}]0;title\u{07}", "␛]0;title␇"),
    ("\u{7F}\u{85}\u{AD}", "␡\u{FFFD}\u{FFFD}"),
    ("a\u{202E}b\u{2066}c\u{200B}d", "a\u{FFFD}b\u{FFFD}c\u{FFFD}d"),
    ("d\u{200D}e\u{FEFF}f", "d\u{FFFD}e\u{FFFD}f"),
    ("\u{2028}\u{E0041}\u{FE0F}\u{378}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ("日本 é e\u{301} 😀", "日本 é e\u{301} 😀"),
  ])
  func replacesWhatMustNotReachATerminal(text: String, shown: String) {
    #expect(visible(text) == shown)
  }

  @Test(arguments: [
    ([0x61, 0xFF, 0x62, 0x00] as [UInt8], "a\u{FFFD}b␀"),
    // A lone surrogate, and a sequence that ends too early.
    ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
    ([0xE6, 0x97, 0x41], "\u{FFFD}A"),
  ])
  func invalidBytesAreShown(bytes: [UInt8], shown: String) {
    #expect(visible(bytes) == shown)
  }
}
