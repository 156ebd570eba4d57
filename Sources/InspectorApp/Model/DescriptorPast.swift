import TextUI
import TraceModel

/// What became of a descriptor between its opening and its close: how it came, where it was passed
/// to, what duplicates it got. A long session is looked through a portion at a time.
struct DescriptorPast: Sendable {
  /// One thing that happened to it.
  struct Entry: Sendable, Hashable {
    var sequence: Int
    var text: String
  }

  let holder: DescriptorHolder
  private(set) var life: DescriptorLife
  private let opening: Entry
  private var passed: [Entry] = []
  private var closing: Entry?
  /// The places among the steps where looking began, goes on and ends.
  private let first: Int
  private var next: Int
  private var end: Int

  /// Few enough to be looked through between two keys.
  private static let portion = 500
  /// More than these are too many to read.
  private static let limit = 200

  init(_ holder: DescriptorHolder, _ life: DescriptorLife, in timeline: Timeline) {
    self.holder = holder
    self.life = life
    opening = Entry(sequence: life.opened, text: Self.opening(of: holder, life, in: timeline))
    first = (timeline.stepIndex(of: life.opened) ?? -1) + 1
    next = first
    end = first
    lookOn(in: timeline)
  }

  var isOpen: Bool { life.closed == nil }

  var isComplete: Bool { next >= end || passed.count >= Self.limit }

  var percent: Int { isComplete ? 100 : min(99, (next - first) * 100 / max(1, end - first)) }

  /// In the order of the session.
  var entries: [Entry] { [opening] + passed + (closing.map { [$0] } ?? []) }

  mutating func lookOn(in timeline: Timeline) {
    if isOpen { life.closed = timeline.life(of: holder, at: life.opened)?.closed }
    if let closed = life.closed, closing == nil {
      closing = Entry(sequence: closed, text: Self.closing(of: holder, closed, in: timeline))
    }
    end = life.closed.flatMap { timeline.stepIndex(of: $0) } ?? timeline.steps.count
    for _ in 0..<Self.portion where !isComplete {
      if let event = timeline[timeline.steps[next]], let text = use(in: event, timeline) {
        passed.append(Entry(sequence: event.sequence, text: text))
      }
      next += 1
    }
  }

  // MARK: Words

  private static func opening(
    of holder: DescriptorHolder, _ life: DescriptorLife, in timeline: Timeline
  ) -> String {
    guard let origin = timeline.origin(of: holder, at: life.opened),
      let event = timeline[life.opened]
    else { return "seen first" }
    if case .receive(let message) = event.body, message.descriptorNumbers.contains(holder.fd) {
      let transfer = timeline.transfers(of: event.sequence).last { $0.receive == event.sequence }
      let pair = transfer?.descriptors.first { $0.received == holder.fd }
      guard let pair, let send = transfer.flatMap({ timeline[$0.send] }) else { return "received" }
      return "received: \(visible(timeline.name(of: send.pid)))'s \(pair.sent)"
    }
    if case .process(let record) = event.body, record.event.isBeginning {
      return origin.hops.isEmpty ? "was there at the start" : "inherited"
    }
    if case .call(let call) = event.body, call.created.contains(holder.fd) {
      let source = call.fd.map { " \($0)" } ?? ""
      return "opened by \(visible(call.name))\(source)"
    }
    return "seen first, opened before"
  }

  private static func closing(
    of holder: DescriptorHolder, _ closed: Int, in timeline: Timeline
  ) -> String {
    guard let event = timeline[closed] else { return "closed" }
    switch event.body {
    case .call(let call) where event.pid == holder.pid:
      return call.created.contains(holder.fd)
        ? "replaced by \(visible(call.name))" : "closed (seen after \(visible(call.name)))"
    case .process(let record) where event.pid == holder.pid:
      return record.event == .executed ? "closed by exec" : "closed as the process ended"
    default: return "closed"
    }
  }

  /// What a step did with the number besides opening and closing it.
  private func use(in event: TraceEvent, _ timeline: Timeline) -> String? {
    switch event.body {
    case .send(let message):
      guard event.pid == holder.pid, message.error == nil, message.result != nil,
        message.descriptorNumbers.contains(holder.fd)
      else { return nil }
      return passing(event, timeline)
    case .call(let call):
      guard event.pid == holder.pid, call.fd == holder.fd, call.error == nil,
        let made = call.created.first, ["dup", "dup2", "dup3", "fcntl"].contains(call.name)
      else { return nil }
      return "duplicated as \(made) by \(call.name)"
    case .process(let record):
      guard case .started(let parent) = record.event, parent == holder.pid,
        event.changes.contains(where: { $0.fd == holder.fd && $0.now != nil })
      else { return nil }
      return "inherited by \(visible(timeline.name(of: event.pid)))"
    default: return nil
    }
  }

  private func passing(_ event: TraceEvent, _ timeline: Timeline) -> String {
    let takers = timeline.transfers(of: event.sequence).filter { $0.send == event.sequence }
      .flatMap { transfer -> [String] in
        let taker = timeline[transfer.receive].map { visible(timeline.name(of: $0.pid)) }
        return transfer.descriptors.filter { $0.sent == holder.fd }
          .map { "\(taker ?? "somebody") as \($0.received)" }
      }
    return takers.isEmpty
      ? "sent, and not received so far" : "passed to " + Wording.shortList(takers)
  }
}
