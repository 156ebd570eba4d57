/// Looks at one event after the other for one kind of mistake.
///
/// A detector sees what a user could see: the event, the transfers that it made known, and the
/// ledger of what was passed before. What it cannot tell from these it does not claim.
protocol Detector: Sendable {
  init()
  mutating func examine(_ sight: Sight) -> [Finding]
}

/// What a detector is shown: an event with what is known just after it (at the end of a process:
/// just before it, for then everything is gone).
struct Sight {
  let event: TraceEvent
  /// The transfers that the event made known.
  let transfers: [Transfer]
  /// Sends that nobody can receive any more, in the order of the session.
  let abandoned: [PassingLedger.Message]
  let ledger: PassingLedger

  /// What to call the event's process.
  var actor: String { ledger.name(of: event.pid) }

  /// The event where it is a send with descriptors.
  var send: MessageRecord? { if case .send(let message) = event.body { message } else { nil } }

  /// The event where it is a receive.
  var receive: MessageRecord? {
    if case .receive(let message) = event.body { message } else { nil }
  }

  /// Whether the process ends here.
  var isEnd: Bool {
    if case .process(let record) = event.body { !record.event.isBeginning } else { false }
  }

  /// Whether the process ends here by its own will. One that was killed had no chance to clean up.
  var isOwnEnd: Bool {
    if case .process(let record) = event.body, case .exited = record.event { true } else { false }
  }
}

/// All detectors and the ledger they share.
struct Detectors: Sendable {
  private var ledger = PassingLedger()
  private var all: [any Detector] = [
    TruncationDetector(), PlainReadDetector(), VanishingDetector(), AbandonedDetector(),
    PaddingDetector(), SlackDetector(), InheritableDetector(), LeakDetector(), HandoverDetector(),
    RefusalDetector(), UnusedDetector(), KeptDetector(), RingDetector(),
  ]

  init() {}

  /// What an event, which the ledger does not know yet, makes known.
  mutating func examine(_ event: TraceEvent, _ transfers: [Transfer]) -> [Finding] {
    switch event.body {
    case .session, .transfer, .finding, .output: return []
    case .process(let record) where !record.event.isBeginning:
      ledger.hear(lastLooksOf: event)
      let findings = ask(event, transfers, ledger.takeAbandoned(byEndOf: event.pid))
      ledger.take(event, transfers)
      return findings
    default:
      ledger.take(event, transfers)
      return ask(event, transfers, ledger.takeAbandoned())
    }
  }

  private mutating func ask(
    _ event: TraceEvent, _ transfers: [Transfer], _ abandoned: [PassingLedger.Message]
  ) -> [Finding] {
    let sight = Sight(
      event: event, transfers: transfers, abandoned: abandoned, ledger: ledger)
    let findings = all.indices.flatMap { all[$0].examine(sight) }
    return event.message?.experiment == nil ? findings : findings.map { Self.marked($0, event) }
  }

  /// Whoever reads what was found must not take the user's deed for the program's.
  private static func marked(_ finding: Finding, _ event: TraceEvent) -> Finding {
    guard finding.about == event.sequence else { return finding }
    var finding = finding
    finding.text += " An experiment had changed this call."
    return finding
  }
}
