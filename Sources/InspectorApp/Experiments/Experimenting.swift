import TextUI
import TraceModel

/// Where the user is in choosing an experiment.
struct ExperimentMenu: Sendable, Hashable {
  /// What is asked of the user.
  enum Stage: Sendable, Hashable {
    case choosing
    /// What has to be typed for the chosen one, and which candidate Tab put there last.
    case typing(TextField, candidate: Int?)
    /// Whether to change a program that we did not start.
    case confirming(Experiment)
  }

  /// The thread whose call would be changed.
  var tid: Int32
  var kind = ExperimentKind.shrink
  var stage = Stage.choosing
  /// What is wrong with what was typed or chosen.
  var problem: String?
}

/// Choosing what to change in a call before the kernel sees it.
extension Inspector {
  /// The calls that could be changed now, that of the next step first.
  var experimentTargets: [ExperimentTarget] {
    guard options.live, moment == .now, let status, status.mode == .stepping else { return [] }
    let targets = status.threads.compactMap { thread -> ExperimentTarget? in
      guard case .before(let call, _) = thread.state, let message = call.message else { return nil }
      let table = scene.tables[thread.pid]
      let isSend = if case .send = call.body { true } else { false }
      return ExperimentTarget(
        tid: thread.tid, event: call, message: message, isSend: isSend,
        name: visible(history.label(thread.pid)), open: (table?.rows ?? []).map(\.fd).sorted(),
        queued: table?[message.socket.fd]?.queued ?? 0)
    }
    return targets.filter { $0.event.pid == status.next }
      + targets.filter { $0.event.pid != status.next }
  }

  func target(of menu: ExperimentMenu) -> ExperimentTarget? {
    experimentTargets.first { $0.tid == menu.tid }
  }

  mutating func startExperimenting() {
    guard let target = experimentTargets.first else {
      notice = noExperimentNotice
      return
    }
    var menu = ExperimentMenu(tid: target.tid)
    menu.kind = ExperimentKind.allCases.first { $0.obstacle(target) == nil } ?? .shrink
    mode = .experimenting(menu)
  }

  /// Closes the menu when its call has been made meanwhile.
  mutating func leaveExperimentsIfOver() {
    guard case .experimenting(let menu) = mode, target(of: menu) == nil else { return }
    mode = .normal
    notice = "The call was made meanwhile; nothing was changed."
  }

  private var noExperimentNotice: String {
    if !options.live { return "This is a recording: what happened cannot be changed any more." }
    if moment != .now {
      return
        "This is the past; \(keymap.name(of: .now)) returns to now, where calls can be changed."
    }
    switch status?.mode {
    case .running:
      return
        "Everything runs; \(keymap.name(of: .pause)) pauses it. A call can be changed where it "
        + "is stopped before a send or a receive."
    case .ended: return "Everything has ended; nobody makes a call that could be changed."
    default:
      return "Nobody is stopped before a send or a receive; \(keymap.name(of: .step)) steps to one."
    }
  }

  mutating func takeExperiment(_ key: Key, _ menu: ExperimentMenu) -> [Effect] {
    guard let target = target(of: menu) else {
      mode = .normal
      notice = noExperimentNotice
      return []
    }
    var menu = menu
    menu.problem = nil
    switch menu.stage {
    case .choosing: return choose(key, menu, target)
    case .typing(let field, let candidate): return type(key, field, candidate, menu, target)
    case .confirming(let experiment):
      mode = .normal
      guard Key.character("y") == key || Key.character("Y") == key else {
        notice = "Nothing was changed."
        return []
      }
      return order(experiment, target)
    }
  }

  /// A click chooses a line of the menu; one on the chosen line is like Enter.
  mutating func press(at point: Point, in menu: ExperimentMenu) -> [Effect] {
    guard menu.stage == .choosing, let kind = experimentKind(at: point),
      let target = target(of: menu)
    else { return [] }
    guard kind != menu.kind else { return accept(menu, target) }
    var menu = menu
    menu.kind = kind
    menu.problem = nil
    mode = .experimenting(menu)
    return []
  }

  private mutating func choose(
    _ key: Key, _ menu: ExperimentMenu, _ target: ExperimentTarget
  ) -> [Effect] {
    var menu = menu
    let kinds = ExperimentKind.allCases
    let index = kinds.firstIndex(of: menu.kind) ?? 0
    switch (key.code, key.modifiers) {
    case (.escape, _), (.character("c"), .control), (.character("q"), []), (.character("x"), []):
      mode = .normal
      return []
    case (.tab, _):
      let tids = experimentTargets.map(\.tid)
      let place = tids.firstIndex(of: menu.tid) ?? 0
      menu.tid = tids[(place + 1) % tids.count]
    case (.enter, _): return accept(menu, target)
    default:
      guard let movement = keymap.command(for: key).flatMap(Movement.init) else { return [] }
      switch movement {
      case .top: menu.kind = kinds[0]
      case .bottom: menu.kind = kinds[kinds.count - 1]
      default:
        let rows = movement.rows(page: kinds.count) ?? 0
        menu.kind = kinds[max(0, min(kinds.count - 1, index + rows))]
      }
    }
    mode = .experimenting(menu)
    return []
  }

  /// Goes on with the chosen kind: asks for what is needed, or does it.
  private mutating func accept(
    _ menu: ExperimentMenu, _ target: ExperimentTarget
  ) -> [Effect] {
    var menu = menu
    if let obstacle = menu.kind.obstacle(target) {
      menu.problem = "This does not fit: \(obstacle)."
      mode = .experimenting(menu)
      return []
    }
    guard menu.kind.question == nil else {
      menu.stage = .typing(TextField(menu.kind.suggestion(target)), candidate: nil)
      mode = .experimenting(menu)
      return []
    }
    return finish("", menu, target)
  }

  private mutating func type(
    _ key: Key, _ field: TextField, _ candidate: Int?, _ menu: ExperimentMenu,
    _ target: ExperimentTarget
  ) -> [Effect] {
    var (menu, field, candidate) = (menu, field, candidate)
    switch (key.code, key.modifiers) {
    case (.escape, _), (.character("c"), .control):
      menu.stage = .choosing
      mode = .experimenting(menu)
      return []
    case (.enter, _): return finish(field.text, menu, target)
    case (.tab, _), (.backTab, _):
      let isForward = key.code == .tab
      complete(&field, &candidate, menu.kind.candidates(target), forward: isForward)
    default:
      guard field.take(key) else { return [] }
      candidate = nil
    }
    menu.stage = .typing(field, candidate: candidate)
    mode = .experimenting(menu)
    return []
  }

  /// Puts the next candidate there: of those that begin with what was typed, or of all once one of
  /// them stands there.
  private func complete(
    _ field: inout TextField, _ chosen: inout Int?, _ all: [String], forward: Bool
  ) {
    let next: Int?
    if let chosen {
      next = (chosen + (forward ? 1 : all.count - 1)) % all.count
    } else {
      let typed = field.text.uppercased()
      next = all.firstIndex { $0.hasPrefix(typed) }
    }
    guard let next, all.indices.contains(next) else { return }
    field.replace(0..<field.characters.count, with: all[next])
    chosen = next
  }

  private mutating func finish(
    _ text: String, _ menu: ExperimentMenu, _ target: ExperimentTarget
  ) -> [Effect] {
    var menu = menu
    do throws(ExperimentInputProblem) {
      let experiment = try menu.kind.experiment(text, target)
      guard let experiment, isForeign(target.event.pid), !target.isChanged else {
        mode = .normal
        return order(experiment, target)
      }
      menu.stage = .confirming(experiment)
    } catch {
      menu.problem = error.sentence
    }
    mode = .experimenting(menu)
    return []
  }

  private mutating func order(
    _ experiment: Experiment?, _ target: ExperimentTarget
  ) -> [Effect] {
    notice =
      experiment == nil
      ? "The call is as \(target.name) meant it."
      : "The call is changed; \(keymap.name(of: .step)) lets the kernel see it, "
        + "\(keymap.name(of: .experiment)) takes it back."
    return [.command(.experiment(tid: target.tid, experiment))]
  }

  /// Whether a process ran before us, or descends from one that did.
  func isForeign(_ pid: Int32) -> Bool {
    var candidate: Int32? = pid
    // Chains of ancestors are short; the bound is for recordings that say nonsense.
    for _ in 0..<64 {
      guard let process = candidate.flatMap({ history.timeline.process($0) }) else { return false }
      if case .process(let record) = history.timeline[process.began]?.body,
        record.event == .attached
      {
        return true
      }
      candidate = process.parent
    }
    return false
  }
}
