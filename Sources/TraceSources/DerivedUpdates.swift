import Synchronization
import SystemPackage
import TraceModel

/// What the tracer tells, with what follows from it.
///
/// It is derived on another thread than the tracer's, which has the programs to serve. But while
/// the tracer waits awake for the next stop it has time to spare, and the other thread would take
/// its time from the programs; so what can be derived in such moments is.
final class DerivedUpdates: Sendable {
  private struct Batch {
    var derived: [SessionUpdate] = []
    var raw: [SessionUpdate] = []
    /// How many of `raw` stand in `derived` already.
    var done = 0
    var weight = 0
  }

  private let mailbox: Mailbox<Batch>
  private let derivation: Mutex<NumberedDerivation>
  /// Batches that were posted and not derived yet: what comes after them must not be derived first.
  private let posted = Atomic(0)

  /// Batches that may lie about before the tracer has to wait.
  private static let capacity = 16

  /// - Throws: `Errno` when there is no descriptor or no memory to be had.
  init(telling form: EventForm) throws(Errno) {
    mailbox = try Mailbox(capacity: Self.capacity)
    derivation = Mutex(NumberedDerivation(telling: form))
  }

  /// Runs a tracer on a thread of its own, which has ended at the return, and tells `emit` all
  /// that comes of it.
  ///
  /// - Throws: `Errno` when there is no thread to be had.
  func tell(
    _ emit: (SessionUpdate) -> Void, of tracer: @escaping @Sendable (Teller) -> Void
  ) throws(Errno) {
    let thread = try TellingThread(waking: mailbox) { [self] in
      let teller = Teller(self)
      tracer(teller)
      teller.post()
    }
    while let batches = thread.next(in: mailbox) {
      for batch in batches {
        var rest: [SessionUpdate] = []
        for update in batch.raw[batch.done...] { rest += derivation.withLock { $0.take(update) } }
        posted.subtract(1, ordering: .releasing)
        for update in batch.derived { emit(update) }
        for update in rest { emit(update) }
      }
    }
  }

  /// The tracer's side.
  final class Teller {
    private let updates: DerivedUpdates
    private var batch = Batch()

    init(_ updates: DerivedUpdates) { self.updates = updates }

    func tell(_ update: SessionUpdate) {
      batch.raw.append(update)
      batch.weight += update.weight
      if !update.goesOn(batch.weight) { post() }
    }

    func post() {
      updates.posted.add(1, ordering: .relaxed)
      updates.mailbox.post(batch)
      batch = Batch()
    }

    /// Derives what follows from one event, in a moment in which there is nothing else to do.
    func useMoment() {
      guard batch.done < batch.raw.count, updates.posted.load(ordering: .acquiring) == 0 else {
        return
      }
      batch.derived += updates.derivation.withLock { $0.take(batch.raw[batch.done]) }
      batch.done += 1
    }
  }
}

extension SessionUpdate {
  /// How much memory it holds, in events of no particular content. Rows of descriptor tables count
  /// as much as whole events: one message may have 253.
  fileprivate var weight: Int {
    guard case .event(let event) = self else { return 1 }
    return 1 + event.passedCount + event.changes.count
  }

  /// Whether a batch of so much weight, of which it is the last, may wait for more.
  fileprivate func goesOn(_ weight: Int) -> Bool {
    if case .event = self { weight < 1024 } else { false }
  }
}

/// Derives, and follows the numbers that the tracer gave to events.
struct NumberedDerivation {
  private let form: EventForm
  private var derivation = Derivation()
  /// The numbers that events got here, by those that the tracer gave them; of those alone at which
  /// a thread may be held.
  private var numbers: [Int: Int] = [:]

  /// - Parameter form: How events are told.
  init(telling form: EventForm) { self.form = form }

  /// An update and what it made known.
  mutating func take(_ update: SessionUpdate) -> [SessionUpdate] {
    switch update {
    case .event(let event):
      let derived = derivation.add(event)
      if event.isStepped { numbers[event.sequence] = derived.first?.sequence }
      var updates: [SessionUpdate] = []
      updates.reserveCapacity(derived.count + 1)
      if form != .events { updates.append(.lines(lines(of: derived))) }
      for event in derived where form != .lines || event.isOfProcess {
        updates.append(.event(event))
      }
      return updates
    case .status(var status):
      for index in status.threads.indices {
        guard case .after(let number) = status.threads[index].state else { continue }
        status.threads[index].state = .after(sequence: numbers[number] ?? 0)
      }
      return [.status(status)]
    default: return [update]
    }
  }

  private func lines(of events: [TraceEvent]) -> [UInt8] {
    var lines: [UInt8] = []
    lines.reserveCapacity(Self.usualLine * events.count)
    for event in events { JSONLines.append(event, to: &lines) }
    return lines
  }

  /// Bytes that few lines exceed by much.
  private static let usualLine = 640
}
