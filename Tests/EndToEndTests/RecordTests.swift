import Foundation
import TestKit
import Testing

/// `--record` as a user has it.
@Suite("--record", .requires(.ptrace))
struct RecordTests {
  private static let program = BuiltProducts.path(of: "fdpass-tui")
  private static let tracees = BuiltProducts.path(of: "tracees")

  @Test("the recording holds what --json prints") func same() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let file = folder.path + "/demo.jsonl"
    let result = try await run([Self.program, "demo", "--json", "--record", file])
    #expect(result.status == 0, "\(result)")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == result.output)
    #expect(result.output.hasPrefix(#"{"v":1,"seq":1,"time":0.000000,"kind":"session""#))
  }

  @Test("killed by -9 it leaves whole lines, but for the last")
  func killed() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let file = folder.path + "/killed.jsonl"
    let inspector = try RunningCommand([
      Self.program, "run", "--json", "-o", "/dev/null", "--record", file, "--", Self.tracees,
      "many-passed", "100000", "1",
    ])
    do {
      // By its size: to read what grows so fast would take longer each time.
      try await waitFor("some transfers") { Self.size(of: file) > 20_000 }
    } catch {
      try await inspector.end(SIGKILL)
      throw error
    }
    #expect(try await inspector.end(SIGKILL) == 128 + SIGKILL)
    let lines = Self.lines(of: file)
    for line in lines.dropLast() {
      #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
    }
    // How much was recorded depends on who was quicker, and a debug build reads slowly.
    let replay = try await run([Self.program, "replay", "--json", file], deadline: .seconds(90))
    #expect(replay.status == 0)
    #expect(replay.output.split(separator: "\n").count >= lines.count - 1)
  }

  private static func size(of file: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    return attributes?[.size] as? Int ?? 0
  }

  private static func lines(of file: String) -> [Substring] {
    let data = FileManager.default.contents(atPath: file) ?? Data()
    return String(decoding: data, as: UTF8.self).split(separator: "\n")
  }

  @Test("a full disk ends the recording and nothing else") func full() async throws {
    let result = try await run([Self.program, "demo", "--text", "--record", "/dev/full"])
    #expect(result.status == 0)
    #expect(result.output.contains("the same open file"))
    #expect(
      result.errorOutput
        == "The recording has stopped, the session goes on: cannot write /dev/full: "
        + "No space left on device. The file holds what happened until then.\n")
  }

  @Test("a recording is replaced, and nothing else is") func replaced() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let file = folder.path + "/again.jsonl"
    let words = [Self.program, "run", "--text", "--record", file, "--", "true"]
    #expect(try await run(words).status == 0)
    let first = Self.lines(of: file).count
    #expect(try await run(words).status == 0)
    #expect(Self.lines(of: file).count == first)
    try "my notes\n".write(toFile: file, atomically: false, encoding: .utf8)
    let refused = try await run(words)
    #expect(refused.status == 1)
    #expect(refused.errorOutput.contains("is no recording, so it is left as it is"), "\(refused)")
    #expect(Self.lines(of: file) == ["my notes"])
  }

  @Test(
    "a file that cannot be written is one sentence, and nothing is launched",
    arguments: [
      ("/tmp", "Cannot record into /tmp: Is a directory. Give a file in it."),
      ("/nowhere/x", "Cannot record into /nowhere/x: No such file or directory."),
    ])
  func unwritable(file: String, sentence: String) async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let mark = folder.path + "/launched"
    let result = try await run([Self.program, "run", "--record", file, "--", "touch", mark])
    #expect(result.status == 1)
    #expect(result.errorOutput.contains(sentence), "\(result)")
    #expect(!FileManager.default.fileExists(atPath: mark))
  }
}
