/// Which thread a step lets go. Pure, so that the same keys always give the same sequence.
struct StepPolicy {
  /// A thread that could go.
  struct Candidate: Equatable {
    var tid: Int32
    /// Whether the kernel would make it wait right away.
    var wouldWait: Bool
  }

  /// The one that should go: who went last goes on as long as it does not have to wait, so that
  /// one process's story is told in one piece; then the first who need not wait; and only when
  /// everybody would wait, the first at all. Holding back those who would wait is what keeps a
  /// descriptor in flight until somebody steps its receiver.
  static func choose(among candidates: [Candidate], last: Int32?) -> Int32? {
    if let last, candidates.contains(where: { $0.tid == last && !$0.wouldWait }) { return last }
    return (candidates.first { !$0.wouldWait } ?? candidates.first)?.tid
  }
}
