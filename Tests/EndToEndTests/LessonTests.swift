import Foundation
import TestKit
import Testing

/// Lessons, given by the program itself on the real kernel.
@Suite("Lessons", .requires(.ptrace, .kcmp)) struct LessonTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")

  /// In the order in which they are given.
  private static let names = [
    "first-pass", "bytes", "one-file", "in-flight", "many", "truncation", "slack", "barrier",
    "silent-loss", "credentials", "leaks", "kinds", "limits", "broker",
  ]

  /// What a machine may not have; the lesson then says so in a sentence.
  private static func isPossible(_ result: CommandResult) -> Bool {
    !result.errorOutput.contains("This lesson ")
  }

  private func learn(
    _ arguments: [String], state: String
  ) async throws -> CommandResult {
    try await run(
      [Self.program, "learn"] + arguments,
      environment: ["LC_ALL": nil, "LANG": "C.UTF-8", "XDG_STATE_HOME": state])
  }

  @Test("A lesson comes to its end with its own answers, and all it claims is so", arguments: names)
  func rightAnswers(name: String) async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let result = try await learn([name, "--text"], state: folder.path)
    guard Self.isPossible(result) else { return }
    #expect(result.status == 0 && result.errorOutput == "", "\(result)")
    let score = try #require(
      result.output.firstMatch(of: #/(\d+) of (\d+) predictions were right\.\n$/#), "\(result)")
    #expect(score.1 == score.2, "\(result)")
    #expect(result.output.contains("Right: "))
    #expect(!result.output.contains("Not so"))
  }

  @Test("Every wrong answer is corrected", arguments: names)
  func wrongAnswers(name: String) async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let result = try await learn([name, "--text", "--wrong-answers"], state: folder.path)
    guard Self.isPossible(result) else { return }
    #expect(result.status == 0 && result.errorOutput == "", "\(result)")
    let questions = result.output.split(separator: "\n").filter { $0.hasPrefix("? ") }.count
    let corrections = result.output.split(separator: "\n").filter { $0.hasPrefix("Not so: ") }
    #expect(questions > 0 && corrections.count == questions, "\(result)")
    #expect(!result.output.contains("Right: "))
    #expect(result.output.hasSuffix("\n0 of \(questions) predictions were right.\n"))
  }

  @Test("The list says what there is and what is done, to people and to programs")
  func list() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let list = try await learn([], state: folder.path)
    #expect(list.output.contains(" 1        first-pass"), "\(list)")
    #expect(list.output.hasSuffix("Next: fdpass-tui learn first-pass\n"))
    let keys = "c c c 4 Enter c c"
    let screen = try await learn(
      ["first-pass", "--frame", "110x34", "--keys", keys], state: folder.path)
    #expect(screen.output.contains("This is the end of the lesson. 1 of 1 predictions were right."))
    #expect(screen.output.contains("│ Next: fdpass-tui learn bytes  "))
    let after = try await learn(["--json"], state: folder.path)
    let lines = after.output.split(separator: "\n").map { Data($0.utf8) }
    let objects = try lines.map { try JSONSerialization.jsonObject(with: $0) as? [String: Any] }
    #expect(objects.compactMap { $0?["name"] as? String } == Self.names)
    #expect(objects.compactMap { $0?["done"] as? Bool } == Self.names.map { $0 == "first-pass" })
    #expect(objects.allSatisfy { ($0?["minutes"] as? Int ?? 0) > 0 })
  }

  @Test("A teacher's own file is given; a broken one gets a sentence with its place")
  func ownFile() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let path = folder.path + "/mine.lesson"
    let text = """
      title Mine
      minutes 1
      about Nothing much.
      pair one other stream
      actor one
        send other "x" with 0
      actor other
        receive one control 20 cloexec
      page receive by other as got
      say It arrived as {got.fd[0]}.
      check got.fd[0] = 5
      """
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let result = try await learn([path, "--text"], state: folder.path)
    #expect(result.status == 1)
    #expect(result.output.contains("\nIt arrived as 4.\n"), "\(result)")
    #expect(
      result.errorOutput.contains(
        "line 11: “got.fd[0] = 5” is not so on this machine; the left side is 4."), "\(result)")
    try text.replacing("cloexec", with: "clexec").write(
      toFile: path, atomically: true, encoding: .utf8)
    let broken = try await learn([path], state: folder.path)
    #expect(broken.status == 1)
    #expect(broken.errorOutput.contains("mine.lesson: line 8, column 26: “clexec” is not"))
    #expect(try await learn(["nothing"], state: folder.path).errorOutput.contains("no lesson"))
  }

  @Test("A reader that has gone ends a transcript without a word") func readerGone() async throws {
    let result = try await run([
      "bash", "-o", "pipefail", "-c", "\(Self.program) learn bytes --text | head -n 1",
    ])
    #expect(result.status == 0 && result.errorOutput == "", "\(result)")
    #expect(result.output == "The bytes of a control message\n")
  }

  @Test("The worked example of CONTRIBUTING.md is a lesson that works") func workedExample()
    async throws
  {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let guide = try String(contentsOfFile: "CONTRIBUTING.md", encoding: .utf8)
    let example = try #require(guide.firstMatch(of: #/```lesson\n((?s).*?)```/#)?.1)
    let path = folder.path + "/example.lesson"
    try String(example).write(toFile: path, atomically: true, encoding: .utf8)
    let result = try await learn([path, "--text"], state: folder.path)
    #expect(result.status == 0 && result.errorOutput == "", "\(result)")
    #expect(result.output.hasSuffix("\n1 of 1 predictions were right.\n"), "\(result)")
  }
}
