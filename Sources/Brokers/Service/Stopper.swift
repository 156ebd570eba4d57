import CBrokers
import FDPassing
import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Ends a service from another thread.
public final class Stopper: Sendable {
  let descriptor: OwnedDescriptor

  /// A stopper for one service: eventfd(2).
  public init() throws(BrokerError) {
    let number = eventfd(0, O_CLOEXEC | O_NONBLOCK)
    if number == -1 { throw .file("make an event descriptor", Errno(rawValue: errno)) }
    descriptor = OwnedDescriptor(adopting: number)
  }

  /// Makes the service return.
  public func stop() {
    var one: UInt64 = 1
    _ = unsafe write(descriptor.rawValue, &one, MemoryLayout<UInt64>.size)
  }
}
