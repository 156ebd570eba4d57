import CLinux
import Glibc
import Synchronization
import TraceSources

/// SIGINT, SIGTERM and SIGHUP while there is no screen: the session is asked to end, so that what
/// we launched can clean up, and then we die of the same signal, as who sent it expects.
struct Interruption: ~Copyable {
  private let arrived = Arrived()

  private final class Arrived: Sendable {
    let signal = Mutex<Int32>(0)
  }

  /// From here on `signals` call `ask` on another thread.
  init(_ signals: [Int32], _ ask: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (reader, writer) = (ends[0], ends[1])
    for number in signals { _ = clinux_forward_signal(number, writer) }
    let arrived = arrived
    _ = startThread {
      var number: UInt8 = 0
      while unsafe read(reader, &number, 1) == 1 {
        arrived.signal.withLock { $0 = Int32(number) }
        ask()
      }
    }
  }

  /// Dies of the signal that came, if one did.
  consuming func finish() {
    let number = arrived.signal.withLock { $0 }
    guard number != 0 else { return }
    clinux_die(number)
  }
}
