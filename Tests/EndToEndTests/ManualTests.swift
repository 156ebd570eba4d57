import Foundation
import TestKit
import Testing

/// What `make install` puts beside the programs, made by `Manual/generate` from their own words.
@Suite("Man pages and completions", .requires(.python3, .groff)) struct ManualTests {
  private static let programs = URL(filePath: BuiltProducts.path(of: "fdpass-tui"))
    .deletingLastPathComponent().path

  /// The folder that stands for `/usr/local/share`.
  private func generate(into directory: borrowing TemporaryDirectory) async throws {
    let result = try await run(["Manual/generate", Self.programs, directory.path])
    #expect(result.status == 0, "\(result)")
  }

  @Test("Man pages are read without a warning and say what the programs' help says")
  func pages() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    try await generate(into: directory)
    for (name, words) in [
      ("fdpass-tui", ["--record file", "fdpass-tui run [options] -- command ...", "EXIT STATUS"]),
      ("fdpass-server", ["--socket path", "fdpass-server ports [options]"]),
      (
        "fdpass-client", ["--socket path", "fdpass-client port [options] address [-- command ...]"]
      ),
    ] {
      let page = "\(directory.path)/man/man1/\(name).1"
      let result = try await run(
        ["groff", "-ww", "-man", "-Kutf8", "-Tutf8", "-P-cbou", page])
      #expect(result.status == 0 && result.errorOutput == "", "\(result)")
      for word in words + ["EXAMPLES", "\(name) - "] {
        let text = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains(word), "\(word) in \(result)")
      }
    }
  }

  @Test("bash completes commands, options and their values", .timeLimit(.minutes(5)))
  func completions() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    try await generate(into: directory)
    for (words, expected) in [
      (["fdpass-tui", "rep"], "replay"), (["fdpass-tui", "run", "--rec"], "--record"),
      (["fdpass-tui", "demo", "--theme", "li"], "light"),
      (["fdpass-server", "ports", "--ru"], "--rules"),
      (["fdpass-client", "op"], "open"),
    ] {
      let name = words[0]
      let script = """
        source \(directory.path)/bash-completion/completions/\(name)
        COMP_WORDS=(\(words.joined(separator: " "))) COMP_CWORD=\(words.count - 1)
        COMP_LINE="${COMP_WORDS[*]}" COMP_POINT=${#COMP_LINE}
        function=$(complete -p \(name)) function=${function#*-F } function=${function%% *}
        $function \(name) "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
        echo "${COMPREPLY[@]}"
        """
      let result = try await run(["bash", "-c", script])
      #expect(
        result.output.split(whereSeparator: \.isWhitespace).contains("\(expected)"), "\(result)")
    }
    for path in ["zsh/site-functions/_fdpass-tui", "fish/vendor_completions.d/fdpass-tui.fish"] {
      let text = try String(contentsOfFile: "\(directory.path)/\(path)", encoding: .utf8)
      #expect(text.contains("fdpass-tui"))
    }
  }
}
