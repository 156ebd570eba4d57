import Foundation
import TestKit
import Testing

/// `fdpass-tui` without a screen, as scripts and pipes have it.
@Suite("Lines", .requires(.ptrace, .kcmp)) struct LinesTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")
  private static let utf8: [String: String?] = ["LC_ALL": nil, "LANG": "C.UTF-8"]

  @Test("One pass as text, asked for or in a pipe", arguments: [["demo", "--text"], []])
  func text(arguments: [String]) async throws {
    let result = try await run([Self.program] + arguments, environment: Self.utf8)
    #expect(result.status == 0, "\(result)")
    #expect(result.errorOutput == "")
    let account = [
      #/server \d+ +starts: fdpass-server --socket /#,
      #/client \d+ +starts: fdpass-client --socket /#,
      #/server \d+ +listen\(3, 128\) = 0/#,
      #/client \d+ +sendmsg\(3.*\) 19 bytes "Send me your Stdout" .* = 19/#,
      #/server \d+ +sendmsg\(4 ⇄ client 3\) 17 bytes .* \+ SCM_RIGHTS \[1 → /dev/pts/\d+\].* = 17/#,
      #/in flight: the kernel holds what server's 1 refers to until client receives it/#,
      #/client \d+ +recvmsg\(3 ⇄ server 4.*\) 17 bytes .* \+ SCM_RIGHTS \[4 → .*\].* = 17/#,
      #/server's 1 is now also client's 4, the same open file \(proven by kcmp\)/#,
    ]
    for line in account { #expect(result.output.contains(line), "\(result)") }
    #expect(result.output.contains(#/server \d+ +terminal shows "hello through a passed descr/#))
    #expect(result.output.contains(#/client \d+ +ends with status 0\n/#), "\(result)")
    // The pair makes no mistake.
    #expect(!result.output.contains(#/note: |warning: |error: /#), "\(result)")
    let longest = result.output.split(separator: "\n").map(\.count).max() ?? 0
    #expect(longest < 200, "\(result)")
  }

  @Test("JSON: one object a line, the version first, no number left out, only known kinds")
  func json() async throws {
    let result = try await run([Self.program, "--json"])
    #expect(result.status == 0, "\(result)")
    let events = try JSONEvent.all(of: result.output)
    #expect(events.map(\.seq) == Array(1...events.count))
    let known: Set = [
      "session", "process", "call", "send", "receive", "transfer", "finding", "output",
    ]
    #expect(known.isSuperset(of: events.map(\.kind)), "\(result)")
    #expect(events.map(\.time) == events.map(\.time).sorted())
    let transfer = try #require(events.last { $0.kind == "transfer" })
    let send = try #require(events.first { $0.seq == transfer.number("send") })
    let receive = try #require(events.first { $0.seq == transfer.number("receive") })
    #expect(send.kind == "send" && receive.kind == "receive")
    #expect(send.number("result") == 17 && receive.number("result") == 17)
    let passed = try #require((transfer.fields["descriptors"] as? [[String: Any]])?.first)
    #expect(passed["sent"] as? Int == 1)
    #expect(passed["received"] as? Int == 4)
    #expect(passed["proof"] as? String == "kcmp")
  }

  @Test("Python reads every line", .requires(.python3)) func python() async throws {
    let result = try await run([
      "sh", "-c", "\(Self.program) --json | python3 -c \"$0\"",
      "import json, sys; print(*[json.loads(line)['v'] for line in sys.stdin])",
    ])
    #expect(result.output.hasPrefix("1 1 1 1 "), "\(result)")
  }

  @Test("-o takes the lines to a file, and is --text where nothing else is said")
  func file() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let file = directory.path + "/lines"
    for (form, beginning) in [("--json", "{\"v\":1,\"seq\":1,"), ("--text", "0.000000  session")] {
      let result = try await run([Self.program, "demo", form, "-o", file])
      #expect(result.status == 0 && result.output == "" && result.errorOutput == "", "\(result)")
      #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix(beginning))
    }
    let result = try await run([Self.program, "run", "-o", file, "--", "echo", "out"])
    #expect(result.output == "out\n" && result.errorOutput == "", "\(result)")
    #expect(try String(contentsOfFile: file, encoding: .utf8).contains("echo out"))
  }

  @Test("A reader that leaves ends the session, not more", .requires(.python3))
  func readerLeaves() async throws {
    let result = try await run([
      "sh", "-c", "{ \(Self.program) --json; echo $? >&2; } | head -n 1",
    ])
    #expect(result.output.hasPrefix("{\"v\":1,\"seq\":1,"), "\(result)")
    #expect(result.errorOutput == "0\n", "\(result)")
  }

  @Test(
    "The program of run keeps its input, its outputs and its status",
    arguments: [
      ("cat; exit 3", 3), ("cat; kill -TERM $$", 128 + 15), ("cat; kill -KILL $$", 128 + 9),
      ("cat", 0),
    ])
  func runs(script: String, status: Int32) async throws {
    for form in ["--json", "--text"] {
      let result = try await run(
        [Self.program, "run", form, "--", "sh", "-c", "echo err >&2; \(script)"], input: "in\n")
      #expect(result.status == status, "\(result)")
      #expect(result.output == "in\n", "\(result)")
      var lines = result.errorOutput.split(separator: "\n").map(String.init)
      lines.removeAll { $0 == "err" }
      #expect(lines.count >= 3, "\(result)")
      if form == "--json" { _ = try JSONEvent.all(of: lines.joined(separator: "\n")) }
    }
  }

  @Test("A frame after keys; the keys wait for each step to settle")
  func frame() async throws {
    let keys = Array(repeating: "Space", count: 12).joined(separator: " ")
    let result = try await run(
      [Self.program, "--frame", "110x34", "--keys", keys], environment: Self.utf8)
    #expect(result.status == 0 && result.errorOutput == "", "\(result)")
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 35 && lines.last == "", "\(result)")
    #expect(result.output.contains("recvmsg 17 B + fd 4"), "\(result)")
    #expect(result.output.contains(#/4 → /dev/pts/\d+ .*═ server 0,1,2  NEW/#), "\(result)")
    let zoomed = try await run([Self.program, "--frame", "60x16", "--keys", "Tab z"])
    #expect(zoomed.output.contains("[ Message ]"), "\(zoomed)")
  }
}

/// One line of --json.
struct JSONEvent {
  let fields: [String: Any]

  var kind: String { fields["kind"] as? String ?? "" }
  var seq: Int { number("seq") ?? 0 }
  var time: Double { fields["time"] as? Double ?? -1 }
  var comm: String { fields["comm"] as? String ?? "" }

  func number(_ name: String) -> Int? { fields[name] as? Int }

  /// Every line as an event.
  ///
  /// - Throws: what is wrong with the first line that is none.
  static func all(of output: String) throws -> [JSONEvent] {
    try output.split(separator: "\n").map { line in
      #expect(line.hasPrefix("{\"v\":1,"))
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      return JSONEvent(fields: try #require(object as? [String: Any]))
    }
  }
}
