import TextUI

/// The borders of all boxes, joined where they meet.
///
/// Every cell knows to which neighbours a line goes on; which corner or crossing that is follows
/// from it, whatever the boxes are.
struct BorderGrid {
  private let size: Size
  private var links: [UInt8]

  private static let up: UInt8 = 1
  private static let down: UInt8 = 2
  private static let left: UInt8 = 4
  private static let right: UInt8 = 8

  init(size: Size) {
    self.size = size
    links = Array(repeating: 0, count: size.width * size.height)
  }

  /// Adds the four edges of `rect`.
  mutating func add(_ rect: Rect) {
    guard rect.width >= 2, rect.height >= 2, rect.intersection(Rect(size)) == rect else { return }
    for x in rect.minX..<(rect.maxX - 1) {
      for y in [rect.minY, rect.maxY - 1] {
        links[y * size.width + x] |= Self.right
        links[y * size.width + x + 1] |= Self.left
      }
    }
    for y in rect.minY..<(rect.maxY - 1) {
      for x in [rect.minX, rect.maxX - 1] {
        links[y * size.width + x] |= Self.down
        links[(y + 1) * size.width + x] |= Self.up
      }
    }
  }

  /// Draws the lines of `rect`'s edges, with the joints that all boxes together make.
  func draw(_ rect: Rect, in frame: inout Frame, glyphs: Glyphs, style: Style) {
    for y in rect.minY..<rect.maxY {
      let isEdge = y == rect.minY || y == rect.maxY - 1
      let step = isEdge ? 1 : max(1, rect.width - 1)
      for x in stride(from: rect.minX, to: rect.maxX, by: step) {
        let link = links[y * size.width + x]
        if link != 0 { frame.write(glyphs.box[Int(link)], x: x, y: y, style: style) }
      }
    }
  }
}
