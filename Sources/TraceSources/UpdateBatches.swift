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
  private let isOver = Atomic(false)
  private let thread = Mutex<RunningThread?>(nil)

  /// Rows of descriptor tables count as much as whole events: one message may have 253.
  private static let batchWeight = 1024
  /// Batches that may lie about before the source has to wait for the taker.
  private static let capacity = 16

  /// Starts `run` on a thread of its own; what it tells is handed over.
  ///
  /// - Throws: `Errno` when there is no thread, no descriptor or no memory to be had.
  public init(
    of run: @escaping @Sendable (_ emit: (SessionUpdate) -> Void) -> Void
  ) throws(Errno) {
    mailbox = try Mailbox(capacity: Self.capacity)
    let thread = RunningThread { [self] in
      var batch: [SessionUpdate] = []
      var weight = 0
      run { update in
        batch.append(update)
        weight += update.weight
        if case .event = update, weight < Self.batchWeight { return }
        mailbox.post(batch)
        (batch, weight) = ([], 0)
      }
      mailbox.post(batch)
      isOver.store(true, ordering: .releasing)
      mailbox.wake()
    }
    guard let thread else { throw Errno(rawValue: errno) }
    self.thread.withLock { $0 = thread }
  }

  /// Waits for what comes next; nil when the session and its thread have ended and everything was
  /// taken.
  public func next() -> [[SessionUpdate]]? {
    while true {
      let hasEnded = isOver.load(ordering: .acquiring)
      let batches = mailbox.takeAll()
      if !batches.isEmpty { return batches }
      if hasEnded {
        thread.withLock { $0.take()?.join() }
        return nil
      }
      var request = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&request, 1, -1)
    }
  }
}

extension SessionUpdate {
  /// How much memory it holds, in events of no particular content.
  fileprivate var weight: Int {
    guard case .event(let event) = self else { return 1 }
    return 1 + event.passedCount + event.changes.count
  }
}
