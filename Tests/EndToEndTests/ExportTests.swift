import Foundation
import TestKit
import Testing

/// `fdpass-tui export`, and `e` and `y` on the screen, as a user has them.
@Suite("Taking a session out", .requires(.ptrace)) struct ExportTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")

  private struct Recording {
    let folder: TemporaryDirectory
    var file: String { folder.path + "/demo.jsonl" }

    init() async throws {
      folder = try TemporaryDirectory()
      let result = try await run([program, "demo", "--text", "--record", file])
      #expect(result.status == 0, "\(result)")
    }

    func export(_ format: String) async throws -> String {
      let result = try await run([program, "export", file, "--format", format])
      #expect(result.status == 0, "\(result)")
      #expect(result.errorOutput == "", "\(result)")
      return result.output
    }
  }

  @Test("text and JSON are what the session printed") func lines() async throws {
    let recording = try await Recording()
    defer { recording.folder.remove() }
    #expect(
      try await recording.export("json")
        == String(contentsOfFile: recording.file, encoding: .utf8))
    let replay = try await run([Self.program, "replay", "--text", recording.file])
    #expect(try await recording.export("text") == replay.output)
  }

  @Test("other programs read the others", .requires(.python3)) func parsers() async throws {
    let recording = try await Recording()
    defer { recording.folder.remove() }
    for (format, check) in [("svg", Self.svgCheck), ("perfetto", Self.perfettoCheck)] {
      let text = try await recording.export(format)
      let result = try await run(["python3", "-c", check], input: text)
      #expect(result.status == 0, "\(format): \(result)\n\(text)")
    }
    let mermaid = try await recording.export("mermaid")
    #expect(mermaid.hasPrefix("sequenceDiagram\n"))
    #expect(mermaid.contains(#/p1->>kernel: \d+: sendmsg 17 B \+ fd 1\n/#), "\(mermaid)")
    let markdown = try await recording.export("markdown")
    #expect(markdown.contains("| the same open file, proven by kcmp |"), "\(markdown)")
    #expect(markdown.contains("```mermaid\n" + mermaid + "```"))
  }

  /// Well-formed, every text in the picture, one title a step.
  private static let svgCheck = """
    import sys, xml.dom.minidom
    picture = xml.dom.minidom.parseString(sys.stdin.buffer.read()).documentElement
    width, height = (int(picture.getAttribute(name)) for name in ("width", "height"))
    texts = picture.getElementsByTagName("text")
    assert all(0 < int(t.getAttribute("x")) < width for t in texts)
    assert all(0 < int(t.getAttribute("y")) < height for t in texts)
    assert any("fd 4" in t.firstChild.data for t in texts)
    assert len(picture.getElementsByTagName("g")) > 10
    assert any(r.getAttribute("class") == "flight" for r in picture.getElementsByTagName("rect"))
    """

  /// JSON, and each arrow goes forward from within a slice into another.
  private static let perfettoCheck = """
    import json, sys
    events = json.load(sys.stdin)["traceEvents"]
    slices = [e for e in events if e["ph"] == "X"]
    def slice_at(e):
        return [s["name"] for s in slices
                if s["tid"] == e["tid"] and s["ts"] <= e["ts"] < s["ts"] + s["dur"]]
    starts = {e["id"]: e for e in events if e["ph"] == "s"}
    ends = {e["id"]: e for e in events if e["ph"] == "f"}
    assert starts and starts.keys() == ends.keys()
    for number, start in starts.items():
        assert slice_at(start) == ["sendmsg"] and slice_at(ends[number]) == ["recvmsg"]
        assert start["ts"] <= ends[number]["ts"]
    for thread in {s["tid"] for s in slices}:
        own = sorted((s["ts"], s["ts"] + s["dur"]) for s in slices if s["tid"] == thread)
        assert all(a[1] <= b[0] for a, b in zip(own, own[1:]))
    assert [e["args"]["count"] for e in events if e["ph"] == "C"] == [1, 0]
    """

  @Test("-o writes a file, but never over the recording") func files() async throws {
    let recording = try await Recording()
    defer { recording.folder.remove() }
    let file = recording.folder.path + "/demo.txt"
    let words = [Self.program, "export", recording.file, "--format", "text", "-o"]
    #expect(try await run(words + [file]).status == 0)
    let text = try await recording.export("text")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
    let refused = try await run(
      words + [recording.folder.path + "/../" + recording.file.dropFirst(5)])
    #expect(refused.status == 1, "\(refused)")
    #expect(refused.errorOutput.contains("it is the recording itself"), "\(refused)")
    #expect(try await recording.export("text") == text)
  }

  @Test(
    "What cannot be done is said in one sentence",
    arguments: [
      (["/nowhere", "--format", "svg"], 1, "Cannot replay /nowhere: No such file or directory."),
      (["/nowhere"], 64, "Missing expected argument '--format <name>'"),
      (["/nowhere", "--format", "png"], 64, "The value 'png' is invalid for '--format <name>'"),
    ] as [([String], Int32, String)])
  func wrong(arguments: [String], status: Int32, sentence: String) async throws {
    let result = try await run([Self.program, "export"] + arguments)
    #expect(result.status == status, "\(result)")
    #expect(result.errorOutput.contains(sentence), "\(result)")
    #expect(result.output == "")
  }

  @Test("on the screen, e writes a new file each time and y fills the clipboard", .requires(.tmux))
  func screen() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let terminal = try await TerminalSession([
      "sh", "-c", "cd \(folder.path) && exec \(Self.program)",
    ])
    defer { terminal.close() }
    try await terminal.step(until: "recvmsg 17 B + fd 4")
    for count in 1...2 {
      try await terminal.send("e")
      try await terminal.waitFor("s SVG")
      try await terminal.send("s")
      // The words of the export before may still be there.
      try await waitFor("picture \(count)") {
        let pictures = try Self.pictures(in: folder)
        return pictures.count == count && pictures.allSatisfy { $0.hasSuffix("</svg>\n") }
      }
      try await terminal.waitFor("Wrote fdpass-")
    }
    for picture in try Self.pictures(in: folder) {
      #expect(picture.hasPrefix("<svg ") && picture.hasSuffix("</svg>\n"), "\(picture)")
    }
    try await terminal.send("y")
    try await waitFor("the clipboard") {
      try await terminal.clipboard()?.contains(#/^\d+\.\d{6}  (client|server) \d+/#) ?? false
    }
    try await terminal.quit()
  }

  private static func pictures(in folder: TemporaryDirectory) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".svg") }
      .map { try String(contentsOfFile: folder.path + "/" + $0, encoding: .utf8) }
  }
}
