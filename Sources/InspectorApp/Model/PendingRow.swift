import TextUI
import TraceModel

/// Where a thread stands now, as the timeline's last rows show it.
struct PendingRow: Sendable, Hashable {
  var pid: Int32
  var text: String
  /// The same where there is little room, the longest first.
  var shorterTexts: [String]
  /// Whether the next plain step lets this one go.
  var isNext: Bool
}

extension Inspector {
  /// No more threads than these have a row each.
  static let mostPendingRows = 6

  /// The threads of the lanes' processes first, each with where it stands.
  var pendingRows: [PendingRow] {
    guard moment == .now, options.live, let status = statusBeforeStep,
      status.mode != .ended
    else { return [] }
    let next = status.mode == .stepping ? status.nextThread?.tid : nil
    let rows = status.threads.compactMap { thread -> PendingRow? in
      guard let text = pendingText(thread) else { return nil }
      return PendingRow(
        pid: thread.pid, text: text, shorterTexts: shorterTexts(thread),
        isNext: thread.tid == next)
    }
    guard rows.count > 2 else { return rows }
    let inLanes = rows.filter { lanes.side(of: $0.pid) != nil }
    let others = rows.filter { lanes.side(of: $0.pid) == nil }
    return Array((inLanes + others).prefix(Self.mostPendingRows))
  }

  private func pendingText(_ thread: ThreadStatus, isShort: Bool = false) -> String? {
    pendingText(thread.state, isShort).map {
      ThreadWords.mark(pid: thread.pid, tid: thread.tid) + $0
    }
  }

  private func shorterTexts(_ thread: ThreadStatus) -> [String] {
    guard case .before(let call, _) = thread.state else { return [] }
    return TimelineText.shorterTexts(call, look: look)
  }

  private func pendingText(_ state: ThreadStatus.State, _ isShort: Bool) -> String? {
    switch state {
    case .atStart: return "at its start"
    case .before(let call, let wouldWait):
      return TimelineText.deed(call, look: look, isShort: isShort)
        + (wouldWait && !isShort ? ", would wait" : "")
    case .after(let sequence):
      let name = history.timeline[sequence]?.callName
      return name.map { "after \(visible($0))" } ?? "stopped"
    case .waiting(let call, let fd):
      return "waits in \(visible(call))" + (fd.map { " \($0)" } ?? "")
    case .running: return "runs"
    case .suspended: return "stopped by a signal"
    case .ended: return nil
    }
  }

  /// Whether every thread waits for something outside: no step can make anybody move.
  var doesEverybodyWait: Bool {
    guard let status else { return false }
    return status.mode == .stepping && status.isSettled && status.next == nil
  }

  /// `server in accept4 on 3, client in read on 0`; only one process's threads where one is named.
  func waits(of pid: Int32?) -> String? {
    let waits = (status?.threads ?? []).compactMap { thread -> String? in
      guard case .waiting(let call, let fd) = thread.state, pid == nil || pid == thread.pid
      else { return nil }
      let name = ThreadWords.name(
        visible(history.label(thread.pid)), pid: thread.pid, tid: thread.tid)
      return "\(name) in \(Wording.call(call, on: fd))"
    }
    guard !waits.isEmpty else { return nil }
    let shown = waits.prefix(3).joined(separator: ", ")
    return waits.count > 3 ? shown + " and \(waits.count - 3) more" : shown
  }
}
