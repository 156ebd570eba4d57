/// Where on the timeline the screen looks.
enum Moment: Sendable, Hashable {
  /// At the newest event, whatever comes.
  case now
  /// Just after the step with this index, which is not the last one.
  case past(step: Int)
}
