import Foundation
import Glibc
import Testing

/// A tmux command that failed.
public struct TerminalFailure: Error, CustomStringConvertible {
  /// The command and what tmux said.
  public let description: String
}

/// A tmux server with one window, out of reach of the user's tmux and of other tests.
struct TmuxServer {
  private let directory: TemporaryDirectory
  private let pid: pid_t

  /// `remain-on-exit` keeps the last screen of an ended program; without history there is nothing
  /// but the screen.
  private static let configuration = """
    set -g default-terminal tmux-256color
    set -g status off
    set -g remain-on-exit on
    set -g remain-on-exit-format ''
    set -g history-limit 0
    set -g set-clipboard on
    """

  init(
    running command: [String], _ columns: Int, _ rows: Int, _ environment: [String: String]
  ) async throws {
    let directory = try TemporaryDirectory()
    do {
      try Self.configuration.write(
        toFile: directory.path + "/conf", atomically: true, encoding: .utf8)
      // tmux hands a one-word command to a shell and runs several words itself: `env` in front
      // makes it always the latter, so that the pane's process is the program.
      // The user's own settings are none of a test's.
      let own = [
        "XDG_CONFIG_HOME": directory.path + "/config", "XDG_STATE_HOME": directory.path + "/state",
      ].merging(environment) { $1 }
      let variables = own.map { "\($0.key)=\($0.value)" }
      let size = ["-x", "\(columns)", "-y", "\(rows)"]
      let server = try await Self.run(
        in: directory,
        ["new-session", "-d", "-P", "-F", "#{pid}"] + size + ["env"] + variables + command)
      pid = Int32(server.trimmingCharacters(in: .newlines)) ?? 0
    } catch {
      directory.remove()
      throw error
    }
    self.directory = directory
  }

  /// Ends the server; the kernel hangs up its terminals. Safe to call again.
  func stop() {
    // The directory stands as long as the server is ours to end, so a reused pid is never hit.
    guard pid > 0, directory.remove() else { return }
    kill(pid, SIGTERM)
  }

  /// Makes the server look for ended children. tmux 3.3a loses about one SIGCHLD in ten on a busy
  /// machine and then never learns the status.
  func reap() { kill(pid, SIGCHLD) }

  @discardableResult
  func callAsFunction(_ arguments: [String]) async throws -> String {
    try await Self.run(in: directory, arguments)
  }

  private static func run(
    in directory: TemporaryDirectory, _ arguments: [String]
  ) async throws -> String {
    let environment = ProcessInfo.processInfo.environment
    let kept = ["PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR"].compactMap { name in
      environment[name].map { "\(name)=\($0)" }
    }
    let tmux = ["tmux", "-u", "-S", directory.path + "/tmux", "-f", directory.path + "/conf"]
    let result = try await TestKit.run(
      ["env", "-i", "LANG=C.UTF-8", "SHELL=/bin/sh"] + kept + tmux + arguments)
    guard result.status == 0 else {
      let command = arguments.joined(separator: " ")
      throw TerminalFailure(description: "“tmux \(command)” failed: \(result.errorOutput)")
    }
    return result.output
  }
}
