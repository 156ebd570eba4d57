import TraceModel

/// The steps that pass a filter, as far as the session was looked through.
///
/// A long session is looked through a portion at a time, so that keys are answered meanwhile.
struct StepFilter: Sendable {
  let filter: Filter
  /// The indices of the steps that pass, ascending.
  private(set) var matches: [Int] = []
  /// How many steps were looked at, from the first one on.
  private(set) var examined = 0
  private var lastSequence = 0
  private var findingsKnown = 0

  /// What is spent in one portion, in glances: little enough to fit between two keys.
  static let portion = 6000

  init(_ filter: Filter) { self.filter = filter }

  /// Whether all there is was looked at.
  func isDone(_ timeline: Timeline) -> Bool {
    examined == timeline.steps.count && lastSequence == timeline.lastSequence
  }

  /// Looks at some steps more, and again at the last one: it may have got more events.
  mutating func goOn(in timeline: Timeline) {
    guard !isDone(timeline) else { return }
    var matcher = FilterMatcher(filter, in: timeline)
    if examined > 0 {
      examined -= 1
      if matches.last == examined { matches.removeLast() }
    }
    reconsider(with: &matcher, in: timeline)
    while examined < timeline.steps.count, matcher.spent < Self.portion {
      if matcher.matches(step: examined) { matches.append(examined) }
      examined += 1
    }
    lastSequence = timeline.lastSequence
  }

  /// What is found out late may concern steps that were looked at long ago.
  private mutating func reconsider(with matcher: inout FilterMatcher, in timeline: Timeline) {
    guard filter.concernsFindings else { return }
    let new = timeline.findings.dropFirst(findingsKnown)
    findingsKnown = timeline.findings.count
    for sequence in new where examined > 0 {
      guard let about = timeline[sequence]?.finding?.about,
        let step = timeline.stepIndex(of: about), step < examined
      else { continue }
      let place = matches.partitionPoint { $0 < step }
      let isIn = place < matches.count && matches[place] == step
      let passes = matcher.matches(step: step)
      if passes, !isIn { matches.insert(step, at: place) }
      if !passes, isIn { matches.remove(at: place) }
    }
  }
}

/// The steps that the timeline shows: all of them, or those that pass a filter. Each has a row.
struct ShownSteps: Sendable {
  private let matches: [Int]?
  private let all: Int

  init(all: Int, matches: [Int]? = nil) {
    self.all = all
    self.matches = matches
  }

  var isFiltered: Bool { matches != nil }
  var count: Int { matches?.count ?? all }

  /// The step in a row.
  subscript(row: Int) -> Int { matches?[row] ?? row }

  /// The first row whose step is not before this one.
  func row(notBefore step: Int) -> Int {
    matches?.partitionPoint { $0 < step } ?? min(max(0, step), all)
  }

  func contains(_ step: Int) -> Bool {
    let row = row(notBefore: step)
    return row < count && self[row] == step
  }

  func before(_ step: Int) -> Int? {
    let row = row(notBefore: step)
    return row > 0 ? self[row - 1] : nil
  }

  func after(_ step: Int) -> Int? {
    let row = row(notBefore: step + 1)
    return row < count ? self[row] : nil
  }
}
