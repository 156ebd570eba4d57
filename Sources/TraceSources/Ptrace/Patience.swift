/// A time to wait for something, in which one must also have looked for it often enough. When a busy
/// machine has had no time for anybody, the time that has passed says nothing.
struct Patience {
  private let end: Int64
  private var looksLeft: Int

  /// Lasts for so many microseconds from `now` on, and for a look every two milliseconds.
  init(_ duration: Int64, from now: Int64) {
    end = now + duration
    looksLeft = Int(duration / 2000)
  }

  /// It was looked for once more.
  mutating func look() { looksLeft -= 1 }

  func isOver(at now: Int64) -> Bool { now >= end && looksLeft <= 0 }
}
