import Glibc

/// Where the lines of --text and --json go: stdout, or the file of -o.
struct LineOutput: ~Copyable {
  let descriptor: Int32

  /// - Throws: ``Failure`` when the file cannot be written.
  init(path: String?) throws {
    guard let path else {
      descriptor = STDOUT_FILENO
      return
    }
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw Failure(
        "Cannot write \(path): \(lastErrorText()). Give -o a file in a folder that you may write.")
    }
  }

  deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }
}
