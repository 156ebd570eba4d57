import ControlMessages

// How these tests write buffers and decodings, so that a table shows both.

/// The bytes of a buffer written as hexadecimal digits; blanks separate as the eye likes.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(digits[$0] << 4 | digits[$0 + 1])
  }
}

/// One word a field: whose it is, the record's index, the byte count.
func notation(_ fields: [ControlField]) -> String {
  fields.map { "\(notation($0.owner)):\($0.range.count)" }.joined(separator: " ")
}

private func notation(_ owner: ControlField.Owner) -> String {
  switch owner {
  case .length(let record): "len\(record)"
  case .level(let record): "level\(record)"
  case .type(let record): "type\(record)"
  case .descriptor(let record, let index, let value): "fd\(record)[\(index)]=\(value)"
  case .pidDescriptor(let record, let value): "pidfd\(record)=\(value)"
  case .credential(let record, let part): "\(part)\(record)"
  case .payload(let record): "data\(record)"
  case .padding(let record): "pad\(record)"
  case .slack: "slack"
  case .malformed: "malformed"
  }
}

/// What is wrong with a decoding's fields: they must cover the buffer in order, and agree with
/// `field(at:)` at each byte's first and last field position. Nil if all is well.
func tilingFault(_ decoding: ControlDecoding) -> String? {
  var position = 0
  for field in decoding.fields {
    guard field.range.lowerBound == position, !field.range.isEmpty else {
      return "field \(field) does not start at \(position)"
    }
    guard decoding.field(at: position) == field,
      decoding.field(at: field.range.upperBound - 1) == field
    else { return "field(at:) does not find \(field)" }
    if let record = field.record, !decoding.records.indices.contains(record) {
      return "\(field) names a record that is not there"
    }
    position = field.range.upperBound
  }
  guard position == decoding.bytes.count else { return "the fields end at \(position)" }
  guard decoding.field(at: position) == nil, decoding.field(at: -1) == nil else {
    return "field(at:) finds bytes outside the buffer"
  }
  return nil
}
