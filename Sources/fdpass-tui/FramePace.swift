/// How often a picture is drawn because of what the source tells: about sixty times a second, which
/// is what terminals show and eyes see. What the user does is shown at once.
struct FramePace {
  private static let interval = Duration.milliseconds(16)
  private var next = ContinuousClock.now

  /// Milliseconds until the next picture may be drawn; 0 when that is now.
  var delay: Int32 {
    let left = next - ContinuousClock.now
    guard left > .zero else { return 0 }
    let (seconds, attoseconds) = left.components
    return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
  }

  /// A picture was drawn because of the source.
  mutating func drew() { next = ContinuousClock.now + Self.interval }
}
