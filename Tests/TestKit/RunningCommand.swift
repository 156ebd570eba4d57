import Foundation
public import Glibc
import Synchronization
public import Testing

/// A command that runs beside the test, which looks at what it says and ends it.
public final class RunningCommand: Sendable {
  /// Its process, which leads a group of its own.
  public let pid: pid_t
  private let directory: TemporaryDirectory
  private let hasEnded = Atomic(false)

  /// Starts a command that reads nothing.
  ///
  /// - Parameters:
  ///   - arguments: the program (looked up in PATH when it has no slash) and its arguments.
  ///   - input: the file it reads from descriptor 0, as a named pipe.
  /// - Throws: ``SpawnError`` when it cannot be started.
  public init(_ arguments: [String], input: String = "/dev/null") throws {
    directory = try TemporaryDirectory()
    pid = try spawn(
      arguments, ProcessInfo.processInfo.environment, stdin: input,
      stdout: directory.path + "/stdout", stderr: directory.path + "/stderr")
  }

  /// A test that fails half-way leaves nothing running.
  deinit {
    guard !hasEnded.load(ordering: .relaxed) else { return }
    kill(-pid, SIGKILL)
    _ = exitStatus(of: pid, 0)
    directory.remove()
  }

  /// What it wrote to descriptor 1 so far.
  public var output: String { text("stdout") }

  /// What it wrote to descriptor 2 so far.
  public var errorOutput: String { text("stderr") }

  private func text(_ name: String) -> String {
    let data = FileManager.default.contents(atPath: "\(directory.path)/\(name)")
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  /// Waits until its output holds a text.
  ///
  /// - Throws: ``WaitTimeout`` with all it said.
  public func waitFor(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    _ = try await waitForValue(
      "“\(text)”", sourceLocation: sourceLocation,
      lastSeen: { self.output + self.errorOutput },
      { output.contains(text) ? true : nil })
  }

  /// Sends it a signal, waits for its end, and removes what it wrote.
  ///
  /// - Parameters:
  ///   - signal: the signal; 0 to wait only.
  ///   - sourceLocation: named in the failure, so that it points at the test.
  /// - Returns: its exit status, or 128 + the signal that killed it.
  /// - Throws: ``WaitTimeout``; it is killed then.
  @discardableResult
  public func end(
    _ signal: Int32 = SIGTERM, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> Int32 {
    defer {
      hasEnded.store(true, ordering: .relaxed)
      directory.remove()
    }
    kill(pid, signal)
    do {
      return try await waitForValue(
        "the end of process \(pid)", sourceLocation: sourceLocation,
        lastSeen: { self.output + self.errorOutput }, { exitStatus(of: pid, WNOHANG) })
    } catch {
      kill(-pid, SIGKILL)
      _ = exitStatus(of: pid, 0)
      throw error
    }
  }
}
