import Foundation
import TestKit
import Testing

/// The same keys always give the same sequence for the pair.
@Suite("The same keys", .requires(.ptrace, .kcmp)) struct SameKeysTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")
  private static let runs = 20

  private static let environment: [String: String?] = [
    "LC_ALL": nil, "LANG": "C.UTF-8", "XDG_RUNTIME_DIR": nil,
  ]

  @Test(
    "The same frame every time",
    arguments: [
      String(repeating: "Space ", count: 13) + "i h i Enter Esc Space Space",
      "1 1 1 2 1 2 2 2 1 1 1 2 1 2",
      String(repeating: "Space ", count: 14) + "b b b Tab Tab Tab z",
    ])
  func frames(keys: String) async throws {
    var seen: [String: Int] = [:]
    for _ in 0..<Self.runs {
      let result = try await run(
        [Self.program, "demo", "--frame", "240x50", "--keys", keys], environment: Self.environment)
      #expect(result.status == 0, "\(result)")
      seen[Self.normalised(result.output), default: 0] += 1
    }
    #expect(seen.count == 1, "\(seen.map { "\($0.value) times\n\($0.key)" }.joined())")
  }

  /// Without what the kernel hands out anew each time. Numbers of other lengths move what stands
  /// beside them, so runs of blanks and of lines count as one, and the frame is so wide that
  /// nothing is cut or broken.
  private static func normalised(_ screen: String) -> String {
    screen
      .replacing(#/fdpass-tui\.\w+/#, with: "fdpass-tui.X")
      .replacing(#/pts/\d+/#, with: "pts/N")
      .replacing(#/(server|client|process|pid|proc.) ?\d{2,}/#, with: { "\($0.output.1) N" })
      .replacing(#/[ ─]+/#, with: " ")
  }

  @Test("Lines: each process does the same in the same order, and says the same")
  func lines() async throws {
    var sequences: Set<[String]> = []
    for _ in 0..<Self.runs {
      let result = try await run([Self.program, "demo", "--json"], environment: Self.environment)
      #expect(result.status == 0, "\(result)")
      let events = try JSONEvent.all(of: result.output)
      // Nobody runs before everybody is there, however slow the machine.
      #expect(events.prefix(3).map(\.kind) == ["session", "process", "process"], "\(result)")
      let names = events.filter { $0.kind != "output" }.map { event in
        let name = event.fields["call"] ?? event.fields["event"] ?? ""
        return "\(event.comm): \(event.kind) \(name)"
      }
      // Side by side they run as the kernel lets them; each for itself does the same. A transfer
      // is told with its receive.
      sequences.insert(
        ["fdpass-server: ", "fdpass-client: ", ": "].flatMap { comm in
          names.filter { $0.hasPrefix(comm) }
        })
    }
    #expect(sequences.count == 1, "\(sequences)")
  }
}
