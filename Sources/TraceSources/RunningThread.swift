import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A thread of its own for what must not share one: ptrace(2) belongs to the thread that attached.
/// One that is not joined goes on by itself.
public final class RunningThread: Sendable {
  private let thread: pthread_t
  private let isJoined = Atomic(false)

  /// Runs `body` on a new thread; nil when there is none to be had (pthread_create(3)), with the
  /// reason in `errno`.
  public init?(_ body: @escaping @Sendable () -> Void) {
    final class Box {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = unsafe Unmanaged.passRetained(Box(body))
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        }
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      unsafe box.release()
      errno = code
      return nil
    }
    self.thread = thread
  }

  deinit { if !isJoined.load(ordering: .relaxed) { pthread_detach(thread) } }

  /// Waits until it has ended.
  public func join() {
    if !isJoined.exchange(true, ordering: .relaxed) { pthread_join(thread, nil) }
  }
}

/// Runs `body` on a thread of its own, which nobody waits for.
///
/// - Returns: Whether the thread could be made (pthread_create(3)).
public func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  RunningThread(body) != nil
}
