import TextUI

/// What the mouse does: a click chooses, a drag moves the line between panes, the wheel scrolls.
extension Inspector {
  mutating func take(_ mouse: MouseEvent) -> [Effect] {
    switch (mode, mouse.kind) {
    case (_, .press(.left)):
      if let key = footerKey(at: mouse.position) { return take(key) }
      notice = nil
      if case .typing(let pid) = mode { return drive(mouse, of: pid) }
      if case .experimenting(let menu) = mode { return press(at: mouse.position, in: menu) }
      if mode == .normal { press(at: mouse.position) }
      if case .answering = mode { point(at: mouse.position) }
    case (.typing(let pid), _): return drive(mouse, of: pid)
    case (_, .drag): drag(to: mouse.position)
    case (_, .release): return letGo()
    case (.normal, .wheelUp): wheel(at: mouse.position, .up)
    case (.normal, .wheelDown): wheel(at: mouse.position, .down)
    case (.help(let top), .wheelUp): mode = .help(top: helpTop(after: .up, from: top))
    case (.help(let top), .wheelDown): mode = .help(top: helpTop(after: .down, from: top))
    default: break
    }
    return []
  }

  private mutating func press(at point: Point) {
    guard let layout, let box = layout.box(at: point) else { return }
    dragged = layout.line(at: point)?.border
    focus = box.pane
    select(at: point, in: box)
  }

  private mutating func drag(to point: Point) {
    guard let dragged, let layout else { return }
    remembered.splits.drag(dragged, to: point, in: layout.body)
  }

  private mutating func letGo() -> [Effect] {
    guard dragged != nil else { return [] }
    dragged = nil
    return remembered == options.remembered ?? Remembered() ? [] : [.remember(remembered)]
  }

  private mutating func wheel(at point: Point, _ movement: Movement) {
    guard let pane = layout?.box(at: point)?.pane else { return }
    let old = focus
    focus = pane
    move(movement)
    focus = old
    notice = nil
  }

  private mutating func select(at point: Point, in box: Layout.Box) {
    guard box.content.contains(point) else { return }
    let row = point.y - box.content.minY
    switch box.pane {
    case .timeline where row > 0:
      if let step = step(atRow: row - 1) { go(to: step) }
    case .message: selectNode(row: row)
    case .descriptors(let side): selectDescriptor(side, row: row)
    default: break
    }
  }
}
