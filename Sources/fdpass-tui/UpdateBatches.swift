import CLinux
import Glibc
import Synchronization
import TraceModel
import TraceSources

/// What a source tells, gathered on its thread and handed over many at a time: waking another
/// thread for each event would cost the traced program more than all the rest.
final class UpdateBatches: Sendable {
  private let mailbox: Mailbox<[SessionUpdate]>
  private let isOver = Atomic(false)

  private static let batchSize = 256
  /// Batches that may lie about before the source has to wait for the taker.
  private static let capacity = 64

  /// Starts `source` on a thread of its own.
  init(of source: any EventSource) throws {
    mailbox = try Mailbox(capacity: Self.capacity)
    let started = startThread { [self] in
      var batch: [SessionUpdate] = []
      source.run { update in
        batch.append(update)
        if case .event = update, batch.count < Self.batchSize { return }
        mailbox.post(batch)
        batch = []
      }
      mailbox.post(batch)
      isOver.store(true, ordering: .releasing)
      mailbox.wake()
    }
    guard started else { throw Failure("Cannot start the tracer's thread: \(lastErrorText()).") }
  }

  /// Waits for what comes next; nil when the source has ended and everything was taken.
  func next() -> [SessionUpdate]? {
    while true {
      let hasEnded = isOver.load(ordering: .acquiring)
      let updates = mailbox.takeAll().flatMap { $0 }
      if !updates.isEmpty { return updates }
      if hasEnded { return nil }
      var request = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&request, 1, -1)
    }
  }
}
