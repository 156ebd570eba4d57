import TextUI
import TraceModel

/// The message tree: one field a line, names, values and meanings each in a column.
extension Inspector {
  func drawMessage(in area: Rect, _ frame: inout Frame) {
    let nodes = scene.lines.openNodes.dropFirst(selection.treeTop).prefix(area.height)
    guard !nodes.isEmpty else {
      frame.write(
        "No message has been sent or received yet.", x: area.x + 1, y: area.y, style: look[.dim],
        within: area)
      return
    }
    let gap = area.width < 64 ? 1 : 2
    let column = nodes.reduce(0) { max($0, DisplayWidth.of(stem($1) + $1.label)) } + gap
    for (offset, node) in nodes.enumerated() {
      draw(node, valueColumn: min(column, area.width / 2), in: area.row(offset), &frame)
    }
  }

  private func draw(
    _ node: MessageNode, valueColumn: Int, in line: Rect, _ frame: inout Frame
  ) {
    let style = look[field: node.role]
    var x = line.x + 1
    x += frame.write(stem(node), x: x, y: line.y, style: look[.border], within: line)
    x += frame.write(
      node.label, x: x, y: line.y, style: node.role == .heading ? look[.title] : .plain,
      within: line)
    x = max(line.x + 1 + valueColumn, x + 1)
    if !node.value.isEmpty {
      x += frame.write(node.value, x: x, y: line.y, style: style, within: line) + 1
      // A second space where there is room, or where the note loses its end anyway.
      let spare = line.maxX - x - DisplayWidth.of(node.note)
      if spare > 0 || spare < 0 && node.path.isEmpty { x += 1 }
    }
    let note = note(of: node, width: line.maxX - x)
    frame.write(
      note, x: x, y: line.y, style: node.role == .warning ? style : look[.dim], within: line)
    guard node.id == selection.node else { return }
    let isFocused = focus == .message || focus == .bytes
    frame.restyle(line) { $0.attributes.formUnion(isFocused ? .reverse : .bold) }
  }

  /// What is known of a file matters more than where it lies: its path gives way first, from the
  /// front, for a file is known by the end of it. Where nothing of it would be left, the other
  /// process's name gives way before, which the timeline has too.
  private func note(of node: MessageNode, width: Int) -> String {
    let ellipsis = look.glyphs.ellipsis
    var note = node.note
    var room: Int { DisplayWidth.of(node.path) - (DisplayWidth.of(note) - width) }
    guard DisplayWidth.of(note) > width, !node.path.isEmpty else {
      return shortened(note, to: width, ellipsis: ellipsis)
    }
    if room < Self.shortestPath, !node.other.isEmpty, let name = note.ranges(of: node.other).last {
      note.removeSubrange(name)
    }
    let path =
      room < Self.shortestPath
      ? ellipsis
      : ending(node.path, to: min(room, DisplayWidth.of(node.path)), ellipsis: ellipsis)
    return shortened(
      note.replacing(node.path, with: path, maxReplacements: 1), to: width, ellipsis: ellipsis)
  }

  /// Less of a path than this tells nothing.
  private static let shortestPath = 8

  /// The tree's lines before a node's name, with a sign when it is closed.
  private func stem(_ node: MessageNode) -> String {
    let glyphs = look.glyphs
    let sign = selection.closed.contains(node.id) ? "\(glyphs.closed) " : ""
    guard node.depth > 0 else { return sign }
    let guides = node.guides.map { $0 ? "\(glyphs.vertical) " : "  " }.joined()
    return guides + (node.isLast ? glyphs.cornerUpRight : glyphs.tee) + " " + sign
  }
}

extension Look {
  /// What a field's value looks like.
  subscript(field role: FieldRole) -> Style {
    switch role {
    case .heading, .socket, .data, .payload, .flags, .result: .plain
    case .length: self[.kernel]
    case .level: self[.left]
    case .type: self[.right]
    case .descriptor: self[.new]
    case .credential: self[.same]
    case .padding, .slack: self[.dim]
    case .malformed, .warning: self[Role.warning]
    }
  }
}
