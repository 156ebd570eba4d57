import CBrokers  // Among what it declares is sigset_t.
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// The signals that ask a server to end: SIGINT, SIGTERM, SIGHUP.
///
/// A handler removes the socket's file and lets the signal end the process, so that a shell sees
/// what it is used to see (130 after Ctrl-C). Neither a thread nor a wake-up descriptor is needed,
/// and the main loop is what a reader of its system calls expects: it just waits for clients.
enum TerminationSignals {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP]

  /// Runs `body`; signals that come meanwhile take effect after it.
  static func holdBack<Result: ~Copyable>(
    _ body: () throws(BrokerError) -> Result
  ) throws(BrokerError) -> Result {
    var set = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&set)
    for number in numbers { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try body()
  }

  /// Makes the signals remove the file, as long as it is the same one, before they end the process.
  ///
  /// A signal that is ignored stays so, as `nohup` and background jobs of a shell rely on.
  static func remove(_ path: FilePath, _ file: FileIdentity) {
    forget()
    let name = unsafe path.withPlatformString { unsafe strdup($0) }
    unsafe fileToRemove = (name, file.device.rawValue, file.inode.rawValue)
    for number in numbers {
      let before = signal(number, removeFileAndEnd)
      if isIgnoring(before) { signal(number, before) }
    }
  }

  /// Makes the signals end the process at once again.
  static func forget() {
    guard let name = unsafe fileToRemove?.name else { return }
    for number in numbers {
      let before = signal(number, SIG_DFL)
      if isIgnoring(before) { signal(number, before) }
    }
    unsafe fileToRemove = nil
    unsafe free(name)
  }

  private static func isIgnoring(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

/// Written while the signals do nothing with it, and read by their handler alone.
private nonisolated(unsafe) var fileToRemove:
  (name: UnsafeMutablePointer<CChar>?, device: CInterop.DeviceID, inode: CInterop.Inode)?

/// May call only what is safe in a handler: signal-safety(7) lists lstat, unlink, signal and raise.
private func removeFileAndEnd(_ number: Int32) {
  if let file = unsafe fileToRemove, let name = unsafe file.name {
    var status = stat()
    if unsafe lstat(name, &status) == 0 && status.st_dev == file.device
      && status.st_ino == file.inode
    {
      unsafe unlink(name)
    }
  }
  // The signal is held back while its handler runs, and takes its default action after it.
  signal(number, SIG_DFL)
  raise(number)
}
