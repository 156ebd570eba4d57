import CLinux
import Synchronization
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A thread that posts to a mailbox until it ends.
final class TellingThread: Sendable {
  private let isOver: Over
  private let thread: RunningThread

  private final class Over: Sendable {
    let flag = Atomic(false)
  }

  /// Starts `run` on it.
  ///
  /// - Throws: `Errno` when there is no thread to be had.
  init<Element>(
    waking mailbox: Mailbox<Element>, _ run: @escaping @Sendable () -> Void
  ) throws(Errno) {
    let isOver = Over()
    let thread = RunningThread {
      run()
      isOver.flag.store(true, ordering: .releasing)
      mailbox.wake()
    }
    guard let thread else { throw Errno(rawValue: errno) }
    (self.isOver, self.thread) = (isOver, thread)
  }

  /// Waits for what it posts next; nil when it has ended and everything was taken.
  func next<Element>(in mailbox: Mailbox<Element>) -> [Element]? {
    while true {
      let hasEnded = isOver.flag.load(ordering: .acquiring)
      let elements = mailbox.takeAll()
      if !elements.isEmpty { return elements }
      if hasEnded {
        thread.join()
        return nil
      }
      var request = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&request, 1, -1)
    }
  }
}
