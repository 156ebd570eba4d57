public import TraceModel

/// Lets through the events of a session that pass a filter, each with what followed from it.
///
/// An event is held back until what followed from it is there too; ``takeRest(in:)`` says that
/// nothing more will come for now.
public struct FilteredLines: Sendable {
  private let filter: Filter
  private var event: TraceEvent?
  private var followers: [TraceEvent] = []

  /// Nothing came yet.
  public init(_ filter: Filter) { self.filter = filter }

  /// Takes the next event, which the timeline knows already; returns those before it that pass.
  public mutating func take(_ new: TraceEvent, in timeline: Timeline) -> [TraceEvent] {
    switch new.body {
    case .transfer, .finding:
      if event != nil {
        followers.append(new)
        return []
      }
    case .session, .process, .call, .send, .receive, .output: break
    }
    let passed = takeRest(in: timeline)
    event = new
    return passed
  }

  /// What was held back and passes.
  public mutating func takeRest(in timeline: Timeline) -> [TraceEvent] {
    guard let event else { return [] }
    let all = [event] + followers
    var matcher = FilterMatcher(filter, in: timeline)
    let passes = matcher.matches(event, followers: followers)
    self.event = nil
    followers = []
    return passes ? all : []
  }
}
