import TestKit
import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// Every pane at every size, as it stands in `Frames`. The last line, which names keys, is left
/// out: what it says is tested where keys are.
@Suite("Every pane at every size") struct GoldenFrameTests {
  struct Screen: Sendable, CustomTestStringConvertible {
    var width: Int
    var height: Int
    var unicode: Bool

    var name: String { "\(width)x\(height)-\(unicode ? "unicode" : "ascii")" }
    var testDescription: String { name }
  }

  static let screens = [(80, 24), (110, 34), (160, 50), (200, 60)].flatMap { size in
    [true, false].map { Screen(width: size.0, height: size.1, unicode: $0) }
  }

  /// What is pressed after the receive of a descriptor, by a heading.
  private static let moments = [
    ("all panes", ""),
    ("the timeline as lanes", "z"),
    ("the timeline as a list", "v z"),
    ("the message", "Tab z"),
    ("the bytes of a receive", "Tab Tab z"),
    ("the bytes of the send", "b Tab Tab z"),
    ("the bytes beside the timeline", "Tab Tab"),
    ("the server's descriptors", "Tab Tab Tab z"),
    ("an opened descriptor of the client", "Tab Tab Tab Tab Enter z"),
    ("the client's descriptors by target, narrowed", "Tab Tab Tab Tab o \\ p t s Enter z"),
    ("a terminal", "Tab Tab Tab Tab Tab z"),
    ("the explanation", "Tab Tab Tab Tab Tab Tab Tab z"),
  ]

  @Test(arguments: screens) func frames(_ screen: Screen) throws {
    var text = ""
    for (heading, keys) in Self.moments {
      var inspector = Inspector.demoWithTerminals(
        steps: 12, size: Size(width: screen.width, height: screen.height),
        status: DemoSession.allWait, options: InspectorOptions(unicode: screen.unicode))
      if !keys.isEmpty { try inspector.press(keys) }
      inspector.notice = nil
      let rows = inspector.screen.split(separator: "\n", omittingEmptySubsequences: false)
      text += "== \(heading) ==\n" + rows.dropLast().joined(separator: "\n") + "\n"
    }
    expectText(text, matchesFile: screen.name)
  }
}
