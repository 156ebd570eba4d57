import TextUI
import TraceModel

/// The bytes of the shown message, and beside them what the other side sent or got.
extension Inspector {
  mutating func layOutBytes(of shown: ShownMessage, width: Int) {
    guard let message = shown.event.message else {
      scene.lines.byteRows = []
      scene.lines.byteParts = []
      return
    }
    let other = shown.counterpart?.message.flatMap { $0.control == nil ? nil : $0 }
    let layout = BytesLayout(width: width, parts: other == nil ? 2 : 3)
    let rows = ByteLens.rows(
      for: message, width: layout.bytesPerRow, unicode: options.unicode)
    var control = rows.filter { $0.part == .control }
    let data = rows.filter { $0.part == .data }
    scene.lines.byteRows = rows
    scene.lines.bytesLayout = layout
    guard let other, let event = shown.counterpart, message.control != nil else {
      scene.lines.byteParts = [control, data]
      return
    }
    let who = visible(history.label(event.pid))
    var twin = ByteLens.counterpart(
      other, title: "\(who) \(shown.isSend ? "got" : "sent")", width: layout.bytesPerRow,
      unicode: options.unicode)
    markChanges(shown, message, other, &control, &twin)
    // Beside each other what was sent comes first; below each other what was chosen.
    let sentFirst = layout.columns > 1 && !shown.isSend
    scene.lines.byteParts = sentFirst ? [twin, control, data] : [control, twin, data]
  }

  private func markChanges(
    _ shown: ShownMessage, _ message: MessageRecord, _ other: MessageRecord,
    _ control: inout [ByteRow], _ twin: inout [ByteRow]
  ) {
    guard let own = message.control, let its = other.control, own.abi == its.abi else { return }
    let changed = ByteLens.markChanges(
      &control, &twin, within: min(own.length, its.length))
    guard var heading = control.first?.heading else { return }
    // With the other side's beside it, it must be told whose this one is.
    let who = visible(history.label(shown.event.pid))
    heading.replace("control", with: "\(who) \(shown.isSend ? "sent" : "got")", maxReplacements: 1)
    control[0].heading = heading + (changed > 0 ? ", \(changed) changed" : "")
  }
}
