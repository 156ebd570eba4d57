public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// A descriptor that has exactly one owner, and is closed when the owner is done with it.
///
/// The compiler moves it and never copies it, so it can neither leak nor be closed twice.
public struct OwnedDescriptor: ~Copyable, Sendable {
  /// The number in this process's table. It stays owned: do not close it.
  public let rawValue: Int32

  /// Becomes the owner of an open descriptor, which nobody else may close from now on.
  ///
  /// - Parameter rawValue: The number of the open descriptor; not negative.
  public init(adopting rawValue: Int32) {
    precondition(rawValue >= 0, "A descriptor number is never negative")
    self.rawValue = rawValue
  }

  deinit {
    // Nobody is left to be told of an error, and the number is free in any case: close(2).
    _ = systemClose(rawValue)
  }

  /// The descriptor as swift-system's type, lent: to read, write or send it while it is owned here.
  public var fileDescriptor: FileDescriptor { FileDescriptor(rawValue: rawValue) }

  /// Gives the descriptor away. The caller must close it.
  public consuming func release() -> Int32 {
    let rawValue = rawValue
    discard self
    return rawValue
  }

  /// Closes the descriptor and reports what `deinit` would ignore, as a failed last write.
  ///
  /// The descriptor is gone even if this throws. An interruption is no failure.
  public consuming func close() throws(PassingError) {
    if systemClose(release()) == -1 {
      let code = Errno(rawValue: errno)
      if code != .interrupted { throw PassingError(.close, code: code) }
    }
  }

  /// Makes a second descriptor of the same open file description, with close-on-exec set.
  ///
  /// Offset and status flags are shared by the two. Source: fcntl(2), `F_DUPFD_CLOEXEC`.
  public borrowing func duplicate() throws(PassingError) -> OwnedDescriptor {
    let number = rawValue
    return OwnedDescriptor(
      adopting: try systemCall(.duplicate) { fcntl(number, F_DUPFD_CLOEXEC, 0) })
  }
}

// Within the type, `close` means the method.
private func systemClose(_ number: Int32) -> Int32 { close(number) }
