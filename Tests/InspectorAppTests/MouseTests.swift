import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("The mouse on the last line and on the lines between panes") struct MouseTests {
  private func event(_ kind: MouseEvent.Kind, _ x: Int, _ y: Int) -> Inspector.Message {
    .input(.mouse(MouseEvent(position: Point(x: x, y: y), kind: kind)))
  }

  private func inspector(_ width: Int, _ height: Int) -> Inspector {
    .demoWithTerminals(
      steps: 11, size: Size(width: width, height: height), status: DemoSession.inFlight,
      options: InspectorOptions(remembered: Remembered()))
  }

  /// Clicks on a word of the last line.
  private func click(_ word: String, in inspector: inout Inspector) throws -> [Inspector.Effect] {
    let last = inspector.size.height - 1
    let text = inspector.frame.row(last)
    let place = try #require(text.firstRange(of: word), "\(word) in \(text)")
    let x = text.distance(from: text.startIndex, to: place.lowerBound)
    return inspector.update(event(.press(.left), x, last))
  }

  @Test("A click on a hint does what its key does")
  func hints() throws {
    var inspector = inspector(110, 34)
    #expect(try click("step", in: &inspector) == [.command(.step(pid: nil))])
    _ = try click("zoom", in: &inspector)
    #expect(inspector.isZoomed)
    _ = try click("help", in: &inspector)
    #expect(inspector.mode == .help(top: 0))
    _ = try click("close", in: &inspector)
    #expect(inspector.mode == .normal)
    #expect(try click("quit", in: &inspector) == [.quit])
    #expect(inspector.update(event(.press(.left), 109, 33)) == [])
  }

  @Test(
    "A line follows the pointer, keeps room on both sides, and is remembered",
    arguments: [(110, 34), (160, 50), (80, 24)])
  func drag(width: Int, height: Int) throws {
    var inspector = inspector(width, height)
    for line in try #require(inspector.layout).lines {
      let cells = try #require(inspector.layout?.lines.first { $0.border == line.border }).cells
      // Where no other line crosses it.
      let start =
        line.border.isVertical
        ? Point(x: cells.x, y: cells.y + 2) : Point(x: cells.maxX - 3, y: cells.y)
      _ = inspector.update(event(.press(.left), start.x, start.y))
      #expect(inspector.dragged == line.border)
      _ = inspector.update(event(.drag, start.x + 3, start.y + 1))
      for point in [(0, 0), (width, height)] {
        _ = inspector.update(event(.drag, point.0, point.1))
        for box in try #require(inspector.layout).boxes {
          #expect(box.content.height >= 2 && box.content.width >= 20, "\(box)")
        }
      }
      _ = inspector.update(event(.drag, start.x, start.y))
      let effects = inspector.update(event(.release, start.x, start.y))
      #expect(effects == [.remember(inspector.remembered)])
      let now = try #require(inspector.layout?.lines.first { $0.border == line.border }).cells
      #expect(now == cells)
      #expect(inspector.update(event(.drag, 1, 1)) == [])
    }
  }

  @Test("The first words are there until the first key, once")
  func welcome() throws {
    var inspector = inspector(110, 34)
    #expect(inspector.screen.contains("New here? Space goes on by a step"))
    var known = Remembered()
    known.knowsTheKeys = true
    #expect(try inspector.press("Space") == [.remember(known), .command(.step(pid: nil))])
    #expect(!inspector.screen.contains("New here?"))
    #expect(try inspector.press("Tab") == [])
  }
}
