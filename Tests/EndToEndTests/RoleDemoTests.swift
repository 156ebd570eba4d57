import TestKit
import Testing

/// `fdpass-tui demo ports`, `files` and `park`: the roles, watched.
@Suite("Demos of the roles", .requires(.ptrace, .kcmp)) struct RoleDemoTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")

  /// The account of a demo, in which no mistake was found. Where the server closes its number
  /// before the client has one, kcmp can prove nothing.
  private func account(_ role: String) async throws -> CommandResult {
    let result = try await run(
      [Self.program, "demo", role, "--text"], environment: ["LC_ALL": nil, "LANG": "C.UTF-8"])
    #expect(result.status == 0 && result.errorOutput == "", "\(result)")
    let lines = [
      #/⇒ server's \d+ is now also client's \d+, the same /#,
      #/client \d+ +ends with status 0\n/#, #/server \d+ +ends with status 0\n/#,
    ]
    for line in lines { #expect(result.output.contains(line), "\(result)") }
    #expect(!result.output.contains(#/note: |warning: |error: /#), "\(result)")
    return result
  }

  @Test("A port, from the request to the program that has it") func ports() async throws {
    let result = try await account("ports")
    let lines = [
      #/client \d+ +sendmsg\(3.*\) \d+ bytes "fdpass/1 port protocol=tcp address=127.0.0.1:\d+␊"/#,
      #/server \d+ +sendmsg\(.*"fdpass/1 ok .* rule=3; Line.*"… \+ SCM_RIGHTS \[\d+ → tcp 127.0.0.1:\d+ LISTEN\]/#,
      #/client \d+ +dup2\(\d+, 3\) = 3/#, #/client \d+ +runs a new program: sh -c /#,
      #/client \d+ +runs a new program: readlink \/proc\/self\/fd\/3/#,
    ]
    for line in lines { #expect(result.output.contains(line), "\(result)") }
  }

  @Test("A file, from the request to its text") func files() async throws {
    let result = try await account("files")
    let lines = [
      #/client \d+ +sendmsg\(3.*\) \d+ bytes "fdpass/1 open path=note.txt mode=read␊"/#,
      #/server \d+ +sendmsg\(.*"fdpass/1 ok .*"… \+ SCM_RIGHTS \[\d+ → .*/note.txt\]/#,
      #/client \d+ +read\(\d+\) \d+ bytes "This was read through a descriptor/#,
    ]
    for line in lines { #expect(result.output.contains(line), "\(result)") }
  }

  @Test("A connection that is parked and comes back") func park() async throws {
    let result = try await account("park")
    let lines = [
      #/client \d+ +sendmsg\(.*"fdpass/1 park token=visit%201␊".* \+ SCM_RIGHTS \[\d+ → socket/#,
      #/client \d+ +terminal shows "Parked fd \d+ as 0.1, token “visit 1”, and closed it/#,
      #/server \d+ +sendmsg\(.*"fdpass/1 back id=0.1 token=visit%201␊".* \+ SCM_RIGHTS \[\d+ → socket/#,
      #/server \d+ +recvfrom\(.*, MSG_PEEK\) 1 byte "h" = 1/#,
      #/client \d+ +sendmsg\(.*"fdpass/1 taken id=0.1␊"/#,
      #/client \d+ +read\(\d+.*\) 34 bytes "hello through a passed descriptor␊" = 34/#,
    ]
    for line in lines { #expect(result.output.contains(line), "\(result)") }
  }

  @Test(
    "On the screen, the rule that decided is named when the answer is sent", .requires(.tmux),
    arguments: [
      ("ports", "server says yes, and why: Line 3 of the rules allows it: allow user"),
      ("files", "server says yes, and why: Allowed to read: a regular file below the root"),
    ])
  func screen(role: String, sentence: String) async throws {
    let terminal = try await TerminalSession.inspecting(["demo", role])
    defer { terminal.close() }
    try await terminal.waitFor("demo › \(role)")
    let screen = try await terminal.step(until: "server says yes, and why:")
    #expect(screen.contains("1 fd in flight"), "\(screen)")
    let text = screen.lines.joined(separator: " ")
      .split(whereSeparator: { $0.isWhitespace || $0 == "│" }).joined(separator: " ")
    #expect(text.contains(sentence), "\(screen)")
    try await terminal.waitForStraightBorders(columns: 110)
    try await terminal.step(until: "+ fd 4")
    try await terminal.quit()
  }
}
