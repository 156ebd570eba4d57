import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("The account in plain sentences") struct LinearTests {
  @Test("Each event once, with its step, and what comes next")
  func events() {
    var account = LinearAccount()
    var inspector = Inspector.demo(steps: 2, status: DemoSession.beforeReceive)
    let first = account.news(of: inspector)
    #expect(first[0].hasPrefix("fdpass-tui, demo › stdout. Space steps, b looks back"))
    #expect(first.contains { $0.hasPrefix("Step 1, server ") })
    #expect(first.last?.hasPrefix("Next, server") == true)
    #expect(account.news(of: inspector) == [])
    let rest = DemoSession.all.events.dropFirst(inspector.timeline.count)
    _ = inspector.update(.updates(rest.prefix(1).map { .event($0) }))
    let news = account.news(of: inspector)
    #expect(news.count >= 1 && !news[0].hasPrefix("Step 2"), "\(news)")
  }

  @Test("The past, and back to now")
  func past() throws {
    var account = LinearAccount()
    var inspector = Inspector.demo(steps: 12, status: DemoSession.allWait)
    _ = account.news(of: inspector)
    try inspector.press("b")
    #expect(account.news(of: inspector)[0].hasPrefix("Past, step 11 of 12, server: sendmsg"))
    try inspector.press("End")
    #expect(account.news(of: inspector)[0] == "This is now.")
    try inspector.press("g b")
    #expect(account.news(of: inspector).contains("This is the first step."))
  }

  @Test("Nothing in it needs to be drawn")
  func plain() throws {
    var account = LinearAccount()
    var inspector = Inspector.demo(
      steps: 20, status: DemoSession.allWait, options: InspectorOptions(unicode: true))
    var lines = account.news(of: inspector)
    try inspector.press("?")
    lines += account.news(of: inspector)
    #expect(lines.contains { $0.hasPrefix("Space s: let a process go on") })
    for line in lines {
      for scalar in line.unicodeScalars {
        #expect(!(0x2190...0x25FF).contains(scalar.value), "\(line)")
        #expect(scalar != "\u{1B}" && scalar != "\n")
      }
    }
  }
}
