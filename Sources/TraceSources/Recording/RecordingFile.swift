import FDPassing
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A recording on disk. It is read with pread(2) and never mapped: a file that somebody shortens
/// meanwhile gives fewer lines then, and no SIGBUS.
final class RecordingFile: RecordingBytes {
  /// As the user named it.
  let path: String
  /// Its length when it was opened, in bytes.
  let size: Int
  private let descriptor: OwnedDescriptor

  /// Opens a file for reading.
  init(path: String) throws(RecordingFileError) {
    // O_NONBLOCK: opening a named pipe must not wait for its writer.
    let number = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard number >= 0 else {
      throw Self.failure(path, "\(ErrorNames.meaning(errno)). Check the path and its permissions.")
    }
    descriptor = OwnedDescriptor(adopting: number)
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else {
      throw Self.failure(path, "\(ErrorNames.meaning(errno)).")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Self.failure(
        path,
        "it is \(Self.kind(status.st_mode)), and a replay goes back and forth in a file. "
          + "Give a file that --record wrote.")
    }
    self.path = path
    size = Int(status.st_size)
    guard size > 0 else {
      throw Self.failure(path, "the file is empty. Give a file that --record wrote.")
    }
  }

  private static func kind(_ mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: "a directory"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }

  static func failure(_ path: String, _ reason: String) -> RecordingFileError {
    RecordingFileError("Cannot replay \(path): \(reason)")
  }

  /// The `count` bytes from `offset` on; nil when there are no longer so many.
  func read(at offset: Int, count: Int) -> [UInt8]? {
    let bytes = part(at: offset, count: count)
    return bytes.count == count ? bytes : nil
  }

  /// Up to `count` bytes from `offset` on; fewer where the file ends or cannot be read.
  func part(at offset: Int, count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, got in
      while got < count {
        let read = unsafe pread(
          descriptor.rawValue, buffer.baseAddress?.advanced(by: got), count - got, offset + got)
        if read > 0 {
          got += read
        } else if read == 0 || errno != EINTR {
          return
        }
      }
    }
  }
}

/// Goes through a file by whole lines, some at a time.
struct RecordingPieces {
  /// Whole lines and where they stand; or that a line was passed over, for it is too long.
  enum Piece {
    case lines([UInt8], offset: Int)
    case overlong
  }

  private let file: RecordingFile
  /// How far the file has been gone through, in bytes.
  private(set) var offset = 0
  private var isInOverlong = false

  /// What is read at once, where a line is not longer.
  static let usualSize = 1 << 20
  /// Longer lines are passed over: our longest, a process with a table of 100,000 descriptors,
  /// needs half of it.
  static let longestLine = 64 << 20

  init(_ file: RecordingFile) { self.file = file }

  /// The next piece; nil at the end of the file.
  mutating func next() -> Piece? {
    var size = Self.usualSize
    while true {
      var bytes = file.part(at: offset, count: min(size, file.size - offset))
      guard !bytes.isEmpty else { return nil }
      let isLast = offset + bytes.count >= file.size || bytes.count < size
      guard let newline = Self.lastNewline(in: bytes, wantsFirst: isInOverlong) else {
        if isInOverlong || bytes.count >= Self.longestLine {
          offset += bytes.count
          defer { isInOverlong = !isLast }
          if !isInOverlong { return .overlong }
          size = Self.usualSize
          continue
        }
        if isLast { return lines(bytes) }
        size *= 4
        continue
      }
      if isInOverlong {
        isInOverlong = false
        offset += newline + 1
        continue
      }
      if !isLast { bytes.removeSubrange((newline + 1)...) }
      return lines(bytes)
    }
  }

  private mutating func lines(_ bytes: [UInt8]) -> Piece {
    defer { offset += bytes.count }
    return .lines(bytes, offset: offset)
  }

  private static func lastNewline(in bytes: [UInt8], wantsFirst: Bool) -> Int? {
    // memchr(3) looks at many bytes at once, and most files have a newline near their end.
    let first = unsafe bytes.withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress, let found = unsafe memchr(base, 0x0A, buffer.count)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
    return wantsFirst || first == nil ? first : bytes.lastIndex(of: UInt8(ascii: "\n"))
  }
}
