import Synchronization

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// A thread for a body that blocks, as one end of a connection does. Tests run on threads that the
/// language shares among all of them, and those must not wait for each other.
public final class BackgroundThread<Value: Sendable>: Sendable {
  private let body: @Sendable () throws -> Value
  private let result = Mutex<Result<Value, any Error>?>(nil)
  private let thread = Mutex<pthread_t>(0)

  /// Starts the thread.
  public init(_ body: @escaping @Sendable () throws -> Value) {
    self.body = body
    let context = unsafe Unmanaged.passRetained(self as AnyObject).toOpaque()
    thread.withLock { thread in
      _ = unsafe pthread_create(&thread, nil, threadMain, context)
    }
  }

  /// Waits for the end of the thread. To be called once.
  ///
  /// - Returns: What the body returned.
  /// - Throws: What the body threw.
  public func join() throws -> Value {
    _ = pthread_join(thread.withLock { $0 }, nil)
    guard let result = result.withLock({ $0 }) else {
      preconditionFailure("The thread has no result")
    }
    return try result.get()
  }

  fileprivate func run() {
    let outcome = Result { try body() }
    result.withLock { $0 = outcome }
  }
}

private protocol Runnable: AnyObject {
  func start()
}

extension BackgroundThread: Runnable {
  fileprivate func start() { run() }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  let object = unsafe Unmanaged<AnyObject>.fromOpaque(context).takeRetainedValue()
  (object as? any Runnable)?.start()
  return nil
}
