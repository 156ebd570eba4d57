import TraceModel

/// What the tracer tells, with what follows from it. It is derived on another thread than the
/// tracer's, which has the programs to serve.
struct DerivedUpdates {
  private var derivation = Derivation()
  /// The numbers that events got here, by those that the tracer gave them; of those alone at which
  /// a thread may be held.
  private var numbers: [Int: Int] = [:]

  /// Tells `emit` an update, and what it made known.
  mutating func take(_ update: SessionUpdate, _ emit: (SessionUpdate) -> Void) {
    switch update {
    case .event(let event):
      let derived = derivation.add(event)
      if event.isStepped { numbers[event.sequence] = derived.first?.sequence }
      for event in derived { emit(.event(event)) }
    case .status(var status):
      for index in status.threads.indices {
        guard case .after(let number) = status.threads[index].state else { continue }
        status.threads[index].state = .after(sequence: numbers[number] ?? 0)
      }
      emit(.status(status))
    default: emit(update)
    }
  }
}
