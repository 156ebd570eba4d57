import TextUI
import TraceModel

/// Where the lanes of a picture stand, in its units (CSS pixels).
struct SVGColumns {
  /// The right edges of the steps' numbers and times.
  let number: Int
  let time: Int
  /// The lanes' lines, in the order of the session's lanes.
  let lanes: [Int]
  let kernel: Int
  let width: Int
  private let leftCount: Int

  /// Between a lane's line and its text, a text and its arrow.
  static let gap = 8
  /// From a lane that stands next to the kernel to it, and from one lane to the next.
  private static let reach = 348
  private static let distance = 170
  /// The shortest arrow.
  private static let arrow = 28

  init(_ session: ExportedSession) {
    let digits = String(max(10, session.timeline.steps.count)).count
    leftCount = session.lanes.leftCount
    number = 16 + Self.pixels(digits)
    time = number + 16 + Self.pixels(9)
    let first = time + 24
    let innermost = first + max(0, leftCount - 1) * Self.distance
    kernel = innermost + Self.reach
    let count = session.lanes.all.count
    lanes = (0..<count).map { [leftCount, kernel] index in
      index < leftCount
        ? first + index * Self.distance
        : kernel + Self.reach + (index - leftCount) * Self.distance
    }
    width = kernel + Self.reach + max(0, count - leftCount - 1) * Self.distance + 24
  }

  func isLeft(_ lane: Int) -> Bool { lane < leftCount }

  func role(of lane: Int) -> String { isLeft(lane) ? "left" : "right" }

  /// Where the text of the first lane begins.
  var firstText: Int { time + 24 + Self.gap }

  /// The columns of a name over its lane.
  var nameRoom: Int { room(from: 0, to: lanes.count > 2 ? Self.distance : Self.reach - 40) }

  /// The columns of a line below a step: as far to both sides of the kernel as there is room.
  var noteRoom: Int {
    let half = min(kernel - firstText, width - 24 - kernel)
    return room(from: kernel - half, to: kernel + half)
  }

  /// The columns that a step's text may take.
  func textRoom(_ lane: Int, beyondKernel: Bool) -> Int {
    let x = lanes[lane]
    if isLeft(lane) {
      return room(from: x + Self.gap, to: beyondKernel ? width - 24 : kernel - Self.arrow)
    }
    return room(from: beyondKernel ? firstText : kernel + Self.arrow, to: x - Self.gap)
  }

  /// The columns of text between two places.
  func room(from start: Int, to end: Int) -> Int { max(1, (end - start) * 100 / 783) }

  func width(of text: String) -> Int { Self.pixels(DisplayWidth.of(text)) }

  /// A character of a 13 pixel monospaced font is 7.83 wide.
  private static func pixels(_ columns: Int) -> Int { (columns * 783 + 99) / 100 }
}
