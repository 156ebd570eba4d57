import Glibc
import InspectorApp

/// The files that are the user's own, where the XDG Base Directory Specification puts them.
enum UserFiles {
  /// What the configuration file says; nothing where there is none.
  static let settings: Settings = {
    guard let path = configurationPath, let text = contents(of: path) else { return Settings() }
    return Settings(text: text)
  }()

  /// What is wrong with the configuration file, in one sentence; nil when nothing is.
  static var complaint: String? {
    guard let first = settings.problems.first, let path = configurationPath else { return nil }
    let more = settings.problems.count - 1
    return "\(path), \(first)" + (more > 0 ? " (and \(more) more)" : "") + "."
  }

  static var configurationPath: String? { path("XDG_CONFIG_HOME", "/.config", "/config") }

  /// A file of ours below a directory that an environment variable names, or the one that stands
  /// for it below the home directory. A path that is not absolute counts as not set.
  static func path(_ variable: String, _ standard: String, _ name: String) -> String? {
    let home = environmentVariable("HOME").map { $0 + standard }
    return [environmentVariable(variable), home].compactMap(\.self)
      .first { $0.hasPrefix("/") }.map { $0 + "/fdpass-tui" + name }
  }

  private static var statePath: String? { path("XDG_STATE_HOME", "/.local/state", "/screen") }

  /// How the last session on a screen was left.
  static var remembered: Remembered {
    Remembered(text: statePath.flatMap(contents) ?? "")
  }

  /// Keeps how this session is left. Returns a sentence when that is not possible.
  static func keep(_ remembered: Remembered) -> String? {
    guard let path = statePath else { return nil }
    return write(remembered.text, to: path).map { "Cannot keep the layout in \(path): \($0)." }
  }

  /// Writes a file of ours anew, and the folders that lead to it. Returns why that is not possible.
  static func write(_ text: String, to path: String) -> String? {
    makeFolders(of: path)
    // Another session may read it meanwhile.
    let draft = "\(path).\(getpid())"
    let file = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    let isWritten = file >= 0 && writeAll(Array(text.utf8), to: file)
    if file >= 0 { close(file) }
    guard isWritten, unsafe rename(draft, path) == 0 else {
      let reason = lastErrorText()
      unsafe unlink(draft)
      return reason
    }
    return nil
  }

  /// The folders that lead to a file, private as the specification asks.
  private static func makeFolders(of path: String) {
    let parts = path.split(separator: "/").dropLast()
    for count in 1...max(1, parts.count) {
      unsafe mkdir("/" + parts.prefix(count).joined(separator: "/"), 0o700)
    }
  }

  /// The text of a file; nil when it cannot be read, or is larger than any of ours.
  static func contents(of path: String) -> String? {
    let limit = 1 << 20
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      count = unsafe max(0, read(file, buffer.baseAddress, buffer.count))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
