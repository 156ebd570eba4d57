#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What an actor has mapped: addresses are kept as numbers, since no pointer leaves a function.
final class Mappings {
  private var addresses: [Int32: UInt] = [:]

  private static let size = 4096

  /// Maps the first page of a file for reading.
  func map(_ file: Int32) -> Performer.Outcome {
    let address = unsafe UInt(bitPattern: mmap(nil, Self.size, PROT_READ, MAP_SHARED, file, 0))
    // MAP_FAILED
    guard address != .max else { return .failed(errno) }
    addresses[file] = address
    return .done([])
  }

  /// Reads the first byte: SIGBUS where the file has shrunk.
  func look(_ file: Int32) -> Performer.Outcome {
    guard let pointer = unsafe UnsafeRawPointer(bitPattern: addresses[file] ?? 0) else {
      return .failed(EFAULT)
    }
    // What the Swift runtime would say about a crash is no part of a lesson.
    signal(SIGBUS, SIG_DFL)
    // Written out, so that it is really read.
    let bytes = [unsafe pointer.load(as: UInt8.self)]
    return .checked(unsafe write(STDOUT_FILENO, bytes, 1))
  }
}
