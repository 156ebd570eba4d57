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

  /// Rows of descriptor tables count as much as whole events: one message may have 253.
  private static let batchWeight = 256
  /// Batches that may lie about before the source has to wait for the taker.
  private static let capacity = 64

  /// Starts `source` on a thread of its own.
  init(of source: any EventSource) throws {
    mailbox = try Mailbox(capacity: Self.capacity)
    let started = startThread { [self] in
      var batch: [SessionUpdate] = []
      var weight = 0
      source.run { update in
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

extension SessionUpdate {
  /// How much memory it holds, in events of no particular content.
  fileprivate var weight: Int {
    guard case .event(let event) = self else { return 1 }
    let passed = event.message?.descriptors.count ?? event.transfer?.descriptors.count ?? 0
    return 1 + passed + event.changes.count
  }
}
