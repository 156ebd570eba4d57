import TextUI
import TraceModel

/// The session as sentences in the order in which they are to be read, for screen readers and
/// Braille displays: no drawing, nothing that changes once it was said.
public struct LinearAccount: Sendable {
  private var toldUpTo = 0
  private var moment = Moment.now
  private var notice: String?
  private var mode = Inspector.Mode.normal
  private var next = ""
  private var hasBegun = false
  private var lesson: [String] = []

  /// Lets through the events that are of interest; nil for all.
  private var filtered: FilteredLines?

  /// An account of which nothing was told yet, of the events that pass `filter`.
  public init(filter: Filter? = nil) {
    filtered = filter.map { FilteredLines($0) }
  }

  /// A key is about to be pressed: what it brings is said even if it was said before.
  public mutating func hearsKey() { notice = nil }

  /// What there is to say since the last time, a paragraph a line.
  ///
  /// - Parameter inspector: The session as it is now.
  /// - Returns: Lines without a newline; none where nothing is new.
  public mutating func news(of inspector: Inspector) -> [String] {
    var lines = beginning(inspector) + modeNews(inspector) + momentNews(inspector)
    lines += lessonNews(inspector)
    if let failure = inspector.failure, notice != failure { lines.append(failure) }
    if inspector.notice != notice, let text = inspector.notice { lines.append(text) }
    notice = inspector.failure ?? inspector.notice
    let next = inspector.scene.whatComesNext
    if next != self.next, !next.isEmpty, inspector.status?.isSettled ?? true { lines.append(next) }
    if inspector.status?.isSettled ?? true { self.next = next }
    return lines.map(Self.spoken)
  }

  private mutating func beginning(_ inspector: Inspector) -> [String] {
    guard !hasBegun else { return [] }
    hasBegun = true
    let keymap = inspector.keymap
    return [
      "fdpass-tui, \(inspector.title). \(keymap.name(of: .step)) steps, "
        + "\(keymap.name(of: .back)) looks back, \(keymap.name(of: .help)) lists the keys, "
        + "\(keymap.name(of: .quit)) quits."
    ] + [inspector.options.opening].filter { !$0.isEmpty }
  }

  /// What a lesson says beyond what it said before.
  private mutating func lessonNews(_ inspector: Inspector) -> [String] {
    let before = lesson
    lesson = inspector.lessonParagraphs
    let known = zip(before, lesson).prefix { $0 == $1 }.count
    return Array(lesson.dropFirst(known))
  }

  private mutating func modeNews(_ inspector: Inspector) -> [String] {
    guard inspector.mode != mode else { return [] }
    let before = mode
    mode = inspector.mode
    switch (before, mode) {
    case (_, .help): return inspector.keymap.helped.map { "\($0.names): \($0.help)." }
    case (_, .typing(let pid)):
      let who = visible(inspector.history.label(pid))
      return ["Typing into \(who)'s terminal. Esc leaves."]
    case (_, .experimenting(let menu)):
      let isNew = if case .experimenting = before { false } else { true }
      return Self.sentences(menu, isNew: isNew, inspector)
    case (.normal, .searching): return ["Search for what? Enter searches, Esc cancels."]
    case (.normal, .commanding): return ["Which command? Enter does it, Esc cancels."]
    case (.typing, _): return ["Typing ends."]
    case (.normal, .marking), (.normal, .exporting), (.normal, .narrowing):
      return [inspector.hints.map { "\($0.key): \($0.word)" }.joined(separator: ", ") + "."]
    default: return []
    }
  }

  /// Where the cursor went, or all that has happened since.
  private mutating func momentNews(_ inspector: Inspector) -> [String] {
    let before = moment
    moment = inspector.moment
    guard case .past(let step) = moment else {
      let isBack = before != .now
      return (isBack ? [inspector.options.live ? "This is now." : "This is the end."] : [])
        + eventNews(inspector, retells: isBack)
    }
    guard moment != before, let event = inspector.history.step(step) else { return [] }
    toldUpTo = max(toldUpTo, inspector.options.live ? 0 : inspector.timeline.lastSequence)
    return [
      "Past, step \(step + 1) of \(inspector.history.steps.count), "
        + Self.sentence(event, inspector)
    ] + inspector.scene.findings.map(FindingWords.sentences)
  }

  private mutating func eventNews(_ inspector: Inspector, retells: Bool) -> [String] {
    let timeline = inspector.timeline
    let first = toldUpTo + 1
    toldUpTo = max(toldUpTo, timeline.lastSequence)
    guard first <= timeline.lastSequence else {
      return retells ? inspector.scene.event.map { [Self.sentence($0, inspector)] } ?? [] : []
    }
    return passing(first...timeline.lastSequence, in: timeline).map { event in
      let step = event.isStep ? timeline.stepIndex(of: event.sequence) : nil
      return (step.map { "Step \($0 + 1), " } ?? "") + Self.sentence(event, inspector)
    }
  }

  private mutating func passing(_ new: ClosedRange<Int>, in timeline: Timeline) -> [TraceEvent] {
    let events = new.compactMap { timeline[$0] }
    guard var filtered else { return events }
    let passed = events.flatMap { filtered.take($0, in: timeline) }
    let rest = filtered.takeRest(in: timeline)
    self.filtered = filtered
    return passed + rest
  }

  private static func sentence(_ event: TraceEvent, _ inspector: Inspector) -> String {
    let text = Explanation.whatHappened(event, in: inspector.timeline)
    let actor = visible(inspector.history.label(event.pid))
    if event.isStep, event.tid != event.pid { return "\(actor), thread \(event.tid): \(text)" }
    let isNamed = text.hasPrefix(actor) || !event.isStep || event.pid == 0
    return isNamed ? text : "\(actor): \(text)"
  }

  /// Signs that stand for control characters have names that a reader need not spell.
  private static func spoken(_ text: String) -> String {
    text.replacing("\u{240A}", with: "\\n").replacing("\n", with: " ")
  }
}
