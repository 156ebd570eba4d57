import Lessons
import TextUI
import TraceModel

/// What keys and events do while a lesson is given.
extension Inspector {
  /// The panes there are, in the order in which Tab visits them.
  var panes: [Pane] { Pane.all(sides: lanes.sides, hasLesson: lessonRun != nil) }

  /// Lets the lesson look at what happened, and go on if it was told to.
  mutating func followLesson(_ updates: [SessionUpdate]) -> [Effect] {
    guard let before = lessonRun else { return [] }
    // An event is told before its transfer and its findings: only then all is known of a moment.
    let last = updates.last { if case .status = $0 { true } else { false } }
    if case .status(let status)? = last, status.isSettled { lookForLesson() }
    guard let run = lessonRun else { return [] }
    guard lessonGoesOn else { return [] }
    let hasCome = run.index != before.index || run.phase != before.phase
    guard !hasCome, run.waitsForProcesses, let status, status.mode == .stepping else {
      lessonGoesOn = false
      return []
    }
    return isStepUnderWay ? [] : stepForLesson(status)
  }

  private mutating func lookForLesson() {
    let wasAsking = lessonRun?.phase == .asking
    let before = lessonRun?.spoken
    lessonRun?.look(at: history.timeline, status)
    if lessonRun?.spoken != before { scrolls[.lesson] = nil }
    if let run = lessonRun, run.spoken != before {
      if run.spoken?.number != before?.number { shownByLesson = run.page.shown }
      if run.phase == .told, let then = run.page.shownThen { shownByLesson = then }
    }
    let isAsking = lessonRun?.phase == .asking
    if isAsking, !wasAsking, mode == .normal { mode = .answering("") }
    // It was answered by the kernel before the learner did.
    if !isAsking, case .answering = mode { mode = .normal }
  }

  /// Space first turns a page that was read. Returns whether that was all.
  mutating func goOnInLesson() -> Bool {
    guard let run = lessonRun, moment == .now else { return false }
    // Another step would go past the question that this one may lead to.
    if isStepUnderWay, !run.isOver { return true }
    if run.phase == .asking {
      startAnswering()
      return true
    }
    guard run.canTurn else { return false }
    lessonRun?.turn()
    lookForLesson()
    return lessonRun?.phase != .waiting
  }

  /// The lesson that a step leads to from the end of this one.
  var nextLesson: String? {
    guard options.leadsToNextLesson, let run = lessonRun, run.isOver else { return nil }
    return LessonShelf.name(after: run.lesson.name)
  }

  /// Steps until the lesson speaks again.
  mutating func goOnToNextMoment() -> [Effect] {
    guard !goOnInLesson(), let status else { return [] }
    return stepForLesson(status)
  }

  private mutating func stepForLesson(_ status: SessionStatus) -> [Effect] {
    guard status.mode == .stepping, status.next != nil else {
      lessonGoesOn = false
      notice = "Nobody can go on, and the lesson's next moment has not come."
      return []
    }
    lessonGoesOn = true
    return step(pid: nil)
  }

  /// Turns a screen without room for all panes to the one that the page speaks of.
  mutating func turnToShownPane() {
    guard let shown = shownByLesson else { return }
    shownByLesson = nil
    let pane: Pane? =
      switch shown {
      case .timeline: .timeline
      case .message: .message
      case .bytes: .bytes
      case .descriptors(let actor): table(of: actor)
      }
    if let pane, !isZoomed, layout?.box(of: pane) == nil { focus = pane }
  }

  /// The table of an actor, which a side now shows if none did.
  private mutating func table(of actor: String) -> Pane? {
    if let process = history.timeline.processes.first(where: { history.label($0.pid) == actor }),
      lanes.side(of: process.pid) == nil
    {
      lanes.show(process.pid, beside: scene.event, from: history.timeline.processes)
      chosenDescriptors = [:]
    }
    return lanes.sides.first { lanes.pid($0).map(history.label) == actor }.map(Pane.descriptors)
  }

  // MARK: Answering

  mutating func startAnswering() {
    guard lessonRun?.phase == .asking else {
      notice = "Nothing is asked now."
      return
    }
    var text = ""
    if case .descriptors(let side) = focus, lessonRun?.spoken?.question?.asksForRow == true {
      text = chosenDescriptors[side].map { String($0) } ?? ""
    }
    moment = .now
    mode = .answering(text)
  }

  mutating func takeAnswer(_ key: Key, _ text: String) {
    switch key.code {
    case .escape: mode = .normal
    case .character("c") where key.modifiers == .control: mode = .normal
    case .enter: give(text)
    case .backspace: mode = .answering(String(text.dropLast()))
    case .character("?"): showHint()
    case .character(let character) where character.isWholeNumber && key.modifiers.isEmpty:
      take(digit: character, text)
    case .up, .down, .pageUp, .pageDown: scrollLesson(key)
    default:
      notice = "Esc looks around first; then all keys work."
    }
  }

  private mutating func take(digit: Character, _ text: String) {
    let options = lessonRun?.spoken?.question?.options ?? []
    if options.isEmpty {
      mode = .answering(String((text + String(digit)).prefix(9)))
    } else if let number = digit.wholeNumberValue, options.indices.contains(number - 1) {
      give(String(number))
    } else {
      notice = answerHelp
    }
  }

  private mutating func give(_ text: String) {
    mode = .normal
    lessonRun?.answer(Int(text))
    scrolls[.lesson] = nil
    lookForLesson()
  }

  private mutating func showHint() {
    guard let question = lessonRun?.spoken?.question else { return }
    if question.hintsShown == question.hints.count { notice = "There is no other hint." }
    lessonRun?.hint()
    scrolls[.lesson] = nil
  }

  private mutating func scrollLesson(_ key: Key) {
    guard let movement = keymap.command(for: key).flatMap(Movement.init) else { return }
    let old = focus
    focus = .lesson
    move(movement)
    focus = old
  }

  /// Who points at a row answers with its number.
  mutating func point(at place: Point) {
    guard let box = layout?.box(at: place), box.content.contains(place),
      case .descriptors(let side) = box.pane,
      lessonRun?.spoken?.question?.asksForRow == true
    else { return }
    let lines = descriptorLines(side)
    let row = place.y - box.content.minY + firstLine(of: box.pane, count: lines.count)
    guard lines.indices.contains(row), let fd = lines[row].fd else { return }
    mode = .answering(String(fd))
  }

  var answerHelp: String {
    let count = lessonRun?.spoken?.question?.options.count ?? 0
    if count > 0 { return "One digit answers, 1 to \(count), without Enter." }
    return lessonRun?.spoken?.question?.asksForRow == true
      ? "Type a number, or click its row, then Enter."
      : "Type a number, then Enter."
  }

  func answerPrompt(_ text: String) -> Prompt {
    let question = lessonRun?.spoken?.question
    let hint = question.map { $0.hintsShown < $0.hints.count } == true ? "? hint  " : ""
    let isChoice = question?.options.isEmpty == false
    return Prompt(
      lead: isChoice ? "Which one?" : "Number: ", field: TextField(isChoice ? "" : text),
      hint: (isLessonCutAbove ? "Up text above  " : "")
        + (isChoice ? "1-\(question?.options.count ?? 0) answers  " : "Enter answer  ")
        + hint + "Esc look around"
    )
  }
}

extension LessonRun {
  /// Whether all is said on this page, and there is another one.
  var canTurn: Bool { phase == .told && !isLastPage }
}
