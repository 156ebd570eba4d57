import Testing
import TextUI
import TraceModel

@testable import InspectorApp

@Suite("The configuration file") struct SettingsTests {
  @Test("What it says counts, and comments do not")
  func settings() {
    let settings = Settings(
      text: """
        # colours
        theme = high-contrast
          unicode=no

        mouse = no
        bind F5 = step
        bind = = back
        bind Space = none
        """)
    #expect(settings.problems == [])
    #expect(settings.theme == .highContrast)
    #expect(!settings.unicode && !settings.mouse)
    #expect(settings.keymap.command(for: Key(.function(5))) == .step)
    #expect(settings.keymap.command(for: .character("=")) == .back)
    #expect(settings.keymap.command(for: .character(" ")) == nil)
    #expect(settings.keymap.command(for: .character("s")) == .step)
  }

  @Test(
    "What is wrong is named with its place, and the rest counts",
    arguments: [
      ("theme = pink", "line 1, column 9: “pink” is no theme; there are dark, light, "),
      ("\n  colour = red", "line 2, column 3: “colour” is no setting; there are theme, "),
      ("unicode = perhaps", "line 1, column 11: write yes or no"),
      ("theme", "line 1, column 1: write it as “key = value”"),
      ("= dark", "line 1, column 1: write it as “key = value”"),
      ("bind F99 = step", "line 1, column 6: after bind comes one key"),
      ("bind = step", "line 1, column 5: after bind comes one key"),
      ("bind a b = step", "line 1, column 6: after bind comes one key"),
      ("bind x = fly", "line 1, column 10: “fly” is no command; `fdpass-tui keys` lists them"),
      ("bind x =", "line 1, column 9: “” is no command"),
      ("bind x = step-process", "line 1, column 10: step-process is for the keys 1 to 9"),
      ("theme = \u{1B}[2J", "line 1, column 9: “␛[2J” is no theme"),
    ])
  func problems(text: String, sentence: String) {
    let settings = Settings(text: text + "\nbind F5 = step")
    #expect(settings.problems.count == 1)
    #expect(
      settings.problems.first?.description.hasPrefix(sentence) == true, "\(settings.problems)")
    #expect(settings.keymap.command(for: Key(.function(5))) == .step)
  }

  @Test("The listing of the keys is a configuration that changes nothing")
  func listing() {
    let settings = Settings(text: Keymap.standard.listing)
    #expect(settings.problems == [])
    for binding in Keymap.standard.bindings {
      for key in binding.keys { #expect(settings.keymap.command(for: key) == binding.command) }
    }
  }

  @Test("Footer, help and sentences name the keys that the user has bound")
  func names() throws {
    let text = "bind F5 = step\nbind x = quit\nbind c = none\nbind T = type"
    var inspector = Inspector.demoWithTerminals(
      steps: 11, size: Size(width: 110, height: 40), status: DemoSession.inFlight,
      options: InspectorOptions(keymap: Settings(text: text).keymap))
    let footer = try #require(inspector.screen.split(separator: "\n").last)
    #expect(footer.hasPrefix(" F5 step  b back  T type"))
    #expect(footer.hasSuffix("x quit"))
    #expect(try inspector.press("F5") == [.command(.step(pid: nil))])
    try inspector.press("?")
    #expect(inspector.screen.contains("│ F5 Space s    let a process go on"))
    #expect(inspector.screen.contains("│ p             let everything run; stop everything again"))
    #expect(inspector.screen.contains("│ x q C-c C-z   quit; C-z suspends"))
    #expect(try inspector.press("Esc x") == [.quit])
    _ = inspector.update(.updates([.status(DemoSession.allWait)]))
    try inspector.press("F5")
    #expect(inspector.notice?.hasSuffix("Press T and type a line.") == true)
  }

  @Test("What is remembered is written and read again; nonsense is left out")
  func remembered() {
    var remembered = Remembered()
    remembered.knowsTheKeys = true
    remembered.splits.places = [.column: 400, .explanation: 900]
    #expect(Remembered(text: remembered.text) == remembered)
    #expect(Remembered(text: "column = 5000\nbytes = x\nnonsense\nzebra = 1") == Remembered())
  }
}
