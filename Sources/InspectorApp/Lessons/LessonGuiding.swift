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

  // MARK: Answering

  mutating func startAnswering() {
    guard lessonRun?.phase == .asking else {
      notice = "Nothing is asked now."
      return
    }
    var text = ""
    if case .descriptors(let side) = focus, lessonRun?.spoken?.question?.options.isEmpty == true {
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
      lessonRun?.spoken?.question?.options.isEmpty == true
    else { return }
    let lines = descriptorLines(side)
    let row = place.y - box.content.minY + firstLine(of: box.pane, count: lines.count)
    guard lines.indices.contains(row), let fd = lines[row].fd else { return }
    mode = .answering(String(fd))
  }

  var answerHelp: String {
    let count = lessonRun?.spoken?.question?.options.count ?? 0
    return count > 0
      ? "One digit answers, 1 to \(count), without Enter."
      : "Type a number, or click on a row, then Enter."
  }

  func answerPrompt(_ text: String) -> Prompt {
    let question = lessonRun?.spoken?.question
    let hint = question.map { $0.hintsShown < $0.hints.count } == true ? "? hint  " : ""
    let isChoice = question?.options.isEmpty == false
    return Prompt(
      lead: isChoice ? "Which one?" : "Number: ", field: TextField(isChoice ? "" : text),
      hint: (isChoice ? "1-\(question?.options.count ?? 0) answers  " : "Enter answer  ")
        + hint + "Esc look around"
    )
  }
}

extension LessonRun {
  /// Whether all is said on this page, and there is another one.
  var canTurn: Bool { phase == .told && !isLastPage }
}
