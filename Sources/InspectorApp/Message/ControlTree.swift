import ControlMessages
import TextUI
import TraceModel

/// The part of the message tree that shows the control buffer.
extension MessageTreeBuilder {
  var control: Branch {
    guard let control = message.control else {
      return Branch("control", "control", value: "none", role: .heading)
    }
    guard message.isFilled, let decoding = message.readableControl else {
      return Branch(
        "control", "control", value: "room for \(control.capacity) bytes",
        note: "nothing received yet", role: .heading)
    }
    let size =
      message.isReceive
      ? "\(control.length) of \(control.capacity) bytes"
      : Wording.count(control.capacity, "byte")
    var children = decoding.records.indices.map { record($0, of: decoding) }
    children += loose(decoding)
    if let problem = decoding.problem {
      children.append(
        Branch("control/problem", "problem", note: problem.description, role: .warning))
    }
    let used = min(control.length, decoding.bytes.count)
    return Branch(
      "control", "control", value: size, bytes: used > 0 ? .control(0..<used) : nil,
      role: .heading, children: children)
  }

  private func record(_ index: Int, of decoding: ControlDecoding) -> Branch {
    let record = decoding.records[index]
    let fields = decoding.fields.filter { $0.record == index }
    let name = ControlNames.type(level: record.level, type: record.type)
    let end = fields.last?.range.upperBound ?? record.payload.upperBound
    return Branch(
      "control/\(index)", "cmsghdr \(index + 1)", value: name,
      bytes: .control(record.offset..<end), role: .heading,
      children: fields.map { field($0, of: record, decoding) })
  }

  private func field(
    _ field: ControlField, of record: ControlRecord, _ decoding: ControlDecoding
  ) -> Branch {
    let size = record.payload.count
    let (label, value, note): (String, String, String) =
      switch field.owner {
      case .length: ("cmsg_len", "\(record.declaredLength)", "= CMSG_LEN(\(size))")
      case .level: ("cmsg_level", "\(record.level)", ControlNames.level(record.level))
      case .type:
        ("cmsg_type", "\(record.type)", ControlNames.type(level: record.level, type: record.type))
      case .descriptor(_, let index, let value):
        ("fd[\(index)]", "\(value)", meaning(of: value, at: field.range.lowerBound, decoding))
      case .pidDescriptor(_, let value):
        ("pidfd", "\(value)", value < 0 ? "an error" : "refers to the sending process")
      case .credential(_, let part): credential(part, record)
      case .payload: ("data", Wording.count(field.range.count, "byte"), payloadText(record))
      case .padding:
        ("padding", Wording.count(field.range.count, "byte"), "to CMSG_SPACE(\(size))")
      case .slack, .malformed: ("", "", "")
      }
    var branch = Branch(
      field.node, label, value: value, note: note, path: path(of: field),
      bytes: .control(field.range), role: field.role)
    branch.node.other = otherName(field, decoding)
    return branch
  }

  private func credential(
    _ part: ControlField.CredentialPart, _ record: ControlRecord
  ) -> (String, String, String) {
    guard case .credentials(let sender) = record.message else { return ("", "", "") }
    switch part {
    case .pid:
      let name = scene.timeline.process(sender.pid) == nil ? "" : scene.name(sender.pid)
      return ("pid", "\(sender.pid)", name)
    case .uid: return ("uid", "\(sender.uid)", sender.uid == 0 ? "root" : "")
    case .gid: return ("gid", "\(sender.gid)", sender.gid == 0 ? "root" : "")
    }
  }

  private func payloadText(_ record: ControlRecord) -> String {
    if case .security(let label) = record.message { return "\"\(visible(label))\"" }
    if case .rights = record.message { return "not a whole descriptor" }
    return ""
  }

  /// What a number refers to: a file's path, or what the kernel calls it; both are known by their ends.
  private func path(of field: ControlField) -> String {
    guard case .descriptor(_, _, let number) = field.owner,
      let facts = message.descriptors.first(where: { $0.fd == number })
    else { return "" }
    return scene.target(facts)
  }

  /// What a number refers to here, and which number it is on the other side.
  private func meaning(of number: Int32, at offset: Int, _ decoding: ControlDecoding) -> String {
    let facts = message.descriptors.first { $0.fd == number }
    var text = facts.map { "\(arrow) \(scene.target($0))" } ?? ""
    if facts == nil, message.error != nil, !message.isReceive { text = "not open" }
    let names = ["stdin", "stdout", "stderr"]
    if facts != nil, names.indices.contains(Int(number)) { text += " (its \(names[Int(number)]))" }
    guard let other = counterpart(at: place(of: offset, decoding)) else { return text }
    return text.isEmpty ? other : "\(text), \(other)"
  }

  /// How many descriptors come before the one at this offset.
  private func place(of offset: Int, _ decoding: ControlDecoding) -> Int {
    decoding.fields.filter { $0.range.lowerBound < offset && $0.isDescriptor }.count
  }

  private var transfers: [Transfer] { scene.timeline.transfers(of: scene.event.sequence) }

  /// What a number was on the other side, by its place among all of the message.
  private func counterpart(at place: Int) -> String? {
    guard
      let transfer = transfers.last(where: { $0.descriptors.indices.contains(place) })
    else {
      return transfers.contains { $0.lost > 0 } && !message.isReceive ? "never received" : nil
    }
    guard let name = otherName(in: transfer) else { return nil }
    let pair = transfer.descriptors[place]
    let proof = pair.proof == .kcmp ? " (kcmp)" : ""
    return message.isReceive
      ? "sent as \(name)\(pair.sent)\(proof)" : "received as \(name)\(pair.received)\(proof)"
  }

  /// Who was on the other side, with a blank.
  private func otherName(in transfer: Transfer) -> String? {
    scene.timeline[message.isReceive ? transfer.send : transfer.receive]
      .map { "\(scene.name($0.pid)) " }
  }

  private func otherName(_ field: ControlField, _ decoding: ControlDecoding) -> String {
    guard field.isDescriptor else { return "" }
    let place = place(of: field.range.lowerBound, decoding)
    return transfers.last { $0.descriptors.indices.contains(place) }.flatMap(otherName) ?? ""
  }

  /// The bytes that belong to no record.
  private func loose(_ decoding: ControlDecoding) -> [Branch] {
    decoding.fields.filter { $0.record == nil }.map { field in
      let isSlack = field.owner == .slack
      return Branch(
        field.node, isSlack ? "slack" : "malformed",
        value: Wording.count(field.range.count, "byte"),
        note: isSlack ? "offered and not used" : "no control message",
        bytes: .control(field.range), role: field.role)
    }
  }
}

extension ControlField {
  var isDescriptor: Bool { if case .descriptor = owner { true } else { false } }

  /// The id of the tree node that shows this field.
  var node: String {
    switch owner {
    case .length(let record): "control/\(record)/length"
    case .level(let record): "control/\(record)/level"
    case .type(let record): "control/\(record)/type"
    case .descriptor(let record, let index, _): "control/\(record)/fd/\(index)"
    case .pidDescriptor(let record, _): "control/\(record)/pidfd"
    case .credential(let record, let part): "control/\(record)/\(part)"
    case .payload(let record): "control/\(record)/data"
    case .padding(let record): "control/\(record)/padding"
    case .slack: "control/slack"
    case .malformed: "control/malformed"
    }
  }

  var role: FieldRole {
    switch owner {
    case .length: .length
    case .level: .level
    case .type: .type
    case .descriptor, .pidDescriptor: .descriptor
    case .credential: .credential
    case .payload: .payload
    case .padding: .padding
    case .slack: .slack
    case .malformed: .malformed
    }
  }

  /// The field's short name, for the line of marks below its bytes.
  var mark: String {
    switch owner {
    case .length: "cmsg_len"
    case .level: "level"
    case .type: "type"
    case .descriptor(_, _, let value): "fd \(value)"
    case .pidDescriptor(_, let value): "pidfd \(value)"
    case .credential(_, let part): "\(part)"
    case .payload: "data"
    case .padding: "padding"
    case .slack: "slack"
    case .malformed: "malformed"
    }
  }
}
