import ControlMessages
public import TraceModel

/// The bytes of a message as rows: the control buffer with the names of its fields, then the data.
public enum ByteLens {
  /// Lays the bytes out.
  ///
  /// - Parameters:
  ///   - message: A send or a receive.
  ///   - width: Bytes in a row.
  ///   - unicode: Whether the marks may use box-drawing characters; else they are plain ASCII.
  /// - Returns: The rows, headings included.
  public static func rows(
    for message: MessageRecord, width: Int, unicode: Bool = true
  ) -> [ByteRow] {
    let writer = ByteRowWriter(width: max(1, width), unicode: unicode)
    return writer.control(of: message) + writer.data(of: message)
  }

  /// The control buffer of the other side of a message, under a heading that begins with `title`.
  static func counterpart(
    _ message: MessageRecord, title: String, width: Int, unicode: Bool
  ) -> [ByteRow] {
    ByteRowWriter(width: max(1, width), unicode: unicode, title: title, part: .counterpart)
      .control(of: message)
  }

  /// Marks the fields in which the control buffers of both sides differ; returns how many do.
  static func markChanges(
    _ one: inout [ByteRow], _ other: inout [ByteRow], within used: Int
  ) -> Int {
    var nodes: Set<String> = []
    for row in one {
      guard let twin = other.first(where: { !$0.cells.isEmpty && $0.offset == row.offset })
      else { continue }
      for (cell, its) in zip(row.cells, twin.cells).prefix(max(0, used - row.offset))
      where cell.node == its.node && cell.byte != its.byte {
        nodes.insert(cell.node)
      }
    }
    guard !nodes.isEmpty else { return 0 }
    for index in one.indices { one[index].mark(nodes) }
    for index in other.indices { other[index].mark(nodes) }
    return nodes.count
  }
}

extension ByteRow {
  fileprivate mutating func mark(_ nodes: Set<String>) {
    for index in cells.indices where nodes.contains(cells[index].node) {
      cells[index].isChanged = true
    }
  }
}

private struct ByteRowWriter {
  let width: Int
  let unicode: Bool
  var title = "control"
  var part = ByteRow.Part.control

  func control(of message: MessageRecord) -> [ByteRow] {
    guard let control = message.control else {
      return [.heading("\(title)  none", part)]
    }
    let capacity = Wording.count(control.capacity, "byte")
    guard let decoding = message.readableControl else {
      return [
        .heading(
          "\(title)  room for \(capacity), nothing received yet", part,
          ByteRow.Gauge(used: 0, offered: control.capacity))
      ]
    }
    let size =
      message.isReceive
      ? "\(control.length) of \(control.capacity) bytes" : "\(capacity)"
    let missing = control.capacity - decoding.bytes.count
    let note = missing > 0 ? ", \(Wording.count(missing, "byte")) not read" : ""
    let gauge =
      message.isReceive
      ? ByteRow.Gauge(used: control.length, offered: control.capacity) : nil
    return [.heading("\(title)  \(size)\(note)", part, gauge)]
      + rows(fields: decoding.fields, bytes: decoding.bytes)
      + unread(missing, from: decoding.bytes.count, part, ("control/slack", .slack))
  }

  func data(of message: MessageRecord) -> [ByteRow] {
    let data = message.data
    guard message.isFilled else {
      let room = Wording.count(data.capacity, "byte")
      let gauge = ByteRow.Gauge(used: 0, offered: data.capacity)
      return [.heading("data  room for \(room), nothing received yet", .data, gauge)]
    }
    let missing = data.length - data.bytes.count
    let note = missing > 0 ? ", \(Wording.count(missing, "byte")) not read" : ""
    let cells = data.bytes.map { ByteCell(byte: $0, role: .data, node: "data") }
    let rows = stride(from: 0, to: cells.count, by: width).map { start in
      let end = min(start + width, cells.count)
      return ByteRow(
        part: .data, heading: nil, offset: start, cells: Array(cells[start..<end]), marks: "")
    }
    let isOffered = message.isReceive && data.capacity > 0
    let size =
      isOffered
      ? "\(data.length) of \(data.capacity) bytes" : Wording.count(data.length, "byte")
    let gauge = isOffered ? ByteRow.Gauge(used: data.length, offered: data.capacity) : nil
    return [.heading("data  \(size)\(note)", .data, gauge)] + rows
      + unread(missing, from: data.bytes.count, .data, ("data", .data))
  }

  /// At most one row stands for all the bytes that were not read.
  private func unread(
    _ count: Int, from offset: Int, _ part: ByteRow.Part, _ owner: (node: String, role: FieldRole)
  ) -> [ByteRow] {
    guard count > 0 else { return [] }
    let cell = ByteCell(byte: nil, role: owner.role, node: owner.node)
    let cells = Array(repeating: cell, count: min(count, width))
    return [ByteRow(part: part, heading: nil, offset: offset, cells: cells, marks: "")]
  }

  private func rows(fields: [ControlField], bytes: [UInt8]) -> [ByteRow] {
    var rest = fields[...]
    return stride(from: 0, to: bytes.count, by: width).map { start in
      let range = start..<min(start + width, bytes.count)
      rest = rest.drop { $0.range.upperBound <= start }
      let here = rest.prefix { $0.range.lowerBound < range.upperBound }
      let cells = here.flatMap { field in
        let node = field.node
        let role = field.role
        return field.range.clamped(to: range).map {
          ByteCell(byte: bytes[$0], role: role, node: node)
        }
      }
      var row = ByteRow(
        part: part, heading: nil, offset: start, cells: cells, marks: marks(here, range))
      row.legend = here.filter { $0.range.lowerBound >= start }.map(\.mark)
        .joined(separator: ", ")
      return row
    }
  }

  private func marks(_ fields: ArraySlice<ControlField>, _ row: Range<Int>) -> String {
    if fields.count == 1, let field = fields.first, field.range.lowerBound < row.lowerBound,
      field.range.upperBound > row.upperBound
    {
      return ""
    }
    return fields.map { mark($0, row) }.joined(separator: " ")
  }

  /// `└level────┘`, open on the side where the field goes on in another row.
  private func mark(_ field: ControlField, _ row: Range<Int>) -> String {
    let columns = field.range.clamped(to: row).count * 3 - 1
    let line: Character = unicode ? "─" : "-"
    let begins = field.range.lowerBound >= row.lowerBound
    let ends = field.range.upperBound <= row.upperBound
    let left = begins ? (unicode ? "└" : "|") : String(line)
    let right = ends ? (unicode ? "┘" : "|") : String(line)
    let name = begins ? String(field.mark.prefix(columns - 2)) : ""
    let fill = String(repeating: line, count: columns - 2 - name.count)
    return left + name + fill + right
  }
}
