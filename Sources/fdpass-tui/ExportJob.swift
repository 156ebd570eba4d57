import Glibc
import InspectorApp
import Synchronization
import TraceModel
import TraceSources

/// One export of a session that goes on meanwhile: a new file, written on a thread of its own.
final class ExportJob: Sendable {
  private enum State {
    case writing
    case cancelled
    case done(String)
  }

  private struct Cancelled: Error {}

  private let state = Mutex(State.writing)
  private let hasStopped = Atomic(false)
  private let bytesWritten = Atomic(0)
  private let file: NewFile

  /// Begins to write into a file of the current directory that is named for the time.
  ///
  /// - Parameters:
  ///   - timeline: The session as it is now.
  ///   - filter: Leaves out what does not pass.
  ///   - format: The form to write.
  ///   - unicode: Whether text may hold more than ASCII.
  ///   - wake: Called on the other thread once ``sentence`` is there, and before that whenever
  ///     half a second's more was written.
  /// - Throws: ``Failure`` when the file cannot be made.
  init(
    of timeline: Timeline, _ filter: Filter?, as format: ExportFormat, unicode: Bool,
    wake: @escaping @Sendable () -> Void
  ) throws {
    file = try NewFile(extension: format.fileExtension)
    let started = startThread { [self] in
      finish(Result { try write(timeline, filter, format, unicode, wake) })
      wake()
    }
    guard started else {
      file.remove()
      file.close()
      throw Failure("Cannot export: no thread could be made: \(lastErrorText()).")
    }
  }

  /// What became of it; nil as long as it is being written.
  var sentence: String? {
    state.withLock { if case .done(let sentence) = $0 { sentence } else { nil } }
  }

  /// How many bytes there are by now.
  var count: Int { bytesWritten.load(ordering: .relaxed) }

  /// Ends it, and waits until it has ended.
  func cancel() {
    state.withLock { if case .writing = $0 { $0 = .cancelled } }
    while !hasStopped.load(ordering: .acquiring) { usleep(1000) }
  }

  private func write(
    _ timeline: Timeline, _ filter: Filter?, _ format: ExportFormat, _ unicode: Bool,
    _ wake: @escaping () -> Void
  ) throws {
    var told = ContinuousClock.now
    try format.write(timeline, filter: filter, unicode: unicode) { [self] bytes in
      if state.withLock({ if case .cancelled = $0 { true } else { false } }) { throw Cancelled() }
      guard writeAll(bytes, to: file.descriptor) else {
        throw Failure("Cannot write \(file.name): \(lastErrorText()). Nothing was exported.")
      }
      bytesWritten.add(bytes.count, ordering: .relaxed)
      guard ContinuousClock.now - told >= .milliseconds(500) else { return }
      told = .now
      wake()
    }
  }

  private func finish(_ result: Result<Void, any Error>) {
    let sentence: String
    switch result {
    case .success: sentence = "Wrote \(file.name) in \(file.folder)."
    case .failure(let error):
      file.remove()
      sentence = "\(error)"
    }
    file.close()
    state.withLock { $0 = .done(sentence) }
    hasStopped.store(true, ordering: .releasing)
  }
}

/// A file of ours that was not there before: `fdpass-20261125-220600.svg`.
private struct NewFile {
  let name: String
  let folder: String
  let descriptor: Int32

  /// So many exports may fall into one second.
  private static let mostTries = 100

  init(extension end: String) throws {
    folder = Self.currentFolder()
    let stem = "fdpass-" + Self.time()
    for number in 1...Self.mostTries {
      let name = number == 1 ? "\(stem).\(end)" : "\(stem)-\(number).\(end)"
      let descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        self.name = name
        self.descriptor = descriptor
        return
      }
      guard errno == EEXIST else { break }
    }
    throw Failure(
      "Cannot write into \(folder): \(lastErrorText()). Start fdpass-tui in a folder of yours.")
  }

  func close() { _ = Glibc.close(descriptor) }

  func remove() { _ = unsafe unlink(name) }

  private static func currentFolder() -> String {
    guard let path = unsafe getcwd(nil, 0) else { return "the current folder" }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// Local time, in the order in which names sort.
  private static func time() -> String {
    var now = Glibc.time(nil)
    var parts = unsafe tm()
    unsafe localtime_r(&now, &parts)
    let day = unsafe [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday]
    let time = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
    func digits(_ numbers: [Int32]) -> String {
      numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
    }
    return digits(day) + "-" + digits(time)
  }
}
