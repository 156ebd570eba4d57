import Glibc

/// Where the lines of --text and --json go: a standard stream, or the file of -o.
struct LineOutput: ~Copyable {
  let descriptor: Int32
  private let isOurs: Bool

  /// - Throws: ``Failure`` when the file cannot be written.
  init(path: String?, otherwise standard: Int32) throws {
    guard let path else {
      isOurs = false
      descriptor = standard
      return
    }
    isOurs = true
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw Failure(
        "Cannot write \(path): \(lastErrorText()). Give -o a file in a folder that you may write.")
    }
  }

  deinit { if isOurs { close(descriptor) } }
}
