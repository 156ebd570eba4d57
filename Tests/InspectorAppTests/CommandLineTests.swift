import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("The command line after :") struct CommandLineTests {
  private func inspector() -> Inspector {
    .demoWithTerminals(
      steps: 12, size: Size(width: 80, height: 24), status: DemoSession.inFlight)
  }

  private func type(_ text: String, into inspector: inout Inspector) -> [Inspector.Effect] {
    let keys = [Key.character(":")] + text.map { Key.character($0) } + [Key(.enter)]
    return keys.flatMap { inspector.update(.input(.key($0))) }
  }

  @Test(
    "Commands by their names",
    arguments: [
      ("step", .command(.step(pid: nil))), ("step 2", .command(.step(pid: DemoSession.client))),
      ("resume", .command(.resume)), ("quit", .quit), ("q", .quit), ("suspend", .suspend),
    ] as [(String, Inspector.Effect)])
  func commands(text: String, effect: Inspector.Effect) {
    var inspector = inspector()
    #expect(type(text, into: &inspector) == [effect])
    #expect(inspector.mode == .normal)
  }

  @Test("Going to a step, by name and as vi's users do")
  func goto() {
    var inspector = inspector()
    _ = type("goto 3", into: &inspector)
    #expect(inspector.cursorStep == 2)
    _ = type("5", into: &inspector)
    #expect(inspector.cursorStep == 4)
    _ = type("filter call:recvmsg", into: &inspector)
    #expect(inspector.stepFilter?.filter.text == "call:recvmsg")
    _ = type("help", into: &inspector)
    #expect(inspector.mode == .help(top: 0))
  }

  @Test("Tab shows which commands are left where the letters leave several")
  func candidates() throws {
    var inspector = inspector()
    try inspector.press(": g o Tab")
    #expect(inspector.screen.hasSuffix("  go-to-mark  goto"))
    try inspector.press("t o Tab")
    #expect(inspector.screen.hasSuffix("  Enter do it  Tab complete  Esc cancel"))
  }

  @Test(
    "What cannot be done is said",
    arguments: [
      ("fly", "There is no command “fly”. Tab completes, ? helps."),
      ("goto", "goto needs a word, as in :goto 12."),
      ("goto 99", "There is no step “99”; there are 12."),
      ("goto x", "There is no step “x”; there are 12."),
      ("step x", "“x” is not the number of a process, as in :step 2."),
      ("quit now", "“now” is one word too many: quit takes none."),
      ("theme pink", "“pink” is no theme; there are dark, light, high-contrast, 16, none."),
      ("step-process", "There is no command “step-process”. Tab completes, ? helps."),
    ])
  func refusals(text: String, notice: String) {
    var inspector = inspector()
    #expect(type(text, into: &inspector) == [])
    #expect(inspector.notice == notice)
  }

  @Test(
    "Tab completes as far as there is one way",
    arguments: [
      ("got", "goto "), ("zo", "zoom"), ("st", "step"), ("theme hi", "theme high-contrast"),
      ("fil", "filter "), ("finding", "finding-"), ("xyz", "xyz"), ("", ""), ("goto 1", "goto 1"),
    ])
  func completion(text: String, completed: String) {
    var inspector = inspector()
    for key in [Key.character(":")] + text.map({ Key.character($0) }) + [Key(.tab)] {
      _ = inspector.update(.input(.key(key)))
    }
    #expect(inspector.mode == .commanding(TextField(completed)))
    #expect(inspector.screen.split(separator: "\n").last?.hasPrefix(" :\(completed)") == true)
  }

  @Test("The line is edited like any other, and a search comes back")
  func editing() throws {
    var inspector = inspector()
    _ = try inspector.press(": o t o Space 3 Home g Enter")
    #expect(inspector.cursorStep == 2)
    try inspector.press("/ k x e c v m s g Home Del Del Home r Enter")
    #expect(inspector.lastSearch == "recvmsg")
    try inspector.press("/ Up Left")
    #expect(inspector.screen.split(separator: "\n").last?.hasPrefix(" /recvmsg ") == true)
    var frame = Frame(size: inspector.size)
    inspector.view(&frame)
    #expect(frame.cursor == Point(x: 8, y: inspector.size.height - 1))
    try inspector.press("End C-u Backspace")
    #expect(inspector.mode == .normal)
  }

  @Test("The colours change at once; where there are none, nothing changes")
  func theme() {
    var inspector = inspector()
    _ = type("theme light", into: &inspector)
    #expect(inspector.look.theme == .light)
    var grey = Inspector.demo(steps: 3, options: InspectorOptions(colour: false))
    _ = type("theme light", into: &grey)
    #expect(grey.look.theme == .none)
    #expect(grey.notice == "Colours are switched off for this session.")
  }

  @Test("The help scrolls where it does not fit, and any other key closes it")
  func help() throws {
    var inspector = Inspector.demoWithTerminals(
      steps: 12, size: Size(width: 80, height: 16), status: DemoSession.allWait)
    try inspector.press("?")
    #expect(inspector.screen.contains("One row per step"))
    #expect(!inspector.screen.contains("leave typing, help, zoom"))
    try inspector.press("G")
    #expect(inspector.screen.contains("a command by its name"))
    #expect(!inspector.screen.contains("One row per step"))
    try inspector.press("k g PgDn PgUp")
    #expect(inspector.screen.contains("One row per step"))
    try inspector.press("x")
    #expect(inspector.mode == .normal)
  }
}
