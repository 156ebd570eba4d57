import Testing
import TextUI

@testable import InspectorApp

@Suite("Terminals wider than their panes") struct TerminalFoldingTests {
  private func lines(_ picture: TerminalPicture) -> [String] {
    picture.rows.map { row in
      String(row.map(\.text).joined().reversed().drop { $0 == " " }.reversed())
    }
  }

  @Test("A line goes on below, and so does the cursor")
  func folding() {
    let picture = TerminalPicture.showing(["0123456789", "ab"], pid: 1, width: 12, height: 3)
    #expect(picture.folded(to: 10) == picture)
    let folded = picture.folded(to: 4)
    #expect(lines(folded) == ["0123", "4567", "89", "ab", ""])
    #expect(folded.cursor == Point(x: 2, y: 3))
  }

  @Test("The cursor may stand behind what is written")
  func cursor() {
    let line = TerminalPicture.showing(["> typed"], pid: 1, width: 80, height: 1)
    let folded = line.folded(to: 7)
    #expect(folded == line)
    let longer = TerminalPicture.showing(["> typed more"], pid: 1, width: 80, height: 1)
    #expect(longer.folded(to: 6).cursor == Point(x: 0, y: 2))
    #expect(lines(longer.folded(to: 6)) == ["> type", "d more", ""])
  }

  @Test("No wide character is cut, and what scrolled away is folded too")
  func wide() {
    let row = [Cell("a"), Cell("漢"), .rightHalf(), Cell("b")]
    let picture = TerminalPicture(pid: 1, scrolledAway: [row], rows: [row])
    let folded = picture.folded(to: 2)
    #expect(lines(folded) == ["a", "漢", "b"])
    #expect(folded.scrolledAway.count == 3)
  }

  @Test("Where there is no room nothing is folded")
  func narrow() {
    let picture = TerminalPicture.showing(["0123"], pid: 1, width: 4, height: 1)
    #expect(picture.folded(to: 1) == picture)
    #expect(picture.folded(to: -3) == picture)
  }
}
