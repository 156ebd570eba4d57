import Testing
import TextUI

@Suite struct GeometryTests {
  let rect = Rect(x: 2, y: 1, width: 10, height: 4)

  @Test func splitsCoverTheRectangle() {
    #expect(rect.split(top: 1).0 == Rect(x: 2, y: 1, width: 10, height: 1))
    #expect(rect.split(top: 1).1 == Rect(x: 2, y: 2, width: 10, height: 3))
    #expect(rect.split(bottom: 1).1 == Rect(x: 2, y: 4, width: 10, height: 1))
    #expect(rect.split(left: 3).1 == Rect(x: 5, y: 1, width: 7, height: 4))
    #expect(rect.split(right: 3).1 == Rect(x: 9, y: 1, width: 3, height: 4))
  }

  @Test(arguments: [-5, 0, 4, 99]) func splitsStayWithinTheRectangle(rows: Int) {
    let (top, bottom) = rect.split(top: rows)
    #expect(top.height + bottom.height == rect.height)
    #expect(top.height >= 0 && bottom.height >= 0)
  }

  @Test func intersectionOfDistantRectanglesIsEmpty() {
    #expect(rect.intersection(Rect(x: 50, y: 50, width: 5, height: 5)).isEmpty)
    #expect(
      rect.intersection(Rect(x: 0, y: 0, width: 4, height: 2))
        == Rect(x: 2, y: 1, width: 2, height: 1))
  }

  @Test func insetNeverTurnsInsideOut() {
    #expect(rect.inset(by: 1) == Rect(x: 3, y: 2, width: 8, height: 2))
    #expect(rect.inset(by: 9).isEmpty)
  }

  @Test func containsExcludesTheFarBounds() {
    #expect(rect.contains(Point(x: 2, y: 1)))
    #expect(rect.contains(Point(x: 11, y: 4)))
    #expect(!rect.contains(Point(x: 12, y: 4)))
    #expect(!rect.contains(Point(x: 11, y: 5)))
  }
}
