/// One `cmsghdr` with its data, as found in a buffer.
public struct ControlRecord: Sendable, Hashable {
  /// Where the header starts. A multiple of the ABI's alignment.
  public var offset: Int
  /// `cmsg_len` as written: header and data, in bytes.
  public var declaredLength: Int
  /// `cmsg_level`.
  public var level: Int32
  /// `cmsg_type`.
  public var type: Int32
  /// What the record says.
  public var message: ControlMessage
  /// Where its data is, padding not included.
  public var payload: Range<Int>

  /// Describes a record by its parts.
  public init(
    offset: Int, declaredLength: Int, level: Int32, type: Int32, message: ControlMessage,
    payload: Range<Int>
  ) {
    self.offset = offset
    self.declaredLength = declaredLength
    self.level = level
    self.type = type
    self.message = message
    self.payload = payload
  }
}

/// A control buffer, read: its messages, and what every single byte of it is.
public struct ControlDecoding: Sendable, Hashable {
  /// The buffer.
  public let bytes: [UInt8]
  /// The layout it was read with.
  public let abi: ControlABI
  /// The records that could be read, in the order of the buffer.
  public let records: [ControlRecord]
  /// The owners of the bytes. They cover `0..<bytes.count` in order, without gap or overlap.
  public let fields: [ControlField]
  /// Why reading stopped early, or nil if it came to the end.
  public let problem: ControlProblem?

  /// What the records say, in order.
  public var messages: [ControlMessage] { records.map(\.message) }

  /// The descriptors of all `SCM_RIGHTS` messages, in order. The one of an `SCM_PIDFD` message
  /// is not among them.
  public var descriptors: [Int32] { records.descriptors }

  /// The field that owns the byte at this offset, or nil if the buffer has no such byte.
  public func field(at byte: Int) -> ControlField? {
    var low = 0
    var high = fields.count
    while low < high {
      let middle = (low + high) / 2
      let range = fields[middle].range
      if range.contains(byte) { return fields[middle] }
      if byte < range.lowerBound { high = middle } else { low = middle + 1 }
    }
    return nil
  }
}

extension [ControlRecord] {
  /// The descriptors of all `SCM_RIGHTS` messages among the records, in order.
  var descriptors: [Int32] {
    if count == 1, case .rights(let descriptors) = self[0].message { return descriptors }
    return flatMap { record -> [Int32] in
      if case .rights(let descriptors) = record.message { descriptors } else { [] }
    }
  }
}
