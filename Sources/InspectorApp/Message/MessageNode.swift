/// What a field or a byte of a message is; a theme gives each its colour.
public enum FieldRole: Sendable, Hashable, CaseIterable {
  /// A node that only holds others.
  case heading
  case socket
  case data
  case length
  case level
  case type
  case descriptor
  case credential
  /// Data of a control message that has no more exact role.
  case payload
  /// Bytes between a record's data and the next record.
  case padding
  /// Bytes of the control buffer that nobody reads.
  case slack
  /// Bytes that are no control message although they should be.
  case malformed
  case flags
  case result
  /// A sentence about something that is wrong.
  case warning
}

/// A run of bytes of a message, by the part it is in.
public enum ByteSpan: Sendable, Hashable {
  /// Offsets in the control buffer.
  case control(Range<Int>)
  /// Offsets in the data, all buffers one after the other.
  case data(Range<Int>)
}

/// One line of the message tree.
public struct MessageNode: Sendable, Hashable, Identifiable {
  /// The node's path (`control/0/fd/0`), the same for the same field at every moment.
  public let id: String
  /// The field's name as C has it.
  public var label: String
  /// Its value.
  public var value: String
  /// What the value means.
  public var note: String
  /// The path in ``note`` that is shortened first where the note is too long; else empty.
  var path = ""
  /// The other process's name in ``note``, with its blank: what gives way where too little of the
  /// path would be left; else empty.
  var other = ""
  /// Where its bytes are, where it has any.
  public var bytes: ByteSpan?
  /// What it is.
  public var role: FieldRole
  /// Whether nodes hang below it.
  public internal(set) var hasChildren = false
  /// Whether it is the last one below its parent.
  public internal(set) var isLast = true
  /// For every level above, whether a line goes on there to later nodes; as many as ``depth``
  /// less one.
  public internal(set) var guides: [Bool] = []
  /// How many nodes are above it; 0 for the root.
  public internal(set) var depth = 0
}

/// A node with what hangs below it, before the tree is laid out as lines.
struct Branch {
  var node: MessageNode
  var children: [Branch]

  init(
    _ id: String, _ label: String, value: String = "", note: String = "", path: String = "",
    bytes: ByteSpan? = nil, role: FieldRole, children: [Branch] = []
  ) {
    node = MessageNode(
      id: id, label: label, value: value, note: note, path: path, bytes: bytes, role: role)
    self.children = children
  }

  /// The lines of the tree from here down.
  func lines() -> [MessageNode] {
    var lines: [MessageNode] = []
    append(to: &lines, depth: 0, isLast: true, guides: [])
    return lines
  }

  private func append(
    to lines: inout [MessageNode], depth: Int, isLast: Bool, guides: [Bool]
  ) {
    var line = node
    line.depth = depth
    line.isLast = isLast
    line.guides = guides
    line.hasChildren = !children.isEmpty
    lines.append(line)
    let below = depth == 0 ? [] : guides + [!isLast]
    for (index, child) in children.enumerated() {
      child.append(
        to: &lines, depth: depth + 1, isLast: index == children.count - 1, guides: below)
    }
  }
}
