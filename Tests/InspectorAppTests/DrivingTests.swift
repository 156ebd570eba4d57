import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// Using the terminal of a program that `run` launched.
@Suite("Driving a program") struct DrivingTests {
  private static let pid: Int32 = 10

  private static func inspector(
    size: Size = Size(width: 110, height: 34), picture: TerminalPicture? = nil
  ) -> Inspector {
    var inspector = Inspector(size: size, title: "run › bash")
    let start = TraceEvent(
      sequence: 1, pid: pid, comm: "bash",
      body: .process(ProcessRecord(event: .started(parent: nil), arguments: ["bash"])))
    _ = inspector.update(.updates([.event(start), .status(SessionStatus(mode: .running))]))
    _ = inspector.update(.terminals([picture ?? .showing(["$ "], pid: pid)]))
    return inspector
  }

  private func keys(_ names: String) throws -> [Inspector.Effect] {
    try Key.parse(list: names).map { .terminal(pid: Self.pid, .key($0)) }
  }

  private func resize(_ columns: Int, _ rows: Int) -> Inspector.Effect {
    .command(.resizeTerminal(pid: Self.pid, size: TerminalSize(columns: columns, rows: rows)))
  }

  @Test("Every key is the program's but C-], and that too when it comes twice")
  func leaving() throws {
    var inspector = Self.inspector()
    let typed = "Esc q C-c C-z F1 A-x Tab"
    #expect(try inspector.press("i \(typed)") == [resize(106, 21)] + keys(typed))
    #expect(inspector.screen.contains("bash's terminal: typing, C-] leaves"))
    #expect(try inspector.press("C-]") == [])
    #expect(inspector.mode == .normal)
    #expect(try inspector.press("C-]") == keys("C-]"))
    #expect(inspector.mode == .typing(pid: Self.pid))
    #expect(try inspector.press("C-] Tab C-]") == [])
    #expect(inspector.mode == .typing(pid: Self.pid))
  }

  @Test("A terminal has the size in which it is used or zoomed, and keeps it")
  func sizes() throws {
    var inspector = Self.inspector()
    #expect(try inspector.press("i") == [resize(106, 21)])
    #expect(inspector.update(.input(.resize(Size(width: 80, height: 24)))) == [resize(76, 14)])
    #expect(try inspector.press("C-]") == [])
    #expect(try inspector.press("z") == [resize(76, 20)])
    #expect(try inspector.press("z Tab z z") == [])
  }

  @Test("The demo's client keeps its size: it prints lines")
  func demo() throws {
    var inspector = Inspector.demoWithTerminals(
      steps: 12, size: Size(width: 110, height: 34), status: DemoSession.allWait)
    #expect(try inspector.press("i Esc") == [])
  }

  @Test("What scrolled away is a page up, and typing shows the end again")
  func scrolling() throws {
    var picture = TerminalPicture.showing((80..<104).map { "line \($0)" }, pid: Self.pid)
    picture.scrolledAway = (0..<80).map { number in "line \(number)".map { Cell($0) } }
    var inspector = Self.inspector(picture: picture)
    try inspector.press("i")
    #expect(!inspector.screen.contains("line 79"))
    try inspector.press("C-] z PgUp")
    #expect(inspector.screen.contains("line 79"))
    try inspector.press("g")
    #expect(inspector.screen.contains("line 0 "))
    try inspector.press("i")
    #expect(inspector.screen.contains("line 103"))
    #expect(try inspector.press("S-PgUp") == [])
    #expect(inspector.screen.contains("line 79"))
    #expect(try inspector.press("x") == keys("x"))
    #expect(inspector.screen.contains("line 103"))
  }

  @Test("The mouse is the program's within its terminal, and leaves it elsewhere")
  func mouse() throws {
    var picture = TerminalPicture.showing(["$ "], pid: Self.pid)
    picture.takesMouse = true
    var inspector = Self.inspector(picture: picture)
    try inspector.press("i")
    let box = try #require(inspector.layout?.box(of: .terminal(.left)))
    let inside = Point(x: box.content.minX + 4, y: box.content.minY + 2)
    let press = MouseEvent(position: inside, kind: .press(.left))
    #expect(
      inspector.update(.input(.mouse(press)))
        == [
          .terminal(
            pid: Self.pid, .mouse(MouseEvent(position: Point(x: 3, y: 2), kind: .press(.left))))
        ])
    let outside = MouseEvent(position: Point(x: 3, y: 28), kind: .press(.left))
    #expect(inspector.update(.input(.mouse(outside))) == [])
    #expect(inspector.mode == .normal)
    #expect(inspector.focus == .timeline)
  }

  @Test("The cursor has the place and the shape that the program gave it")
  func cursor() throws {
    var picture = TerminalPicture.showing(["one", "$ "], pid: Self.pid)
    picture.cursorShape = .bar
    var inspector = Self.inspector(picture: picture)
    #expect(inspector.frame.cursor == nil)
    try inspector.press("i")
    #expect(inspector.frame.cursor == Point(x: 4, y: 3))
    #expect(inspector.frame.cursorShape == .bar)
  }

  @Test("The driven terminal has most of the screen, and what happens stays in sight")
  func screen() throws {
    var picture = TerminalPicture.showing(["$ echo hello", "hello", "$ "], pid: Self.pid)
    picture.title = "~/src"
    var inspector = Self.inspector(size: Size(width: 80, height: 24), picture: picture)
    try inspector.press("i")
    expectScreen(
      inspector,
      """
       fdpass-tui  run › bash             bash 10              NOW  step 1  ▶ running
      ┌[ bash's terminal: ~/src: typing, C-] leaves ]────────────────────────────────┐
      │ $ echo hello                                                                 │
      │ hello                                                                        │
      │ $                                                                            │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ├ Timeline ────────────────────────────────────────────────────────────────────┤
      │     bash                              kernel                                 │
      │▶  1 starts                                                                   │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      └──────────────────────────────────────────────────────────────────────────────┘
       C-] stop typing  every other key goes to bash's terminal
      """)
  }
}
