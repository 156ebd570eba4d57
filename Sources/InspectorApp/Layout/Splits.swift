import TextUI

/// Where the user has dragged the lines between panes; the others are where the screen's size puts
/// them.
struct Splits: Sendable, Hashable {
  /// A line that can be dragged, named for what is below it or, for `column`, right of it.
  enum Border: String, Sendable, Hashable, CaseIterable {
    case column
    case bytes
    case descriptors
    case terminals
    case explanation
    case lesson
    /// On screens where not all panes fit.
    case smallCompanion
    case smallExplanation

    var isVertical: Bool { self == .column }
  }

  /// How far from the top or the left, in thousandths of the panes' whole height or width: the
  /// terminal may have another size next time.
  var places: [Border: Int] = [:]

  /// The row or column of a line, or the usual one.
  func place(_ border: Border, in body: Rect, usual: Int) -> Int {
    guard let thousandths = places[border] else { return usual }
    return border.isVertical
      ? body.x + (thousandths * body.width + 500) / 1000
      : body.y + (thousandths * body.height + 500) / 1000
  }

  /// Puts a line where the pointer is.
  mutating func drag(_ border: Border, to point: Point, in body: Rect) {
    let (way, length) =
      border.isVertical ? (point.x - body.x, body.width) : (point.y - body.y, body.height)
    guard length > 0 else { return }
    places[border] = max(0, min(1000, (way * 1000 + length / 2) / length))
  }
}
