import CLinux
import Glibc

/// A private folder with the demo's socket in it, or a lesson's files. Gone with the value, or when
/// a signal that can be caught ends us. There is one at a time.
struct SocketFolder: ~Copyable {
  let path: String

  /// The socket's path.
  var socketPath: String { path + Self.socketName }

  private static let socketName = "/fdpass.sock"
  /// What `sun_path` takes without its NUL (unix(7)).
  private static let pathLimit = 107

  /// Makes the folder, mode 0700, in `XDG_RUNTIME_DIR`, else in `/tmp`.
  ///
  /// - Throws: ``Failure`` when neither can be written.
  init() throws {
    // The runtime directory's specification: a path that is not absolute counts as not set.
    let named = [environmentVariable("XDG_RUNTIME_DIR"), "/tmp"].compactMap { $0 }
      .filter { $0.hasPrefix("/") }
    for base in named {
      if let made = Self.makeFolder(in: base) {
        path = made
        _ = unsafe clinux_remove_at_death(made)
        willHold(Self.socketName)
        return
      }
    }
    throw Failure(
      "Cannot make a folder for the demo's socket in \(named.joined(separator: " or in ")): "
        + "\(lastErrorText()). Set XDG_RUNTIME_DIR to a folder of yours.")
  }

  /// Says that there will be a file or a folder with this path, a `/` before it.
  func willHold(_ name: String) { _ = unsafe clinux_remove_at_death(path + name) }

  /// Makes a file with this path below the folder.
  ///
  /// - Throws: ``Failure`` when there is no room for it.
  func write(_ text: String, to name: String) throws {
    willHold("/" + name)
    let whole = path + "/" + name
    let descriptor = unsafe open(whole, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, writeAll(Array(text.utf8), to: descriptor) else {
      throw Self.cannotMake(whole)
    }
  }

  /// For what just failed.
  static func cannotMake(_ path: String) -> Failure {
    Failure(
      "Cannot make \(path): \(lastErrorText()). Set XDG_RUNTIME_DIR to a folder of yours with room "
        + "in it.")
  }

  deinit {
    // With the socket: a server that was killed could not remove it.
    clinux_remove_now()
  }

  private static func makeFolder(in base: String) -> String? {
    let pattern = base + "/fdpass-tui.XXXXXX"
    guard pattern.utf8.count + socketName.utf8.count <= pathLimit else { return nil }
    var template = pattern.utf8CString
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return false }
      return unsafe mkdtemp(start) != nil
    }
    return made
      ? String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }
}
