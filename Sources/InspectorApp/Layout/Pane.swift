/// The two processes which the screen compares: the one on the left, the one on the right.
enum Side: Sendable, Hashable, CaseIterable {
  case left
  case right

  var role: Role { self == .left ? .left : .right }
}

/// A part of the screen that can be focused, scrolled and zoomed.
enum Pane: Sendable, Hashable {
  case timeline
  case message
  case bytes
  case descriptors(Side)
  case terminal(Side)
  case explanation
  case lesson

  /// In the order in which Tab visits them.
  static func all(sides: [Side], hasLesson: Bool = false) -> [Pane] {
    [.timeline, .message, .bytes] + sides.map(Pane.descriptors) + sides.map(Pane.terminal)
      + (hasLesson ? [.explanation, .lesson] : [.explanation])
  }

  var side: Side? {
    switch self {
    case .descriptors(let side), .terminal(let side): side
    default: nil
    }
  }
}
