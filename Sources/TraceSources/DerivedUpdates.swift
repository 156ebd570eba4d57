import Synchronization
import SystemPackage
import TraceModel

/// What the tracer tells, with what follows from it.
///
/// It is derived on another thread than the tracer's, which has the programs to serve. But while
/// the tracer waits awake for the next stop it has time to spare, and the other thread would take
/// its time from the programs; so what can be derived in such moments is.
final class DerivedUpdates: Sendable {
  /// What was told since the last batch, worked out piece by piece.
  struct Batch {
    private var raw: [SessionUpdate] = []
    private var weight = 0
    /// How many of `raw` were taken.
    private var taken = 0
    /// What follows from those, as far as it was worked out.
    private(set) var derived: [SessionUpdate] = []
    /// Events that follow from the last one taken and are not in `derived` yet.
    private var waiting: ArraySlice<TraceEvent> = []

    init(raw: [SessionUpdate] = []) { self.raw = raw }

    /// Adds an update, and says whether the batch may wait for more.
    mutating func add(_ update: SessionUpdate) -> Bool {
      raw.append(update)
      weight += update.weight
      return update.goesOn(weight)
    }

    var isFinished: Bool { taken == raw.count && waiting.isEmpty }

    /// Does the next piece of the work: as little as can be done at once, for a program may stop
    /// meanwhile.
    mutating func work(_ derivation: inout NumberedDerivation) {
      if let event = waiting.popFirst() {
        derivation.tell(event, in: &derived)
      } else if taken < raw.count {
        // Its memory, too, is given back here, where there is time for it.
        var update = SessionUpdate.caughtUp
        swap(&update, &raw[taken])
        taken += 1
        switch update {
        case .event(let event): waiting = derivation.derive(event)[...]
        default: derived.append(derivation.numbered(update))
        }
      }
    }
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
    while var batches = thread.next(in: mailbox) {
      for index in batches.indices {
        while !batches[index].isFinished { derivation.withLock { batches[index].work(&$0) } }
        posted.subtract(1, ordering: .releasing)
        for update in batches[index].derived { emit(update) }
      }
    }
  }

  /// The tracer's side.
  final class Teller {
    private let updates: DerivedUpdates
    private var batch = Batch()

    init(_ updates: DerivedUpdates) { self.updates = updates }

    func tell(_ update: SessionUpdate) {
      if !batch.add(update) { post() }
    }

    func post() {
      updates.posted.add(1, ordering: .relaxed)
      updates.mailbox.post(batch)
      batch = Batch()
    }

    /// Works a little at what follows, in a moment in which there is nothing else to do.
    func useMoment() {
      guard !batch.isFinished, updates.posted.load(ordering: .acquiring) == 0 else { return }
      updates.derivation.withLock { batch.work(&$0) }
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

  /// An event and what it made known.
  mutating func derive(_ event: TraceEvent) -> [TraceEvent] {
    let derived = derivation.add(event)
    if event.isStepped { numbers[event.sequence] = derived.first?.sequence }
    return derived
  }

  /// Adds an event that was derived to `updates`, as it is to be told.
  func tell(_ event: TraceEvent, in updates: inout [SessionUpdate]) {
    if form != .events {
      var lines: [UInt8] = []
      if case .lines(let before)? = updates.last, before.count < Self.fewLines {
        lines = before
        updates.removeLast()
      } else {
        lines.reserveCapacity(Self.usualLine)
      }
      JSONLines.append(event, to: &lines)
      updates.append(.lines(lines))
    }
    if form != .lines || event.isOfProcess { updates.append(.event(event)) }
  }

  /// An update that is no event, with the numbers that events got here.
  func numbered(_ update: SessionUpdate) -> SessionUpdate {
    guard case .status(var status) = update else { return update }
    for index in status.threads.indices {
      guard case .after(let number) = status.threads[index].state else { continue }
      status.threads[index].state = .after(sequence: numbers[number] ?? 0)
    }
    return .status(status)
  }

  /// Bytes that few lines exceed by much.
  private static let usualLine = 640
  /// Bytes of lines to which more lines are added, rather than memory got for them.
  private static let fewLines = 1 << 15
}
