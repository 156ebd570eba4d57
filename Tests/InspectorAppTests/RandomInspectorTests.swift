import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// Keys, mouse, sizes and events in any order: the screen is always well-formed.
@Suite("Random use") struct RandomInspectorTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private static let keys =
    Keymap.bindings.flatMap(\.keys) + "xQ漢é".map { .character($0) }
    + [Key(.delete), Key(.function(5)), Key(.left), Key(.escape), Key(.escape)]

  private static let statuses = [
    DemoSession.atStart, DemoSession.beforeSend, DemoSession.inFlight, DemoSession.beforeReceive,
    DemoSession.allWait, SessionStatus(mode: .running), SessionStatus(mode: .ended),
  ]

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func anything(seed: UInt64) {
    var random = Generator(state: seed)
    let size = Size(width: 80, height: 24)
    let options = InspectorOptions(unicode: seed != 3, colour: seed != 2, live: seed != 4)
    var inspector = Inspector(size: size, title: "demo", options: options)
    var events = DemoSession.all.events[...]
    for _ in 0..<5000 {
      _ = inspector.update(message(&random, &events))
      guard random.next() % 4 == 0 else { continue }
      check(inspector)
    }
  }

  private func message(
    _ random: inout Generator, _ events: inout ArraySlice<TraceEvent>
  ) -> Inspector.Message {
    switch random.next() % 20 {
    case 0:
      let size = Size(width: Int(random.next() % 200), height: Int(random.next() % 60))
      return .input(.resize(size))
    case 1:
      let point = Point(x: Int(random.next() % 120), y: Int(random.next() % 40))
      let kinds: [MouseEvent.Kind] = [.press(.left), .wheelUp, .wheelDown, .release, .drag]
      let kind = kinds[Int(random.next() % 5)]
      return .input(.mouse(MouseEvent(position: point, kind: kind)))
    case 2:
      let status = Self.statuses[Int(random.next() % UInt64(Self.statuses.count))]
      return .updates([.status(status)])
    case 3:
      let batch = events.prefix(Int(random.next() % 3))
      events = events.dropFirst(batch.count)
      return .updates(batch.map { .event($0) })
    case 4:
      return .terminals([
        .showing(["one", "two"], pid: DemoSession.server, width: 20, height: 5),
        .showing([], pid: DemoSession.client, width: 300, height: 2),
      ])
    case 5: return .input(.paste("\u{1B}[2J\n漢字"))
    case 6: return .notice("A sentence with \u{1B} in it.")
    default:
      return .input(.key(Self.keys[Int(random.next() % UInt64(Self.keys.count))]))
    }
  }

  private func check(_ inspector: Inspector) {
    let frame = inspector.frame
    #expect(frame.size == inspector.size)
    if let cursor = frame.cursor { #expect(frame.bounds.contains(cursor)) }
    guard inspector.layout != nil else { return }
    #expect(frame.row(0).contains("fdpass-tui"))
    for y in 0..<frame.size.height {
      let width = (0..<frame.size.width).reduce(0) { $0 + Int(frame[$1, y].width) }
      #expect(width == frame.size.width)
    }
  }
}
