/// How often a picture is drawn because of what the source tells: about sixty times a second, which
/// is what terminals show and eyes see. What the user does is shown at once, but for a step: most
/// come to their end sooner than that, and a slow line is spared the pictures on the way.
struct FramePace {
  private static let interval = Duration.milliseconds(16)
  private var next = ContinuousClock.now
  private var isInStep = false

  /// Milliseconds until the next picture may be drawn; 0 when that is now.
  var delay: Int32 {
    let left = next - ContinuousClock.now
    guard left > .zero else { return 0 }
    let (seconds, attoseconds) = left.components
    return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
  }

  /// Whether the next picture waits for the end of a step, so that what comes from the source is
  /// to be looked at.
  var waitsForStep: Bool { isInStep && delay > 0 }

  /// A picture was drawn because of the source.
  mutating func drew() { next = ContinuousClock.now + Self.interval }

  /// Notes whether a step is under way: the picture waits for its end, but for no longer than two
  /// pictures are apart.
  mutating func note(isInStep: Bool) {
    guard isInStep != self.isInStep else { return }
    self.isInStep = isInStep
    next = ContinuousClock.now + (isInStep ? Self.interval : .zero)
  }
}
