import CBrokers
import FDPassing
import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// The signals that a service listens to, as something to read: signalfd(2).
///
/// SIGTERM and SIGINT end it, SIGHUP makes its role reload.
public final class SignalDescriptor {
  /// What a signal asks for.
  enum Wish {
    case stop, reload
  }

  let descriptor: OwnedDescriptor

  /// Holds the signals back from now on. For a process with one thread.
  ///
  /// - Throws: `BrokerError` when there is no room for a descriptor.
  public init() throws(BrokerError) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    let number = unsafe signalfd(-1, &set, O_CLOEXEC | O_NONBLOCK)
    if number == -1 { throw .file("make a descriptor for signals", Errno(rawValue: errno)) }
    descriptor = OwnedDescriptor(adopting: number)
  }

  /// The next signal that came, or nil.
  func next() -> Wish? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    guard unsafe read(descriptor.rawValue, &info, size) == size else { return nil }
    return info.ssi_signo == UInt32(SIGHUP) ? .reload : .stop
  }
}
