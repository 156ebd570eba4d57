import Glibc
import Testing
import TextUI

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2), ("─┌█", 3), ("→⏸", 2), ("\u{1B}\n", 2),
    ("\u{200D}", 1), ("\u{202E}", 1),
  ])
  func measuresText(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  /// Terminals and ncurses go by what `wcwidth(3)` says in a UTF-8 locale.
  @Test func agreesWithTheCLibrary() throws {
    typealias Wcwidth = @convention(c) (wchar_t) -> CInt
    let symbol = unsafe dlsym(nil, "wcwidth")
    let wcwidth = try #require(unsafe unsafeBitCast(symbol, to: Wcwidth?.self))
    let locale = unsafe setlocale(LC_CTYPE, "C.UTF-8")
    let isSet = unsafe locale != nil
    try #require(isSet)
    defer { unsafe setlocale(LC_CTYPE, "C") }
    var disagreements: [String] = []
    for value in UInt32(0x20)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value), visible(String(scalar)) == String(scalar) else {
        continue
      }
      let theirs = Int(wcwidth(wchar_t(bitPattern: value)))
      // The two know different versions of Unicode, which add scalars and move some between marks
      // that take a column and marks that take none.
      if scalar.properties.generalCategory == .spacingMark { continue }
      if theirs >= 0, theirs != DisplayWidth.of(scalar) {
        disagreements.append("U+\(String(value, radix: 16)) is \(theirs)")
      }
    }
    #expect(disagreements == [])
  }
}
