import TextUI
import TraceModel

/// Everything about one descriptor, opened below its row: what fdinfo tells, who else holds the
/// open file, and what became of the number.
struct DescriptorCard: Sendable {
  var holder: DescriptorHolder
  var past: DescriptorPast
  /// The chosen one among the lines that Enter goes to; nil while the row itself is chosen.
  var cursor: Int?

  /// Whether the whole session was looked through for what became of the number.
  var isComplete: Bool { past.isComplete }
}

/// Where a line of a card leads to.
enum CardTarget: Sendable, Hashable {
  /// A step, by an event.
  case event(Int)
  /// The row of another descriptor.
  case row(DescriptorHolder)
}

/// Opening a descriptor, and going where its lines lead.
extension Inspector {
  /// Opens or closes the chosen descriptor, or goes where the chosen line leads.
  mutating func openDescriptor(_ side: Side) {
    guard let pid = lanes.pid(side), let index = chosenRow(side, descriptorRows(side)) else {
      return
    }
    let holder = DescriptorHolder(pid: pid, fd: descriptorRows(side)[index].fd)
    guard let card, card.holder == holder else { return open(holder) }
    guard let cursor = card.cursor else {
      self.card = nil
      return
    }
    let targets = descriptorLines(side).compactMap(\.target)
    guard targets.indices.contains(cursor) else { return }
    switch targets[cursor] {
    case .event(let sequence):
      if let step = history.timeline.stepIndex(of: sequence) { go(to: step) }
    case .row(let other): show(other, beside: side)
    }
  }

  private mutating func open(_ holder: DescriptorHolder) {
    guard let life = history.timeline.life(of: holder, at: lastShownEvent) else {
      notice = "\(holder.fd) is free at this step."
      return
    }
    card = DescriptorCard(holder: holder, past: DescriptorPast(holder, life, in: history.timeline))
    guard let side = lanes.side(of: holder.pid) else { return }
    chosenDescriptors[side] = holder.fd
    showChosenLine(side)
  }

  /// Shows the row of another holder; a process that has no side takes the other one.
  private mutating func show(_ holder: DescriptorHolder, beside side: Side) {
    let target: Side
    if let shown = lanes.side(of: holder.pid) {
      target = shown
    } else {
      target = side == .left ? .right : .left
      lanes.put(holder.pid, on: target)
      lanes.pinned.insert(target)
      notice =
        "\(visible(history.label(holder.pid))) stays here; \(target == .left ? "<" : ">") "
        + "shows another one."
    }
    rowFilters[target] = nil
    focus = .descriptors(target)
    chosenDescriptors[target] = holder.fd
    scrolls[.descriptors(target)] = nil
    open(holder)
  }

  /// At another moment, or on another side, the descriptor is the same.
  mutating func keepCard() {
    guard let holder = card?.holder else { return }
    let life = history.timeline.life(of: holder, at: lastShownEvent)
    guard let side = lanes.side(of: holder.pid),
      life == nil || life?.opened == card?.past.life.opened
    else {
      card = nil
      return
    }
    chosenDescriptors[side] = holder.fd
    if case .descriptors = focus { focus = .descriptors(side) }
  }

  /// Looks through some more steps for what became of the opened descriptor.
  mutating func settleCard() {
    guard card?.isComplete == false || card?.past.isOpen == true else { return }
    card?.past.lookOn(in: history.timeline)
  }

  /// The lines below an opened row.
  func cardLines(_ card: DescriptorCard, width: Int) -> [DescriptorLine] {
    let words = DescriptorWords(timeline: history.timeline, moment: lastShownEvent)
    guard let facts = scene.tables[card.holder.pid]?[card.holder.fd] else { return [] }
    var lines = wrapped(words.details(facts), width: width).map { DescriptorLine.detail($0) }
    let holders = scene.peers.holders(of: facts).filter { $0 != card.holder }
    lines.append(.detail(words.holdersHeading(facts, count: holders.count)))
    for holder in holders {
      lines.append(.link(words.holder(holder), .row(holder), isPast: true))
    }
    let percent = card.past.percent
    lines.append(
      .detail(percent < 100 ? "What became of it (\(percent) % looked through):" : "Its way:"))
    for entry in card.past.entries {
      lines.append(
        .link(
          words.entry(entry), .event(entry.sequence), isPast: entry.sequence <= lastShownEvent))
    }
    return lines
  }
}
