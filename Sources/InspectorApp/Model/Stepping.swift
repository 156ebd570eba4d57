import TextUI
import TraceModel

/// Moving through time: steps of processes now, steps of the cursor in the past.
extension Inspector {
  /// Lets one process go to its next stopping point; in the past only the cursor moves, so that
  /// nothing happens unseen.
  mutating func step() -> [Effect] {
    if case .past = moment {
      forward()
      return []
    }
    if goOnInLesson() { return [] }
    if let nextLesson { return [.startLesson(nextLesson)] }
    guard options.live else {
      notice = "This is the end of the recording; \(keymap.name(of: .back)) looks back."
      return []
    }
    guard canStep() else { return [] }
    if doesEverybodyWait {
      notice = everybodyWaitsNotice
      return []
    }
    return step(pid: changedCaller)
  }

  /// Asks for a step.
  mutating func step(pid: Int32?) -> [Effect] {
    takenBeforeStep = status?.commandsTaken
    return [.command(.step(pid: pid))]
  }

  /// Whether a step that was asked for has not come to its end.
  var isStepUnderWay: Bool {
    guard let takenBeforeStep, let status, status.mode == .stepping else { return false }
    return !status.isSettled || status.commandsTaken <= takenBeforeStep
  }

  /// The status, `next` being who a plain step lets go.
  var statusBeforeStep: SessionStatus? {
    guard let pid = changedCaller else { return status }
    var status = status
    status?.next = pid
    return status
  }

  /// Who is about to make a call that the user changed: that is what one wants to see next.
  private var changedCaller: Int32? {
    status?.threads.first { thread in
      guard case .before(let event, _) = thread.state else { return false }
      return event.message?.experiment != nil
    }?.pid
  }

  /// Lets a thread of the process with this number in order of appearance go.
  mutating func step(process number: Int) -> [Effect] {
    guard options.live else {
      _ = canStep()
      return []
    }
    if case .past = moment {
      notice =
        "This is the past; \(keymap.name(of: .now)) returns to now, where processes can be stepped."
      return []
    }
    let processes = history.timeline.processes
    guard processes.indices.contains(number - 1) else {
      notice = "There is no process \(number); there are \(processes.count)."
      return []
    }
    if goOnInLesson() { return [] }
    let process = processes[number - 1]
    guard process.end == nil else {
      notice = "\(visible(history.label(process.pid))) has ended."
      return []
    }
    guard canStep() else { return [] }
    return step(pid: process.pid)
  }

  private mutating func canStep() -> Bool {
    notice =
      switch (options.live, status?.mode) {
      case (false, _):
        "This is a recording: its processes are gone. \(keymap.name(of: .back)) and \(keymap.name(of: .step)) move in it."
      case (_, nil): "Nothing has started yet."
      case (_, .ended): "Everything has ended; \(keymap.name(of: .back)) looks back."
      case (_, .running): "Everything runs; \(keymap.name(of: .pause)) pauses it."
      case (_, .stepping): nil
      }
    return notice == nil
  }

  private var everybodyWaitsNotice: String {
    if let reader = status?.terminalReader(in: history.timeline).flatMap({ waits(of: $0.pid) }) {
      return "Everybody waits: \(reader). Press \(keymap.name(of: .type)) and type a line."
    }
    let who = waits(of: nil).map { "Everybody waits: \($0)." } ?? "Everybody waits."
    return "\(who) \(keymap.name(of: .back)) looks back, \(keymap.name(of: .quit)) quits."
  }

  /// Why there is nothing to look at after now.
  private var nothingAheadNotice: String {
    guard options.live else { return "This is the end." }
    return switch status?.mode {
    case nil: "Nothing has started yet."
    case .ended: "This is the end: everything has ended."
    case .running: "This is now; everything runs."
    case .stepping where doesEverybodyWait: "This is now, and everybody waits."
    case .stepping: "This is now; \(keymap.name(of: .step)) lets a process go on."
    }
  }

  mutating func back() {
    guard let step = cursorStep, let before = shownSteps.before(step) else {
      notice = "This is the first step\(shownSteps.isFiltered ? " that the filter shows" : "")."
      return
    }
    go(to: before)
  }

  mutating func forward() {
    guard case .past(let step) = moment else {
      notice = nothingAheadNotice
      return
    }
    if let after = shownSteps.after(step) {
      go(to: after)
    } else if options.live {
      moment = .now
    } else {
      notice = "This is the last step that the filter shows; Esc shows all."
    }
  }

  /// Puts the cursor on a step; the last one is now.
  mutating func go(to step: Int) {
    let last = history.steps.count - 1
    moment = step >= last ? .now : .past(step: max(0, step))
  }

  mutating func resume() -> [Effect] {
    guard options.live, let status, status.mode != .ended else {
      _ = canStep()
      return []
    }
    moment = .now
    if let lessonRun, !lessonRun.isOver { return goOnToNextMoment() }
    return status.mode == .running ? [] : [.command(.resume)]
  }

  mutating func pause() -> [Effect] {
    guard options.live, status?.mode == .running else {
      notice = "Nothing runs."
      return []
    }
    return [.command(.pause)]
  }
}
