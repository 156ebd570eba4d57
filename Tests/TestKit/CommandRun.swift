import Foundation
import Glibc
public import Testing

/// What a command left behind.
public struct CommandResult: Sendable, CustomStringConvertible {
  /// The arguments it was run with, the program first.
  public let arguments: [String]
  /// Its exit status, or 128 + the signal that killed it, as a shell would say.
  public let status: Int32
  /// Everything it wrote to descriptor 1. Bytes that are not UTF-8 appear as U+FFFD.
  public let output: String
  /// Everything it wrote to descriptor 2. Bytes that are not UTF-8 appear as U+FFFD.
  public let errorOutput: String

  /// The command, its status and both outputs, for a failure message.
  public var description: String {
    """
    \(arguments.joined(separator: " ")) → status \(status)
    stdout: \(Self.excerpt(output))
    stderr: \(Self.excerpt(errorOutput))
    """
  }

  /// The end of what was written, where the reason of a failure most often stands.
  private static func excerpt(_ text: String) -> String {
    let limit = 4000
    guard text.utf8.count > limit else { return text.isEmpty ? "(nothing)" : text }
    return "(\(text.utf8.count) bytes, the last of them:) …\(text.suffix(limit))"
  }
}

/// Runs a command to its end and keeps what it wrote.
///
/// Outputs go through files, so a grandchild that outlives the command cannot hold up the caller.
/// The command leads a process group of its own; at the deadline the whole group is killed.
///
/// - Parameters:
///   - arguments: the program (looked up in PATH when it has no slash) and its arguments.
///   - environment: changes to this process's environment; `nil` removes a variable.
///   - input: what the command reads from descriptor 0; without it that is `/dev/null`.
///   - deadline: how long it may take.
///   - sourceLocation: named in the failure, so that it points at the test.
/// - Returns: status and outputs; a status other than 0 is not an error here.
/// - Throws: ``SpawnError`` when it cannot be started, ``WaitTimeout`` with the outputs so far.
public func run(
  _ arguments: [String],
  environment: [String: String?] = [:],
  input: String? = nil,
  deadline: Duration = usualDeadline,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws -> CommandResult {
  let directory = try TemporaryDirectory()
  defer { directory.remove() }
  let output = directory.path + "/stdout"
  let errorOutput = directory.path + "/stderr"
  var inputPath = "/dev/null"
  if let input {
    inputPath = directory.path + "/stdin"
    try input.write(toFile: inputPath, atomically: false, encoding: .utf8)
  }

  var variables = ProcessInfo.processInfo.environment
  for (name, value) in environment { variables[name] = value }
  let pid = try spawn(
    arguments, variables, stdin: inputPath, stdout: output, stderr: errorOutput)

  func result(_ status: Int32) -> CommandResult {
    CommandResult(
      arguments: arguments, status: status,
      output: text(ofFile: output), errorOutput: text(ofFile: errorOutput))
  }

  do {
    let status = try await waitForValue(
      "the end of \(arguments.joined(separator: " "))", deadline: deadline,
      sourceLocation: sourceLocation, lastSeen: { result(-1).description },
      { exitStatus(of: pid, WNOHANG) })
    return result(status)
  } catch {
    kill(-pid, SIGKILL)
    _ = exitStatus(of: pid, 0)
    throw error
  }
}

private func text(ofFile path: String) -> String {
  String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
}
