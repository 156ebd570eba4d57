import CLinux
import Glibc

/// Signals as bytes in a pipe, so that one poll(2) waits for them too.
struct SignalPipe: ~Copyable {
  private let numbers: [Int32]
  private let writer: Int32
  /// Readable when a signal came.
  let descriptor: Int32

  /// - Throws: ``Failure`` when no pipe can be had.
  init(_ numbers: [Int32]) throws {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw Failure("Cannot make a pipe: \(lastErrorText()).") }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    self.numbers = numbers
    descriptor = ends[0]
    writer = ends[1]
  }

  deinit {
    for number in numbers { _ = clinux_default_signal(number) }
    close(descriptor)
    close(writer)
  }

  /// Takes the signals over; after ncurses, which installs handlers of its own.
  func arm() {
    for number in numbers { _ = clinux_forward_signal(number, writer) }
  }

  /// The signals that came since the last look.
  func takeAll() -> [Int32] {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
      count = unsafe max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
    return bytes.map(Int32.init)
  }
}
