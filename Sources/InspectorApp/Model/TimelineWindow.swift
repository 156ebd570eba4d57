import TextUI
import TraceModel

/// Which part of the session the timeline pane shows.
extension Inspector {
  /// Moves the timeline's window no further than it takes to show the cursor and what is near it.
  mutating func settleTimeline() {
    guard let content = layout?.box(of: .timeline)?.content, content.height > 1 else { return }
    // One row names the lanes.
    let visible = content.height - 1
    if showsList { return settleList(visible) }
    let count = shownSteps.count
    switch moment {
    case .now: timelineTop = max(0, count + pendingCount(visible) - visible)
    case .past(let step):
      let row = shownSteps.row(notBefore: step)
      timelineTop = scrolled(timelineTop, toShow: row...row, of: count, visible)
    }
    settleFurtherLanes(TimelineView.furtherLanes(width: content.width), visible)
  }

  private mutating func settleList(_ visible: Int) {
    lanes.further = []
    let list = listedEvents
    switch moment {
    case .now: listTop = max(0, list.count + pendingCount(visible) - visible)
    case .past(let step):
      listTop = scrolled(
        listTop, toShow: list.rows(ofStep: step, in: history), of: list.count, visible)
    }
  }

  /// What the list has rows of.
  var listedEvents: ListedEvents { ListedEvents(timeline: history.timeline, steps: shownSteps) }

  private func pendingCount(_ visible: Int) -> Int { min(pendingRows.count, max(0, visible - 1)) }

  /// The new first row: as near as possible to the old one, with the wanted rows in sight and one
  /// or two more around them.
  private func scrolled(
    _ top: Int, toShow rows: ClosedRange<Int>, of count: Int, _ visible: Int
  ) -> Int {
    let margin = min(2, (visible - 1) / 2)
    let lowest = rows.upperBound + margin - visible + 1
    let top = min(max(top, lowest), rows.lowerBound - margin)
    return max(0, min(top, count - visible))
  }

  /// More lanes go to whoever did something in the rows that are visible, then to the others.
  private mutating func settleFurtherLanes(_ room: Int, _ visible: Int) {
    let known = history.timeline.processes
    guard room > 0, known.count > 2 else {
      lanes.further = []
      return
    }
    let steps = timelineTop..<timelineTop + visible
    let acting = Set(
      steps.prefix { $0 < shownSteps.count }.compactMap { history.step(shownSteps[$0])?.pid })
    let others = known.filter { lanes.side(of: $0.pid) == nil }
    let wanted =
      others.filter { acting.contains($0.pid) } + others.filter { !acting.contains($0.pid) }
    var chosen: Set<Int32> = []
    for process in wanted where chosen.count < room { chosen.insert(process.pid) }
    lanes.further = others.map(\.pid).filter { chosen.remove($0) != nil }
  }

  /// The step in a row below the one that names the lanes.
  func step(atRow row: Int) -> Int? {
    guard showsList else {
      return timelineTop + row < shownSteps.count ? shownSteps[timelineTop + row] : nil
    }
    return listedEvents.sequence(atRow: listTop + row)
      .flatMap { history.timeline.stepIndex(of: $0) }
  }

  /// Gives a side to the next process.
  mutating func turn(_ side: Side) {
    lanes.turn(side, through: history.timeline.processes)
    let key = side == .left ? "<" : ">"
    let edge = side == .left ? "left" : "right"
    if let pid = lanes.pid(side), lanes.pinned.contains(side) {
      notice = "\(visible(history.label(pid))) stays on the \(edge); \(key) shows the next one."
    } else {
      lanes.follow(scene.event, in: history, tables: scene.tables)
      notice = "The \(edge) side follows the chosen event again."
    }
    scrolls[.descriptors(side)] = nil
    chosenDescriptors[side] = nil
    keepCard()
  }
}

/// The rows of the timeline as a list: every event, or with a filter the steps that pass it.
struct ListedEvents: Sendable {
  let timeline: Timeline
  let steps: ShownSteps

  var count: Int { steps.isFiltered ? steps.count : timeline.count }

  func sequence(atRow row: Int) -> Int? {
    guard row >= 0, row < count else { return nil }
    return steps.isFiltered ? timeline.steps[steps[row]] : timeline.sequence(at: row)
  }

  /// The rows of a step and of what followed from it.
  func rows(ofStep step: Int, in history: History) -> ClosedRange<Int> {
    guard !steps.isFiltered else {
      let row = steps.row(notBefore: step)
      return row...row
    }
    let first = timeline.place(of: history.steps[step])
    return first...max(first, timeline.place(of: history.lastEvent(ofStep: step)))
  }
}
