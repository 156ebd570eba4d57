import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// Searching a session that is too long to be looked through between two keys.
@Suite struct SearchTests {
  private static func inspector(steps: Int) -> Inspector {
    var inspector = Inspector(
      size: Size(width: 80, height: 24), title: "test", options: InspectorOptions(live: false))
    _ = inspector.update(
      .updates(
        (1...steps).map { step in
          let isRare = step == steps - 3
          let call = CallRecord(
            name: isRare ? "rare" : "usual", result: 0, created: isRare ? [7] : [])
          return .event(TraceEvent(sequence: step, pid: 1, comm: "x", body: .call(call)))
        }))
    return inspector
  }

  private static func press(_ names: String, in inspector: inout Inspector) throws
    -> [Inspector.Effect]
  {
    var effects: [Inspector.Effect] = []
    for key in try Key.parse(list: names) { effects = inspector.update(.input(.key(key))) }
    return effects
  }

  @Test("It goes on a portion at a time, and says how far it is") func portions() throws {
    var inspector = Self.inspector(steps: 1600)
    #expect(try Self.press("/ m a d e Enter", in: &inspector) == [.searchOn])
    #expect(inspector.notice == "Searching “made”: 30 % looked through; any key stops.")
    var count = 1
    while inspector.update(.searchOn).contains(.searchOn) { count += 1 }
    #expect(count == 3)
    #expect(inspector.cursorStep == 1596)
    #expect(inspector.notice == nil)
  }

  @Test("A word that only events have is found at once, however many there are")
  func quick() throws {
    var inspector = Self.inspector(steps: 1600)
    #expect(try !Self.press("/ r a r e Enter", in: &inspector).contains(.searchOn))
    #expect(inspector.cursorStep == 1596)
  }

  @Test("A key stops it and does what it always does") func stopped() throws {
    var inspector = Self.inspector(steps: 1600)
    _ = try Self.press("/ m a d e Enter", in: &inspector)
    #expect(try !Self.press("Right", in: &inspector).contains(.searchOn))
    #expect(inspector.cursorStep == 1)
    #expect(!inspector.update(.searchOn).contains(.searchOn))
    #expect(inspector.cursorStep == 1)
  }

  @Test("It ends where it began") func missing() throws {
    var inspector = Self.inspector(steps: 700)
    _ = try Self.press("/ z z z Enter", in: &inspector)
    while inspector.update(.searchOn).contains(.searchOn) {}
    #expect(inspector.notice == "“zzz” is in no event.")
    #expect(inspector.cursorStep == 0)
  }
}
