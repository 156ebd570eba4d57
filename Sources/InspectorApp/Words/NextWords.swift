import TextUI
public import TraceModel

extension Explanation {
  /// What the next step would do, and who waits for what. `typingKey` is the one after which the
  /// user types into a terminal.
  public static func whatComesNext(
    _ status: SessionStatus, in timeline: Timeline, typingKey: String = "i"
  ) -> String {
    let words = NextWords(status: status, timeline: timeline, typingKey: typingKey)
    return switch status.mode {
    case .ended: "Every process has ended. Step back to look at what happened."
    case .running: Wording.join("The processes run freely until you pause them.", words.waiting)
    case .stepping: words.stepping
    }
  }
}

/// The sentences about a session that is stopped.
private struct NextWords {
  let status: SessionStatus
  let timeline: Timeline
  let typingKey: String

  var stepping: String {
    guard let thread = status.nextThread else { return nobody }
    return Wording.join("Next, \(step(of: thread))", waiting)
  }

  private func name(of thread: ThreadStatus) -> String {
    ThreadWords.name(visible(timeline.name(of: thread.pid)), pid: thread.pid, tid: thread.tid)
  }

  private func step(of thread: ThreadStatus) -> String {
    let name = name(of: thread)
    switch thread.state {
    case .atStart: return "\(name) runs from the beginning of its program to its first call."
    case .before(let call, let wouldWait): return before(call, name, wouldWait)
    case .after: return "\(name) goes on in its own code, to its next call."
    case .running: return "\(name) runs on to its next call."
    case .waiting(let call, let fd):
      return "\(name) goes on waiting in \(Wording.call(call, on: fd))."
    case .suspended: return "\(name) is stopped by job control; SIGCONT lets it go on."
    case .ended: return "\(name) is gone."
    }
  }

  private func before(_ event: TraceEvent, _ name: String, _ wouldWait: Bool) -> String {
    let scene = Scene(event: event, timeline: timeline)
    let wait = wouldWait ? " It will wait there, for nothing has come yet." : ""
    switch event.body {
    case .send(let message):
      return "\(name) calls \(Wording.call(message.call, on: message.socket.fd)): it will hand "
        + "over \(scene.offer(message)).\(wait)" + Self.change(message)
    case .receive(let message):
      return "\(name) calls \(Wording.call(message.call, on: message.socket.fd)) with "
        + "\(scene.room(message)).\(wait)" + Self.change(message)
    case .call(let call):
      let arguments = (call.fd.map { [String($0)] } ?? []) + call.arguments.map { visible($0) }
      let isPlain =
        call.arguments.isEmpty || call.data != nil || call.name.hasPrefix("read")
      let text =
        isPlain
        ? Wording.call(call.name, on: call.fd)
        : "\(visible(call.name))(\(arguments.joined(separator: ", ")))"
      return "\(name) calls \(text).\(wait)"
    default: return "\(name) goes on."
    }
  }

  private static func change(_ message: MessageRecord) -> String {
    guard let record = message.experiment else { return "" }
    return " You \(ExperimentWords.deed(record)): \(ExperimentWords.changes(record))."
  }

  /// Who is in the kernel and comes back only when something happens.
  var waiting: String? {
    let waits = status.threads.compactMap(wait)
    return waits.isEmpty ? nil : "Meanwhile \(Wording.shortList(waits, limit: 3))."
  }

  private func wait(_ thread: ThreadStatus) -> String? {
    let name = name(of: thread)
    switch thread.state {
    case .waiting(let call, let fd): return "\(name) waits in \(Wording.call(call, on: fd))"
    case .suspended where thread.pid != status.next: return "\(name) is stopped by job control"
    default: return nil
    }
  }

  private var nobody: String {
    let waits = status.threads.compactMap(wait)
    guard !waits.isEmpty else { return "Nobody can go on." }
    guard let reader = status.terminalReader(in: timeline) else {
      return "Everybody waits: \(Wording.shortList(waits, limit: 3)). Only something from outside "
        + "can make \(waits.count == 1 ? "it" : "them") go on."
    }
    // What to do comes first: in a small pane it would be out of sight after who waits where.
    let others = status.threads.filter { $0.tid != reader.tid }.compactMap(wait)
    let all = [wait(reader)].compactMap { $0 } + others
    return "Everybody waits. Press \(typingKey) and type a line for "
      + "\(visible(timeline.name(of: reader.pid))): \(Wording.shortList(all, limit: 3))."
  }
}

extension SessionStatus {
  /// The thread that the next plain step lets go: of the process whose turn it is, one that does not
  /// wait in the kernel, if there is one.
  var nextThread: ThreadStatus? {
    let threads = threads.filter { $0.pid == next }
    return threads.first { !$0.isWaiting } ?? threads.first
  }

  /// A thread that waits for what is typed into its terminal.
  func terminalReader(in timeline: Timeline) -> ThreadStatus? {
    threads.first { thread in
      guard case .waiting(let call, let fd?) = thread.state, call.hasPrefix("read") else {
        return false
      }
      guard let row = timeline.tables(at: timeline.lastSequence)[thread.pid]?[fd] else {
        return fd == 0
      }
      return row.kind == .character
    }
  }
}

extension ThreadStatus {
  fileprivate var isWaiting: Bool { if case .waiting = state { true } else { false } }
}
