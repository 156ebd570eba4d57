import TraceModel

/// Choosing fields of the message and bytes of its buffers; each choice makes the other.
extension Inspector {
  mutating func moveInMessage(_ movement: Movement) {
    let nodes = scene.lines.openNodes
    switch movement {
    case .left: back()
    case .right: forward()
    case .top: choose(nodes.first)
    case .bottom: choose(nodes.last)
    default:
      guard let index = selectedNodeIndex else { return }
      let rows = movement.rows(page: pageHeight(of: .message)) ?? 0
      choose(nodes[min(nodes.count - 1, max(0, index + rows))])
    }
  }

  mutating func selectNode(row: Int) {
    let index = selection.treeTop + row
    if scene.lines.openNodes.indices.contains(index) { choose(scene.lines.openNodes[index]) }
  }

  private mutating func choose(_ node: MessageNode?) {
    guard let node else { return }
    selection.isChosen = true
    selection.node = node.id
    selection.byte =
      switch node.bytes {
      case .control(let range): MessageSelection.Byte(part: .control, offset: range.lowerBound)
      case .data(let range): MessageSelection.Byte(part: .data, offset: range.lowerBound)
      case nil: nil
      }
  }

  var canToggleNode: Bool { selectedNode?.hasChildren == true }

  mutating func toggleNode() {
    guard focus == .message, canToggleNode, let node = selection.node else { return }
    if selection.closed.remove(node) == nil { selection.closed.insert(node) }
  }

  mutating func moveInBytes(_ movement: Movement) {
    let rows = scene.lines.byteRows.filter { !$0.cells.isEmpty }
    guard let first = rows.first, let last = rows.last else {
      if movement == .left { back() }
      if movement == .right { forward() }
      return
    }
    guard let byte = selection.byte, let row = rows.firstIndex(where: { $0.holds(byte) }) else {
      choose(first.cells.startIndex, of: first)
      return
    }
    let column = byte.offset - rows[row].offset
    switch movement {
    case .top: choose(0, of: first)
    case .bottom: choose(last.cells.count - 1, of: last)
    case .left:
      if column > 0 {
        choose(column - 1, of: rows[row])
      } else if row > 0 {
        choose(rows[row - 1].cells.count - 1, of: rows[row - 1])
      }
    case .right:
      if column + 1 < rows[row].cells.count {
        choose(column + 1, of: rows[row])
      } else if row + 1 < rows.count {
        choose(0, of: rows[row + 1])
      }
    default:
      let distance = movement.rows(page: pageHeight(of: .bytes)) ?? 0
      let target = rows[min(rows.count - 1, max(0, row + distance))]
      choose(min(column, target.cells.count - 1), of: target)
    }
  }

  private mutating func choose(_ column: Int, of row: ByteRow) {
    let node = row.cells[column].node
    selection.byte = MessageSelection.Byte(part: row.part, offset: row.offset + column)
    selection.node = node
    selection.isChosen = true
    selection.closed = selection.closed.filter { !node.hasPrefix($0 + "/") && $0 != "msghdr" }
  }
}

extension ByteRow {
  func holds(_ byte: MessageSelection.Byte) -> Bool {
    part == byte.part && cells.indices.contains(byte.offset - offset)
  }
}
