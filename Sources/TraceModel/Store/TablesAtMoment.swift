/// Every process's descriptors at one moment, with what the moment's step changed.
struct TablesAtMoment: Sendable {
  private(set) var tables: [Int32: DescriptorTable] = [:]
  /// The processes whose tables have marks.
  private var marked: Set<Int32> = []

  /// No process yet.
  init() {}

  /// These tables, their marks forgotten.
  init(unmarked tables: [Int32: DescriptorTable]) {
    self.tables = tables
    marked = Set(tables.keys)
    forgetMarks()
  }

  /// Takes in what the next event did.
  mutating func apply(_ event: TraceEvent) {
    if event.isStep { forgetMarks() }
    for change in event.changes {
      tables[change.pid, default: DescriptorTable(pid: change.pid)].apply(change)
      marked.insert(change.pid)
    }
    // What a program starts with is not news; what an exec took from it is.
    if case .process(let record) = event.body, record.event.isBeginning {
      tables[event.pid]?.forgetMarks(butGone: record.event == .executed)
    }
  }

  /// Puts a row as it was, without a mark.
  mutating func restore(_ facts: DescriptorFacts?, of holder: DescriptorHolder) {
    tables[holder.pid, default: DescriptorTable(pid: holder.pid)].apply(
      DescriptorChange(pid: holder.pid, fd: holder.fd, now: facts))
    marked.insert(holder.pid)
  }

  /// Processes that have nothing left are gone from here with their last marks.
  mutating func forgetMarks() {
    for pid in marked {
      tables[pid]?.forgetMarks()
      if tables[pid]?.rows.isEmpty ?? false { tables[pid] = nil }
    }
    marked.removeAll(keepingCapacity: true)
  }
}

/// Finding the tables of any moment.
extension Timeline {
  /// From tables that are known already, so many events are gone through one by one; over a
  /// longer way each row is looked up.
  private static let shortWay = 128

  /// Every process's descriptors just after the event with this sequence number.
  public func tables(at sequence: Int) -> [Int32: DescriptorTable] {
    let sequence = min(sequence, lastSequence)
    guard sequence > 0 else { return [:] }
    if let known = cache.tables(at: sequence) { return known.tables }
    let tables = move(cache.takeTables(), to: sequence) ?? build(at: sequence)
    cache.keepTables(tables, at: sequence)
    return tables.tables
  }

  /// The tables of one moment made from those of another nearby.
  private func move(
    _ known: (sequence: Int, tables: TablesAtMoment)?, to sequence: Int
  ) -> TablesAtMoment? {
    guard var (now, tables) = known, now >= kept.sequence,
      abs(place(of: now) - place(of: sequence)) <= Self.shortWay
    else { return nil }
    if now > sequence {
      let base = beforeStep(of: sequence)
      guard base >= kept.sequence else { return nil }
      for event in events(in: base + 1...now).reversed() {
        for change in event.changes {
          let holder = DescriptorHolder(pid: change.pid, fd: change.fd)
          tables.restore(facts(of: holder, at: base), of: holder)
        }
      }
      tables.forgetMarks()
      now = base
    }
    for event in events(in: now + 1...sequence) { tables.apply(event) }
    return tables
  }

  /// The tables of a moment from nothing.
  private func build(at sequence: Int) -> TablesAtMoment {
    let base = max(beforeStep(of: sequence), min(kept.sequence, sequence))
    var tables = TablesAtMoment()
    var wanted: [Int: [DescriptorHolder]] = [:]
    for (holder, since) in rows.open(at: base) {
      if since <= kept.sequence {
        tables.restore(kept.tables.tables[holder.pid]?[holder.fd], of: holder)
      } else {
        wanted[since, default: []].append(holder)
      }
    }
    // In the order of the session, so that every block is read once.
    for since in wanted.keys.sorted() {
      for holder in wanted[since] ?? [] { tables.restore(facts(of: holder, in: since), of: holder) }
    }
    tables.forgetMarks()
    guard base < sequence else { return tables }
    for event in events(in: base + 1...sequence) { tables.apply(event) }
    return tables
  }

  /// The last event before the step that the event `sequence` belongs to.
  private func beforeStep(of sequence: Int) -> Int {
    let place = steps.firstPlace(above: sequence) - 1
    return place >= 0 ? steps[place] - 1 : 0
  }

  /// What a number referred to just after an event; nil when it was free, or that is forgotten.
  public func facts(of holder: DescriptorHolder, at sequence: Int) -> DescriptorFacts? {
    rows.lastOpening(of: holder, upTo: sequence).flatMap { since in
      since <= kept.sequence
        ? kept.tables.tables[holder.pid]?[holder.fd] : facts(of: holder, in: since)
    }
  }

  /// What an event says about a row.
  private func facts(of holder: DescriptorHolder, in sequence: Int) -> DescriptorFacts? {
    cache.row(of: holder, in: sequence) {
      let changes = descriptorGlance(at: sequence)?.changes ?? self[sequence]?.changes ?? []
      return changes.last { $0.pid == holder.pid && $0.fd == holder.fd }?.now
    }
  }
}
