import FDPassing
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that is open to take a recording.
///
/// Each line is handed to the kernel by one write(2) before anybody is told what it says, so that
/// whatever ends us, kill -9 too, costs at most the line that was being written, and what was
/// still on its way here.
public struct RecordingTarget: ~Copyable, Sendable {
  /// As the user named it.
  let path: String
  private let descriptor: OwnedDescriptor
  private let isRegular: Bool

  /// Opens a file, making it where there is none. What another recording had in it is removed.
  ///
  /// - Throws: ``RecordingFileError`` when the file cannot be written, or holds what nobody would
  ///   want to lose: anything but a recording.
  public init(path: String) throws(RecordingFileError) {
    // O_NONBLOCK: a named pipe that nobody reads fails instead of waiting for ever.
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
    let number = unsafe open(path, flags, 0o666)
    guard number >= 0 else { throw Self.failure(path, errno) }
    do throws(RecordingFileError) {
      isRegular = try Self.prepare(number, path)
    } catch {
      close(number)
      throw error
    }
    // From here on a reader that is slow is waited for, so that nothing is lost.
    _ = fcntl(number, F_SETFL, O_APPEND)
    self.path = path
    descriptor = OwnedDescriptor(adopting: number)
  }

  /// Makes the file empty and ours; returns whether it is a regular one.
  private static func prepare(_ number: Int32, _ path: String) throws(RecordingFileError) -> Bool {
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw failure(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { return false }
    guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
      throw RecordingFileError(
        "Cannot record into \(path): another fdpass-tui records into it. Give another file.")
    }
    guard status.st_size == 0 || isRecording(path) else {
      throw RecordingFileError(
        "Cannot record into \(path): it is there already and is no recording, so it is left as "
          + "it is. Give another file, or remove this one.")
    }
    guard ftruncate(number, 0) == 0 else { throw failure(path, errno) }
    return true
  }

  /// Whether a file begins as every recording does.
  private static func isRecording(_ path: String) -> Bool {
    let number = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard number >= 0 else { return false }
    let file = OwnedDescriptor(adopting: number)
    let start = unsafe [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
      count = unsafe max(0, read(file.rawValue, buffer.baseAddress, buffer.count))
    }
    return JSONLines.isBeginning(start)
  }

  private static func failure(_ path: String, _ code: Int32) -> RecordingFileError {
    let cure =
      switch code {
      case EISDIR: "Give a file in it."
      case ENXIO: "Start a program that reads this pipe first, or give a file."
      default: "Give a file in a folder that you may write."
      }
    return RecordingFileError("Cannot record into \(path): \(ErrorNames.meaning(code)). \(cure)")
  }

  /// Writes whole lines behind the `length` bytes that are there.
  ///
  /// - Returns: The number of the error that ends the recording, 0 for none. What was written of
  ///   the lines before it is taken back where that is possible.
  func append(_ lines: [UInt8], after length: Int) -> Int32 {
    var rest = lines[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { bytes in
        unsafe write(descriptor.rawValue, bytes.baseAddress, bytes.count)
      }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        let code = errno
        if isRegular { _ = ftruncate(descriptor.rawValue, length) }
        return code
      }
    }
    return 0
  }
}

/// Why a file cannot be recorded into or replayed, as a sentence.
public struct RecordingFileError: Error, Hashable, CustomStringConvertible {
  /// What failed, why, and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
