public import Lessons
import TraceModel

/// A lesson being given: which page speaks, what was asked and answered, and what came of it.
public struct LessonRun: Sendable {
  /// How far the page is.
  enum Phase: Sendable, Hashable {
    /// Its moment has not come.
    case waiting
    /// It has asked, and waits for the answer.
    case asking
    /// It has spoken, and what it is about has not happened yet.
    case doing
    /// All is said.
    case told
  }

  /// The lesson.
  public let lesson: Lesson
  /// The page that comes next or speaks.
  private(set) var index = 0
  private(set) var phase = Phase.waiting
  /// What the learner reads; while ``phase`` is waiting, that of the page before.
  private(set) var spoken: SpokenPage?
  /// The pages before that one, as they were left.
  private(set) var earlier: [SpokenPage] = []
  /// What a check found not to be so, as sentences.
  private(set) var failures: [String] = []
  /// Whether the learner changed a call, so that the lesson may say what is not so.
  private(set) var isChanged = false
  /// Questions that the kernel has answered, and those of them that the learner answered right.
  private(set) var asked = 0
  private(set) var answeredRight = 0
  private var names: [String: Int] = [:]
  /// The event of the last moment that came; the next one comes after it.
  private var position = 0

  /// A lesson that has not begun.
  public init(_ lesson: Lesson) { self.lesson = lesson }

  var page: Page { lesson.pages[index] }
  var isLastPage: Bool { index == lesson.pages.count - 1 }
  /// Whether there is nothing more to say.
  public var isOver: Bool { phase == .told && isLastPage }
  /// Whether it waits for processes to go on, rather than for the learner.
  var waitsForProcesses: Bool { phase == .waiting || phase == .doing }

  /// Looks whether the moment has come that it waits for.
  mutating func look(at timeline: Timeline, _ status: SessionStatus?) {
    isChanged = Self.hasExperiment(timeline, status)
    if phase == .waiting, let found = find(page.moment, in: timeline, status) {
      bind(page.moment, to: found)
      speak(timeline)
    }
    guard phase == .asking || phase == .doing, let end = page.end,
      let found = find(end, in: timeline, status)
    else { return }
    bind(end, to: found)
    conclude(timeline)
  }

  /// Goes to the next page, if all is said on this one.
  mutating func turn() {
    guard phase == .told, !isLastPage else { return }
    index += 1
    phase = .waiting
  }

  /// Takes the learner's answer: a number, or an option's place from 1; nil for none.
  mutating func answer(_ number: Int?) {
    guard phase == .asking else { return }
    spoken?.question?.given = number.map(LessonAnswer.given) ?? .unknown
    phase = .doing
  }

  /// Shows one hint more, if there is one.
  mutating func hint() {
    guard let question = spoken?.question else { return }
    let shown = min(question.hintsShown + 1, question.hints.count)
    spoken?.question?.hintsShown = shown
  }

  // MARK: Speaking

  private func facts(_ timeline: Timeline) -> LessonFacts {
    LessonFacts(timeline: timeline, names: names, step: position)
  }

  private mutating func speak(_ timeline: Timeline) {
    let facts = facts(timeline)
    var spoken = SpokenPage(
      number: index + 1, since: timeline.lastSequence, text: facts.fill(page.text))
    spoken.isChanged = isChanged
    if let question = page.question, !isChanged {
      spoken.question = SpokenQuestion(
        text: facts.fill(question.text), options: question.options.map { facts.fill($0.text) },
        hints: question.hints.map(facts.fill),
        asksForRow: question.answer?.isDescriptor == true)
    }
    if let before = self.spoken { earlier.append(before) }
    self.spoken = spoken
    phase = spoken.question != nil ? .asking : page.end != nil ? .doing : .told
    if phase == .told { finish(facts) }
  }

  private mutating func conclude(_ timeline: Timeline) {
    let facts = facts(timeline)
    if isChanged {
      spoken?.isChanged = true
      spoken?.outcome =
        timeline[position].map { Explanation.whatHappened($0, in: timeline) } ?? ""
      phase = .told
      return
    }
    if let question = page.question {
      asked += 1
      let given = spoken?.question?.given ?? .tooLate
      let right = Self.rightAnswer(to: question, facts)
      let isRight = given == right.map(LessonAnswer.given)
      if isRight { answeredRight += 1 }
      let verdict = facts.fill(isRight ? question.right : question.wrong)
      spoken?.question?.given = given
      spoken?.question?.right = right
      spoken?.question?.verdict = verdict
    }
    finish(facts)
  }

  private mutating func finish(_ facts: LessonFacts) {
    let (outcome, source) = (facts.fill(page.outcome), page.source)
    spoken?.outcome = outcome
    spoken?.source = source
    phase = .told
    if !isChanged { check(facts) }
  }

  private mutating func check(_ facts: LessonFacts) {
    for check in page.checks where !facts.holds(check.condition) {
      let detail =
        if case .operation(let left, _, _) = check.condition {
          "; the left side is \(facts.value(of: left).words)"
        } else {
          ""
        }
      failures.append("line \(check.line): “\(check.text)” is not so on this machine\(detail)")
    }
  }

  /// The number, or the place of the first option that was right.
  private static func rightAnswer(to question: Question, _ facts: LessonFacts) -> Int? {
    guard let answer = question.answer else {
      return question.options.firstIndex { facts.holds($0.condition) }.map { $0 + 1 }
    }
    guard case .number(let number) = facts.value(of: answer) else { return nil }
    return number
  }

  private static func hasExperiment(_ timeline: Timeline, _ status: SessionStatus?) -> Bool {
    let isPending = status?.threads.contains { thread in
      guard case .before(let event, _) = thread.state else { return false }
      return event.message?.experiment != nil
    }
    return isPending == true
      || timeline.messages.contains { timeline[$0]?.message?.experiment != nil }
  }

  // MARK: Moments

  private mutating func bind(_ moment: PageMoment, to found: FoundMoment) {
    guard case .event(let sequence) = found else { return }
    position = sequence
    if let name = moment.name { names[name] = sequence }
  }

  private enum FoundMoment {
    case event(Int)
    case between
  }

  private func find(
    _ moment: PageMoment, in timeline: Timeline, _ status: SessionStatus?
  ) -> FoundMoment? {
    switch moment.kind {
    case .start, .now: return status == nil ? nil : .between
    case .before(let call, let actor):
      let stands = status?.threads.contains { thread in
        guard case .before(let event, _) = thread.state else { return false }
        return Self.fits(event, call, timeline) && isOf(actor, thread.pid, timeline)
      }
      if stands == true { return .between }
      return event(after: position, in: timeline) { event in
        Self.fits(event, call, timeline) && isOf(actor, event.pid, timeline)
      }.map { _ in .between }
    case .after(let call, let actor):
      return event(after: position, in: timeline) { event in
        Self.fits(event, call, timeline) && isOf(actor, event.pid, timeline)
      }.map { .event($0) }
    case .end(let actor):
      return event(after: position, in: timeline) { event in
        guard case .process(let record) = event.body else { return false }
        return !record.event.isBeginning && isOf(actor, event.pid, timeline)
      }.map { .event($0) }
    }
  }

  private func event(
    after position: Int, in timeline: Timeline, where fits: (TraceEvent) -> Bool
  ) -> Int? {
    timeline.steps.drop { $0 <= position }.first { timeline[$0].map(fits) == true }
  }

  private func isOf(_ actor: String, _ pid: Int32, _ timeline: Timeline) -> Bool {
    timeline.process(pid)?.label == actor
  }

  private static func fits(_ event: TraceEvent, _ call: String, _ timeline: Timeline) -> Bool {
    switch (call, event.body) {
    case ("send", .send), ("receive", .receive): true
    case ("exec", .process(let record)): record.event == .executed
    default: event.callName == call
    }
  }
}
