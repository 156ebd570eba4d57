import TextUI
import TraceModel

/// Which field of the shown message is chosen, by its node or by one of its bytes.
struct MessageSelection: Sendable {
  /// A byte by its place in the message.
  struct Byte: Sendable, Hashable {
    var part: ByteRow.Part
    var offset: Int
  }

  var node: String?
  var byte: Byte?
  /// Whether the user chose the field; it then stays chosen in the next message too.
  var isChosen = false
  /// The nodes that are closed.
  var closed: Set<String> = []
  /// The first visible line of the tree, and of the bytes.
  var treeTop = 0
  var bytesTop = 0
}

/// The shown message as lines and bytes, laid out once per change.
struct MessageLines: Sendable {
  /// What the lines depend on besides the message.
  struct Key: Sendable, Hashable {
    var message: ShownMessage
    var lastEvent: Int
    var bytesWidth: Int
  }

  var key: Key?
  var nodes: [MessageNode] = []
  /// The nodes below no closed one.
  var openNodes: [MessageNode] = []
  var byteRows: [ByteRow] = []
  /// What the Bytes pane shows: those rows, and the other side's control buffer.
  var byteParts: [[ByteRow]] = []
  var bytesLayout = BytesLayout(width: 80, parts: 1)
}

extension Inspector {
  /// Brings the shown message up to date, and its selection to a field that it has.
  mutating func settleMessage() {
    scene.message = messageToShow()
    guard let shown = scene.message else {
      scene.lines = MessageLines()
      return
    }
    let key = MessageLines.Key(
      message: shown, lastEvent: shown.isAhead ? 0 : lastShownEvent,
      bytesWidth: layout?.box(of: .bytes)?.content.width ?? 0)
    let isNew = scene.lines.key?.message != shown
    if scene.lines.key != key {
      scene.lines.key = key
      scene.lines.nodes = MessageTree.nodes(
        for: shown.event, in: history.timeline, unicode: options.unicode)
      layOutBytes(of: shown, width: key.bytesWidth)
    }
    settleSelection(isNew: isNew)
  }

  private mutating func settleSelection(isNew: Bool) {
    let nodes = scene.lines.nodes
    if isNew && !selection.isChosen || !nodes.contains(where: { $0.id == selection.node }) {
      // What was changed, else the descriptor, is what one looks for.
      let sought =
        nodes.first { $0.id == MessageTree.changedNode } ?? nodes.first { $0.role == .descriptor }
      selection.node = (sought ?? nodes.first)?.id
      selection.byte = nil
      selection.isChosen = false
    }
    scene.lines.openNodes = nodes.filter { node in
      !selection.closed.contains {
        node.id.hasPrefix($0 + "/") || ($0 == "msghdr" && node.depth > 0)
      }
    }
    if !scene.lines.openNodes.contains(where: { $0.id == selection.node }) {
      selection.node =
        scene.lines.openNodes.last { selection.node?.hasPrefix($0.id + "/") == true }?
        .id ?? scene.lines.openNodes.first?.id
    }
    settleScrolling()
  }

  private mutating func settleScrolling() {
    if let row = selectedNodeIndex, let box = layout?.box(of: .message) {
      let nodes = scene.lines.openNodes
      selection.treeTop =
        selection.isChosen
        ? scrolled(
          selection.treeTop, toShow: row...row, of: nodes.count, height: box.content.height)
        : MessageWindow.first(of: nodes, around: row, height: box.content.height)
    }
    if let box = layout?.box(of: .bytes) {
      let view = bytesView(height: box.content.height)
      let lines = view.lines(selected: selection.byte)
      selection.bytesTop = scrolled(
        selection.bytesTop, toShow: lines, of: view.lineCount, height: box.content.height)
    }
  }

  /// The new first line: as near as possible to the old one, with the wanted lines in sight.
  private func scrolled(
    _ top: Int, toShow lines: ClosedRange<Int>, of count: Int, height: Int
  ) -> Int {
    let lowest = max(0, lines.upperBound - height + 1)
    let highest = max(lowest, lines.lowerBound)
    return min(min(max(top, lowest), highest), max(0, count - height))
  }

  var selectedNodeIndex: Int? {
    scene.lines.openNodes.firstIndex { $0.id == selection.node }
  }

  var selectedNode: MessageNode? { scene.lines.nodes.first { $0.id == selection.node } }

  func bytesView(height: Int) -> BytesView {
    BytesView(
      parts: scene.lines.byteParts, layout: scene.lines.bytesLayout, look: look,
      unicode: options.unicode,
      showsMarks: height >= BytesView.heightForMarks, span: selectedNode?.bytes,
      byte: focus == .bytes ? selection.byte : nil,
      isFocused: focus == .bytes || focus == .message)
  }
}
