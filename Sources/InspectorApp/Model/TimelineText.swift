import TextUI
import TraceModel

/// A step in the few words that fit a lane of the timeline.
enum TimelineText {
  /// How a step concerns the kernel's queues.
  enum Flow: Sendable, Hashable {
    case none
    /// Into a queue; whether descriptors go along.
    case into(descriptors: Bool)
    /// Out of a queue; whether descriptors come along.
    case outOf(descriptors: Bool)
  }

  /// What a step did; the short form leaves the bytes out where descriptors went along.
  static func text(_ event: TraceEvent, look: Look, isShort: Bool = false) -> String {
    ThreadWords.mark(pid: event.pid, tid: event.tid) + deed(event, look: look, isShort: isShort)
  }

  /// The same for less and less room: without the bytes where descriptors went along, then without
  /// the call too, as the arrow tells a send from a receive. Which thread it was stays.
  static func shorterTexts(_ event: TraceEvent, look: Look) -> [String] {
    let short = text(event, look: look, isShort: true)
    guard let numbers = event.message?.descriptorNumbers, !numbers.isEmpty,
      // That somebody changed the call must stay in sight.
      event.message?.experiment == nil
    else { return [short] }
    let mark = ThreadWords.mark(pid: event.pid, tid: event.tid)
    return [short, mark + "fd " + list(numbers, look: look)]
  }

  /// The same without the thread that did it.
  static func deed(_ event: TraceEvent, look: Look, isShort: Bool = false) -> String {
    switch event.body {
    case .process(let record): text(record)
    case .call(let call): text(call, look: look)
    case .send(let message): mark(message) + text(message, isSend: true, look: look, isShort)
    case .receive(let message): mark(message) + text(message, isSend: false, look: look, isShort)
    case .session, .transfer, .finding, .output: ""
    }
  }

  /// What the kernel got is not what the program had given.
  private static func mark(_ message: MessageRecord) -> String {
    message.experiment == nil ? "" : "changed "
  }

  static func flow(_ event: TraceEvent) -> Flow {
    switch event.body {
    case .send(let message) where message.error == nil:
      .into(descriptors: message.carries && !message.descriptorNumbers.isEmpty)
    case .receive(let message) where message.error == nil:
      .outOf(descriptors: !message.descriptorNumbers.isEmpty)
    case .call(let call) where call.error == nil && call.name == "connect":
      .into(descriptors: false)
    default: .none
    }
  }

  /// How many descriptors are known to have been lost by a step: that were sent and not queued,
  /// taken from the queue and not installed, or queued in a socket that its last holder let go.
  static func lost(_ event: TraceEvent, in timeline: Timeline) -> Int {
    switch event.body {
    case .send(let message):
      return message.result == nil || message.carries ? 0 : message.descriptorNumbers.count
    case .receive(let message) where message.result == nil: return 0
    case .receive, .call:
      return timeline.transfers(of: event.sequence).filter { $0.receive == event.sequence }
        .reduce(abandoned(event, in: timeline)) { $0 + $1.lost }
    case .process: return abandoned(event, in: timeline)
    case .session, .transfer, .finding, .output: return 0
    }
  }

  private static func abandoned(_ event: TraceEvent, in timeline: Timeline) -> Int {
    timeline.findings(about: event.sequence).filter { $0.code == .abandoned }
      .flatMap(\.evidence).filter { $0.name == "sent" }.reduce(0) { $0 + $1.value }
  }

  private static func text(_ record: ProcessRecord) -> String {
    switch record.event {
    case .started: "starts"
    case .attached: "runs already"
    case .executed:
      "exec " + visible(lastComponent(record.arguments.first ?? ""))
    case .exited(let status): "exits with \(status)"
    case .killed(let signal): "killed by signal \(signal)"
    }
  }

  private static func text(_ call: CallRecord, look: Look) -> String {
    if let address = call.arguments.first, call.error == nil,
      call.name == "bind" || call.name == "connect"
    {
      return "\(call.name) \(visible(lastComponent(address)))"
    }
    var text = visible(call.name)
    if let fd = call.fd { text += " \(fd)" }
    if let moved = call.data?.length, call.error == nil, call.result != nil {
      text += ", \(moved) B"
    }
    if let error = call.error { return text + " " + visible(error) }
    if !call.created.isEmpty {
      let numbers = call.created.map(String.init).joined(separator: ", ")
      return "\(text) \(look.glyphs.becomes) \(numbers)"
    }
    return text
  }

  private static func text(
    _ message: MessageRecord, isSend: Bool, look: Look, _ isShort: Bool
  ) -> String {
    if let error = message.error { return visible(message.call) + " " + visible(error) }
    let numbers = message.descriptorNumbers
    var text = visible(message.call)
    // Before the call has returned the data is what is offered.
    let bytes = message.result ?? message.data.length
    if !isSend, message.result == 0, numbers.isEmpty, message.socket.type == .stream {
      return text + " end of file"
    }
    let isAhead = !isSend && message.result == nil
    // A look leaves the message in the queue. Where there is no room, that says more than the call.
    if !isSend, message.flags.contains(.peek) {
      text = isShort && !numbers.isEmpty ? "peek" : text + " peek"
    }
    if !isShort || numbers.isEmpty { text += isAhead ? " \(message.socket.fd)" : " \(bytes) B" }
    if !numbers.isEmpty { text += " + fd " + list(numbers, look: look) }
    return text
  }

  /// The numbers, but no more than can be taken in at a glance.
  static func list(_ numbers: [Int32], look: Look) -> String {
    let shown = numbers.prefix(3).map(String.init).joined(separator: ",")
    return numbers.count > 3 ? "\(shown)\(look.glyphs.ellipsis) (\(numbers.count))" : shown
  }

  static func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
