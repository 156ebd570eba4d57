import TextUI
import TraceModel

/// The send or receive that the Message and Bytes panes show.
struct ShownMessage: Sendable, Hashable {
  var event: TraceEvent
  /// Whether the call has not been made yet: its thread is stopped right before it.
  var isAhead: Bool
  /// The other end of it, once both ends have been seen.
  var counterpart: TraceEvent?
  var transfer: Transfer?

  var isSend: Bool {
    switch event.body {
    case .send: true
    default: false
    }
  }
}

extension Inspector {
  /// What the next step would send or receive, else the last that was sent or received.
  func messageToShow() -> ShownMessage? {
    if moment == .now, options.live, let ahead = messageAhead {
      return ShownMessage(event: ahead, isAhead: true)
    }
    let step = scene.step.map { history.steps[$0] } ?? 0
    guard let event = history.message(upTo: step) else { return nil }
    let other = history.counterpart(of: event)
    // In the past, what had not been received yet is not known yet.
    guard let other, other.event.sequence <= lastShownEvent else {
      return ShownMessage(event: event, isAhead: false)
    }
    return ShownMessage(
      event: event, isAhead: false, counterpart: other.event, transfer: other.transfer)
  }

  private var messageAhead: TraceEvent? {
    guard let status, status.mode == .stepping, let next = status.next else { return nil }
    // What the user has just changed is what the user wants to see.
    if let changed = experimentTargets.first(where: \.isChanged) { return changed.event }
    for thread in status.threads where thread.pid == next {
      if case .before(let call, _) = thread.state { return call.message == nil ? nil : call }
    }
    return nil
  }

  /// `server is about to sendmsg on 4`, `server sendmsg on 4`.
  var messageTitle: String {
    guard let shown = scene.message, let message = shown.event.message else { return "" }
    let (pid, tid) = (shown.event.pid, shown.event.tid)
    let who = ThreadWords.name(visible(history.label(pid)), pid: pid, tid: tid)
    let call = Wording.call(message.call, on: message.socket.fd)
    return shown.isAhead ? "\(who) is about to \(call)" : "\(who) \(call)"
  }
}
