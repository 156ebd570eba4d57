import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Keeps two servers from starting in the same directory at the same moment.
///
/// A server that has bound its socket and does not listen yet looks as if it had ended: another
/// one would remove its file.
///
/// It is an agreement between our own servers and no protection. In a directory that others use
/// as well, somebody may hold it for long; a server then starts without it after one second.
enum DirectoryLock {
  /// Runs `body` while no other server starts in the directory that `path` is in.
  static func hold<Result: ~Copyable>(
    for path: FilePath, _ body: () throws(BrokerError) -> Result
  ) throws(BrokerError) -> Result {
    let parent = path.removingLastComponent()
    // Without the right to read the directory there is no lock; binding says what is wrong.
    let directory = try? FileDescriptor.open(
      parent.isEmpty ? "." : parent, .readOnly, options: [.directory, .closeOnExec])
    defer { try? directory?.close() }
    if let directory { take(directory.rawValue) }
    return try body()
  }

  private static func take(_ directory: Int32) {
    for _ in 0..<100 {
      if flock(directory, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return }
      usleep(10_000)
    }
  }
}
