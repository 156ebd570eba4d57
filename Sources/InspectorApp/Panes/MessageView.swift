import TextUI
import TraceModel

struct MessageSelection: Sendable {
}

extension Inspector {
  mutating func settleMessage() { scene.message = messageToShow() }
  mutating func moveInMessage(_ movement: Movement) {}
  mutating func moveInBytes(_ movement: Movement) {}
  mutating func toggleNode() {}
  mutating func selectNode(row: Int) {}
  var canToggleNode: Bool { false }

  func drawMessage(in area: Rect, _ frame: inout Frame) {
    guard let shown = scene.message else {
      frame.write("No message yet.", x: area.x + 1, y: area.y, style: look[.dim], within: area)
      return
    }
    for (offset, line) in wrapped(
      EventLine.text(shown.event, in: history.timeline, unicode: options.unicode),
      width: area.width - 2
    ).enumerated() {
      frame.write(line, x: area.x + 1, y: area.y + offset, within: area)
    }
  }

  func drawBytes(in area: Rect, _ frame: inout Frame) {}
}
