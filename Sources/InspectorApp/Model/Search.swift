import TextUI
import TraceModel

/// Searching the events' lines, as less does: case counts only when an upper-case letter is typed.
extension Inspector {
  mutating func takeSearch(_ key: Key, _ field: TextField) {
    if key == Key(.up) {
      mode = .searching(TextField(lastSearch))
      return
    }
    switch field.after(key) {
    case .left: mode = .normal
    case .done(let text):
      mode = .normal
      if !text.isEmpty { lastSearch = text }
      searchAgain(forward: true)
    case .goesOn(let field): mode = .searching(field)
    }
  }

  mutating func searchAgain(forward: Bool) {
    guard !lastSearch.isEmpty else {
      notice = "Nothing was searched for yet; \(keymap.name(of: .search)) begins."
      return
    }
    guard let step = cursorStep else { return }
    search = SearchUnderWay(
      .text(lastSearch), start: step, forward: forward, count: history.steps.count)
    searchOn()
  }

  /// Looks through some steps more; once around it ends at the step where the search began.
  mutating func searchOn() {
    guard var search else { return }
    var searcher = Searcher(for: search.wanted, in: history)
    while searcher.spent < SearchUnderWay.portion {
      guard let candidate = search.next(of: shownSteps) else {
        notice = search.wanted.nothingElse(isNowhere: true)
        self.search = nil
        return
      }
      guard searcher.finds(step: candidate) else { continue }
      if candidate == search.start {
        notice = search.wanted.nothingElse(isNowhere: false)
      } else if (candidate < search.start) == search.forward {
        notice = "The search went past the \(search.forward ? "end" : "beginning") and around."
      } else {
        notice = search.wanted.found
      }
      self.search = nil
      jump(to: candidate)
      return
    }
    notice = "Searching \(search.wanted.name): \(search.percent) % looked through; any key stops."
    self.search = search
  }
}

/// Looks for something in one step after the other.
private struct Searcher {
  let wanted: SearchedFor
  let history: History
  /// What was spent so far, in steps that were passed over.
  private(set) var spent = 0
  private var pattern: FilterPattern?
  private var sieve: WordSieve?

  /// What decoding a step, and writing its lines, cost compared with passing it over.
  private static let stepCost = 64

  init(for wanted: SearchedFor, in history: History) {
    self.wanted = wanted
    self.history = history
    guard case .text(let text) = wanted else { return }
    let pattern = FilterPattern(verbatim: text)
    self.pattern = pattern
    sieve = WordSieve(pattern, in: history.timeline)
  }

  /// Whether the step, or something that followed from it, is what is searched for.
  mutating func finds(step: Int) -> Bool {
    spent += 1
    let timeline = history.timeline
    let first = history.steps[step]
    if case .followed(let what) = wanted {
      spent += Self.stepCost
      return timeline[first].map { timeline.concerns(what.thing, $0) } ?? false
    }
    guard let pattern else { return false }
    for sequence in first...max(first, history.lastEvent(ofStep: step))
    where sieve?.passes(sequence, of: timeline) ?? true {
      spent += Self.stepCost
      guard let event = timeline[sequence] else { continue }
      if pattern.isPart(of: EventLine.text(event, in: timeline)) { return true }
    }
    return false
  }
}

/// What a search is for.
enum SearchedFor: Sendable, Hashable {
  case text(String)
  case followed(Followed)

  var name: String {
    switch self {
    case .text(let text): "“\(text)”"
    case .followed(let what): what.name
    }
  }

  /// What to say at a step that was found.
  var found: String? {
    switch self {
    case .text: nil
    case .followed(let what): "This step concerns \(what.name), too; } and { go on."
    }
  }

  func nothingElse(isNowhere: Bool) -> String {
    switch self {
    case .text(let text): "“\(text)” is \(isNowhere ? "in no event" : "nowhere else")."
    case .followed(let what): "No other step concerns \(what.name)."
    }
  }
}

/// A search that has not come to its end: a long session is looked through a portion at a time,
/// so that the user can stop it.
struct SearchUnderWay: Sendable {
  let wanted: SearchedFor
  /// The step where the cursor was.
  let start: Int
  let forward: Bool
  private let count: Int
  private var distance = 0

  /// What is spent in one portion, in steps that are passed over: little enough to fit between two
  /// keys.
  static let portion = 32_000

  init(_ wanted: SearchedFor, start: Int, forward: Bool, count: Int) {
    self.wanted = wanted
    self.start = start
    self.forward = forward
    self.count = count
  }

  /// The next step to look at; nil after the last one.
  mutating func next(of shown: ShownSteps) -> Int? {
    while distance < count {
      distance += 1
      let step = (start + (forward ? distance : count - distance)) % count
      if shown.contains(step) { return step }
    }
    return nil
  }

  var percent: Int { distance * 100 / count }
}
