import Foundation
import TestKit
import Testing

/// `--filter`, without a screen and on it.
@Suite("--filter", .requires(.ptrace)) struct FilterCommandTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")
  private static let utf8: [String: String?] = ["LC_ALL": nil, "LANG": "C.UTF-8"]

  @Test("Lines: only what passes, with what followed from it; the recording keeps all")
  func lines() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let file = folder.path + "/demo.jsonl"
    let filter = ["--filter", "process:client call:recvmsg"]
    let text = try await run(
      [Self.program, "demo", "--text", "--record", file] + filter, environment: Self.utf8)
    #expect(text.status == 0 && text.errorOutput == "", "\(text)")
    let lines = text.output.split(separator: "\n")
    #expect(lines.count == 3, "\(text)")
    #expect(lines[0].contains(#/client \d+ +recvmsg\(3 .* 17 bytes/#), "\(text)")
    #expect(lines.last?.contains("is now also client's 4") ?? false, "\(text)")

    let all = try await run([Self.program, "replay", "--json", file])
    #expect(try JSONEvent.all(of: all.output).contains { $0.kind == "session" })
    let json = try await run([Self.program, "replay", "--json", file] + filter)
    let events = try JSONEvent.all(of: json.output)
    #expect(events.map(\.kind) == ["receive", "transfer"], "\(json)")
    let again = try await run(
      [Self.program, "replay", "--text", file] + filter, environment: Self.utf8)
    #expect(again.output == text.output)
    let frame = try await run(
      [Self.program, "replay", "--frame", "80x24", "--keys", "f Esc", file] + filter)
    #expect(frame.output.contains("[ Timeline ]"), "\(frame)")
    let filtered = try await run([Self.program, "replay", "--frame", "80x24", file] + filter)
    #expect(filtered.output.contains(#/1 of \d+ steps  PAST  step \d+ /#), "\(filtered)")
    #expect(filtered.output.contains("Timeline: process:client call:recvmsg"), "\(filtered)")
  }

  @Test("A wrong word is underlined, and nothing runs") func mistake() async throws {
    let result = try await run([Self.program, "demo", "--text", "--filter", "fd:4 cal:recvmsg"])
    #expect(result.status == 64 && result.output == "", "\(result)")
    #expect(
      result.errorOutput.contains(
        "There is no key “cal:”; did you mean “call:”?\n  fd:4 cal:recvmsg\n       ^^^\n"),
      "\(result)")
  }

  @Test("On a screen it is typed, completed, kept and cleared") func screen() async throws {
    let terminal = try await TerminalSession.inspecting(columns: 80, rows: 24)
    defer { terminal.close() }
    try await terminal.step(until: "listen 3")
    try await terminal.send("f")
    try await terminal.waitFor("Tab complete  Enter keep  Esc clear")
    try await terminal.type("pro")
    try await terminal.send("Tab")
    try await terminal.type("ser")
    try await terminal.send("Tab")
    try await terminal.waitFor("filter: process:server")
    let kept = try await terminal.waitFor(" steps  NOW")
    #expect(kept.lines[0].contains(#/\d of \d steps/#))
    try await terminal.type(" cal:x")
    try await terminal.waitFor("^^^ There is no key “cal:”; did you mean “call:”?")
    try await terminal.send("C-w", "Enter")
    try await terminal.waitFor("Space step")
    try await terminal.waitFor("[ Timeline: process:server ]")
    try await terminal.send("Escape")
    try await terminal.waitFor("[ Timeline ]")
    try await terminal.quit()
  }
}
