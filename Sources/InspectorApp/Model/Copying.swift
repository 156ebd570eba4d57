import TextUI
import TraceModel

/// Copying what is chosen in the focused pane.
extension Inspector {
  mutating func copy() -> [Effect] {
    guard let text = chosenText, !text.isEmpty else {
      notice = "There is nothing to copy here yet."
      return []
    }
    guard text.utf8.count <= Clipboard.limit else {
      notice =
        "Not copied: \(text.utf8.count) bytes, and terminals take \(Clipboard.limit); e writes "
        + "a file."
      return []
    }
    let lines = text.split(separator: "\n")
    let rest = lines.count > 1 ? ", \(lines.count) lines" : ""
    notice = "Copied: \(shortened(String(lines.first ?? ""), to: 48, ellipsis: "…"))\(rest)"
    return [.copy(text)]
  }

  private var chosenText: String? {
    switch focus {
    case .timeline:
      scene.event.map { EventLine.text($0, in: history.timeline, unicode: options.unicode) }
    case .message:
      selectedNode.map { node in
        [node.label, node.value, node.note].filter { !$0.isEmpty }.joined(separator: " ")
      }
    case .bytes: chosenByteRow.map { text(of: $0) }
    case .descriptors(let side): chosenDescriptor(side).map { text(of: $0, side) }
    case .terminal(let side): terminalText(side)
    case .explanation: explanationText
    case .lesson: lessonParagraphs.joined(separator: "\n")
    }
  }

  private var chosenByteRow: ByteRow? {
    let rows = scene.lines.byteRows.filter { !$0.cells.isEmpty }
    return selection.byte.flatMap { byte in rows.first { $0.holds(byte) } } ?? rows.first
  }

  private func text(of row: ByteRow) -> String {
    let digits = row.cells.map(\.hex).joined(separator: " ")
    return "\(BytesView.hexOffset(row.offset))  \(digits)  \(row.text(unicode: options.unicode))"
  }

  private func chosenDescriptor(_ side: Side) -> DescriptorRow? {
    let rows = descriptorRows(side)
    return chosenRow(side, rows).map { rows[$0] }
  }

  private func text(of row: DescriptorRow, _ side: Side) -> String {
    let table = lanes.pid(side).flatMap { scene.tables[$0] }
    // The row shows only the end of a long path, with which nobody can do anything elsewhere.
    let path = table?[row.fd]?.socket?.path.map { visible($0) }
    let words =
      ["\(row.fd) \(look.glyphs.becomes) \(row.target)"] + row.details
      + [row.queued, row.same(look.glyphs), path.flatMap { row.target.hasSuffix($0) ? nil : $0 }]
      .compactMap(\.self)
    return words.joined(separator: "  ")
  }

  /// What the terminal shows, without what is blank at the ends.
  private func terminalText(_ side: Side) -> String? {
    guard let owner = terminalOwner(of: lanes.pid(side) ?? 0),
      let picture = terminals.first(where: { $0.pid == owner })
    else { return nil }
    let lines = picture.rows.map { row in
      var line = row.map(\.text).joined()
      while line.last == " " { line.removeLast() }
      return line
    }
    let count = (lines.lastIndex { !$0.isEmpty } ?? -1) + 1
    return lines.prefix(count).joined(separator: "\n")
  }

  private var explanationText: String {
    let findings = scene.findings.map { FindingWords.sentences($0) }
    return (findings + [scene.whatHappened, scene.whatComesNext]).filter { !$0.isEmpty }
      .joined(separator: "\n")
  }
}

/// Putting text into the clipboard of the terminal that shows us, which may be on another machine.
public enum Clipboard {
  /// How many bytes of text we put into a sequence: many terminals pass over sequences of more
  /// than 100,000 bytes, and base64 makes four of three.
  public static let limit = 74_994

  /// The control sequence OSC 52 for the clipboard (xterm's ctlseqs, "Manipulate Selection Data").
  public static func sequence(_ text: String) -> [UInt8] {
    var bytes = Array("\u{1B}]52;c;".utf8)
    Base64.append(Array(text.utf8), to: &bytes)
    return bytes + [0x07]
  }
}
