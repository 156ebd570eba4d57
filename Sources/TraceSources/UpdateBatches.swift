import CLinux
import Synchronization
public import SystemPackage
public import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a session tells, gathered on its thread and handed over many at a time: waking another
/// thread for each event would cost the traced program more than all the rest.
public final class UpdateBatches: Sendable {
  private let mailbox: Mailbox<[SessionUpdate]>
  private let thread: TellingThread

  /// Batches that may lie about before the source has to wait for the taker.
  private static let capacity = 16

  /// Starts `run` on a thread of its own; what it tells is handed over.
  ///
  /// - Throws: `Errno` when there is no thread, no descriptor or no memory to be had.
  public init(
    of run: @escaping @Sendable (_ emit: (SessionUpdate) -> Void) -> Void
  ) throws(Errno) {
    let mailbox = try Mailbox<[SessionUpdate]>(capacity: Self.capacity)
    self.mailbox = mailbox
    thread = try TellingThread(waking: mailbox) {
      var batch: [SessionUpdate] = []
      var weight = 0
      run { update in
        batch.append(update)
        weight += update.weight
        if update.goesOn(weight) { return }
        mailbox.post(batch)
        (batch, weight) = ([], 0)
      }
      mailbox.post(batch)
    }
  }

  /// Waits for what comes next; nil when the session and its thread have ended and everything was
  /// taken.
  public func next() -> [[SessionUpdate]]? { thread.next(in: mailbox) }
}

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

extension SessionUpdate {
  /// How much memory it holds, in events of no particular content. Rows of descriptor tables count
  /// as much as whole events: one message may have 253.
  var weight: Int {
    guard case .event(let event) = self else { return 1 }
    return 1 + event.passedCount + event.changes.count
  }

  /// Whether a batch of so much weight, of which it is the last, may wait for more.
  func goesOn(_ weight: Int) -> Bool {
    if case .event = self { weight < 1024 } else { false }
  }
}
