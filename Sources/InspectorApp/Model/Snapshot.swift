import TextUI
import TraceModel

/// What the screen shows at its moment, worked out once per change and not once per frame.
struct Snapshot: Sendable {
  /// What a snapshot depends on.
  struct Key: Sendable, Hashable {
    var moment: Moment
    var lastEvent: Int
  }

  var key: Key?
  /// The step the cursor is on.
  var step: Int?
  var event: TraceEvent?
  var tables: [Int32: DescriptorTable] = [:]
  var peers = PeerIndex()
  var message: ShownMessage?
  var lines = MessageLines()
  var rows = ShownRows()
  var whatHappened = ""
  var whatComesNext = ""
  /// What was found about the step, the worst first.
  var findings: [Finding] = []
}

extension Inspector {
  /// The index of the step that the cursor is on; nil before the first one.
  var cursorStep: Int? {
    switch moment {
    case .past(let step): step
    case .now: history.steps.isEmpty ? nil : history.steps.count - 1
    }
  }

  /// The last event that what is shown contains.
  var lastShownEvent: Int {
    switch moment {
    case .past(let step): history.lastEvent(ofStep: step)
    case .now: history.timeline.lastSequence
    }
  }

  var layout: Layout? {
    Layout(
      size: size,
      choice: Layout.Choice(
        focus: focus, companion: shownCompanion, isZoomed: isZoomed, driven: drivenSide,
        sides: lanes.sides, pairsTerminals: pairsTerminals, splits: remembered.splits,
        hasLesson: lessonRun != nil))
  }

  /// While there is no message, the table of who acts says more than an empty pane.
  private var shownCompanion: Pane {
    guard companion == .message, focus != .message, lessonRun == nil, scene.message == nil,
      let side = scene.event.flatMap({ lanes.side(of: $0.pid) })
    else { return companion }
    return .descriptors(side)
  }

  private var pairsTerminals: Bool {
    let owners = lanes.sides.compactMap { lanes.pid($0) }.compactMap { terminalOwner(of: $0) }
    return Set(owners).count == Side.allCases.count && owners.allSatisfy(takesLines)
  }

  /// Brings everything that follows from the model up to date.
  ///
  /// - Returns: the request for the terminals of another moment, where there is another.
  mutating func settle() -> [Effect] {
    settleFilter()
    let key = Snapshot.Key(moment: moment, lastEvent: lastShownEvent)
    var effects: [Effect] = []
    if scene.key != key {
      if (scene.key?.moment ?? .now) != moment {
        effects.append(.showTerminals(upTo: moment == .now ? nil : key.lastEvent))
        scrolls[.lesson] = nil
      }
      scene.key = key
      takeSnapshot()
    }
    scene.whatComesNext = nextSentence
    settleFocus()
    settleMessage()
    settleTimeline()
    settleRows()
    settleCard()
    return effects + settleTerminalSizes()
  }

  private mutating func takeSnapshot() {
    let lookedAt = descriptorLookedAt
    scene.step = cursorStep
    scene.event = cursorStep.flatMap { history.step($0) } ?? history.timeline.first
    scene.tables = history.timeline.tables(at: lastShownEvent)
    scene.peers = PeerIndex(scene.tables)
    lanes.follow(scene.event, in: history, tables: scene.tables)
    scene.whatHappened =
      scene.event.map { Explanation.whatHappened($0, in: history.timeline) } ?? ""
    scene.findings = cursorStep.map { history.findings(ofStep: $0) } ?? []
    // Where a table has no news one goes on looking at what one looked at.
    for side in Side.allCases where hasNews(side) { chosenDescriptors[side] = nil }
    descriptorLookedAtBefore = lookedAt
    keepCard()
    scrolls[.explanation] = nil
  }

  /// The descriptor of the focused table that is marked as chosen, be it by the user or for its news.
  private var descriptorLookedAt: DescriptorHolder? {
    guard case .descriptors(let side) = focus, let pid = lanes.pid(side) else { return nil }
    let rows = descriptorRows(side)
    return chosenRow(side, rows).map { DescriptorHolder(pid: pid, fd: rows[$0].fd) }
  }

  private func hasNews(_ side: Side) -> Bool {
    lanes.pid(side).flatMap { scene.tables[$0] }.map { !$0.marks.isEmpty } ?? true
  }

  private var nextSentence: String {
    guard moment == .now, let status = statusBeforeStep else { return "" }
    guard options.live else { return "The recording ends here." }
    if isDemoOver {
      return "That was all of it: client has ended, and server waits for another one. "
        + "\(keymap.name(of: .back)) looks back at each step, \(keymap.name(of: .quit)) quits, and "
        + "fdpass-tui learn has lessons."
    }
    return Explanation.whatComesNext(
      status, in: history.timeline, typingKey: keymap.name(of: .type))
  }

  /// Whether what was announced has been seen: the pair's client has ended, and all others wait.
  private var isDemoOver: Bool {
    guard !options.opening.isEmpty, let threads = status?.threads,
      history.timeline.processes.contains(where: { $0.role == "client" && $0.end != nil })
    else { return false }
    return threads.allSatisfy { thread in
      switch thread.state {
      case .waiting, .ended: true
      default: false
      }
    }
  }

  private mutating func settleFocus() {
    turnToShownPane()
    if !panes.contains(focus) { focus = .timeline }
    if !panes.contains(companion) { companion = .message }
    let lowest: Pane = lessonRun == nil ? .explanation : .lesson
    if focus != .timeline, focus != lowest { companion = focus }
  }
}
