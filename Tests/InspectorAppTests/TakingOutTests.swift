import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// The keys that copy and export.
@Suite("Copying and exporting by key") struct TakingOutTests {
  private func inspector(steps: Int = 12) -> Inspector {
    .demoWithTerminals(
      steps: steps, size: Size(width: 110, height: 34), status: DemoSession.allWait)
  }

  @Test(
    "e asks for the form",
    arguments: [
      ("t", .text), ("j", .json), ("m", .markdown), ("d", .mermaid), ("s", .svg), ("p", .perfetto),
    ] as [(String, ExportFormat)])
  func export(key: String, format: ExportFormat) throws {
    var inspector = inspector()
    #expect(try inspector.press("e") == [])
    #expect(
      inspector.screen.hasSuffix(
        "\n Export as  t text  j JSON  m Markdown  d Mermaid  s SVG  p Perfetto  Esc cancel"))
    #expect(try inspector.press(key) == [.export(format, nil)])
    #expect(inspector.mode == .normal)
  }

  @Test("Any other key exports nothing") func noExport() throws {
    var inspector = inspector()
    #expect(try inspector.press("e q") == [])
    #expect(inspector.notice == "Nothing was exported.")
    var empty = Inspector(size: Size(width: 110, height: 34), title: "demo")
    #expect(try empty.press("e s") == [])
    #expect(empty.mode == .normal)
  }

  @Test("An export says how far it is, and can be stopped")
  func exportProgress() throws {
    var inspector = inspector()
    #expect(try inspector.press("e s") == [.export(.svg, nil)])
    _ = inspector.update(.exporting(bytes: 3_141_592))
    #expect(inspector.screen.contains("Writing… 3 MB so far; Esc stops it."))
    #expect(try inspector.press("e") == [])
    #expect(inspector.notice == "The export before is still being written.")
    #expect(try inspector.press("Down Esc") == [.stopExport])
    _ = inspector.update(.exported("Stopped: nothing was exported."))
    #expect(inspector.screen.contains("Stopped: nothing was exported."))
    #expect(try inspector.press("Escape") == [])
  }

  @Test(
    "y copies what is chosen in the focused pane",
    arguments: [
      (
        "b",
        """
        0.002055  server 41207    sendmsg(4 ⇄ client 3) 17 bytes "Here is my stdout" + SCM_RIGHTS \
        [1 → /dev/pts/3] MSG_NOSIGNAL = 17
                                  in flight: the kernel holds what server's 1 refers to until \
        client receives it
        """
      ),
      ("Tab", "fd[0] 4 → /dev/pts/3, sent as server 1 (kcmp)"),
      ("Tab Tab", "0000  14 00 00 00 00 00 00 00  ········"),
      ("Tab Tab Tab G", "4 → socket ⇄ client 3  CLOEXEC  \(DemoSession.path)"),
      ("Tab Tab Tab Tab", "4 → /dev/pts/3  pos 0  O_RDWR  ═ same as server 0,1,2"),
      (
        "Tab Tab Tab Tab Tab",
        """
        Server ready on \(DemoSession.path)
        New Client: (unnamed)
        Client Request: Send me your Stdout
        """
      ),
    ])
  func copy(keys: String, text: String) throws {
    var inspector = inspector()
    let effects = try inspector.press(keys + " y").filter {
      if case .copy = $0 { true } else { false }
    }
    #expect(effects == [.copy(text)])
    #expect(inspector.notice?.hasPrefix("Copied: ") == true)
  }

  @Test("The clipboard's sequence is OSC 52 with base64") func sequence() {
    #expect(Clipboard.sequence("hello") == Array("\u{1B}]52;c;aGVsbG8=\u{7}".utf8))
    // Whole groups of base64 below the 100,000 bytes that terminals take.
    let longest = Clipboard.sequence(String(repeating: "x", count: Clipboard.limit))
    #expect(longest.count == 100_000)
  }

  @Test("More than a terminal takes is not copied, and said") func tooLong() throws {
    var inspector = inspector()
    let line = String(repeating: "x", count: 400)
    _ = inspector.update(
      .terminals([
        .showing(
          Array(repeating: line, count: 400), pid: DemoSession.server, width: 400, height: 400)
      ]))
    #expect(try inspector.press("Tab Tab Tab Tab Tab y") == [])
    #expect(
      inspector.notice
        == "Not copied: 160399 bytes, and terminals take 74994; e writes a file.")
  }
}
