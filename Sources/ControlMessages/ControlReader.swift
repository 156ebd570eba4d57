/// Walks a control buffer from record to record and notes the owner of each byte it passes, unless
/// only the records are asked for.
struct ControlReader {
  private let bytes: [UInt8]
  private let used: Int
  private let abi: ControlABI
  private let notesFields: Bool

  private(set) var records: [ControlRecord] = []
  private(set) var fields: [ControlField] = []
  private(set) var problem: ControlProblem?

  /// Everything before this offset has an owner.
  private var position = 0

  init(bytes: [UInt8], used: Int?, abi: ControlABI, notesFields: Bool = true) {
    self.notesFields = notesFields
    self.bytes = bytes
    self.used = min(max(used ?? bytes.count, 0), bytes.count)
    self.abi = abi
  }

  /// Reads all records, then gives the bytes that are left their owner.
  ///
  /// Each record is at least a header long, so the walk always ends.
  mutating func readAll() {
    while position < used, let length = readableLength() { readRecord(length: length) }
    if let problem, problem.isRefusedBySend { take(.malformed, to: used) }
    take(.slack, to: bytes.count)
  }

  /// The `cmsg_len` at the position, if the kernel would accept it; else notes the problem.
  private mutating func readableLength() -> Int? {
    let available = used - position
    guard available >= abi.headerLength else {
      problem = .truncatedHeader(
        offset: position, available: available, needed: abi.headerLength)
      return nil
    }
    let declared = number(at: position, width: abi.lengthWidth)
    guard let length = Int(exactly: declared), length <= available else {
      problem = .lengthPastEnd(offset: position, length: declared, available: available)
      return nil
    }
    guard length >= abi.headerLength else {
      problem =
        bytes[position..<used].allSatisfy { $0 == 0 }
        ? .zeroTail(offset: position, count: available)
        : .lengthTooSmall(offset: position, length: length, minimum: abi.headerLength)
      return nil
    }
    return length
  }

  private mutating func readRecord(length: Int) {
    let index = records.count
    let offset = position
    let end = offset + length
    take(.length(record: index), to: offset + abi.lengthWidth)
    let level = int32(at: position)
    take(.level(record: index), to: position + 4)
    let type = int32(at: position)
    take(.type(record: index), to: position + 4)

    let payload = position..<end
    let message = message(level: level, type: type, payload: payload)
    takePayload(of: message, record: index, end: end)
    // The last record may end unpadded: a sender may pass CMSG_LEN as msg_controllen.
    take(.padding(record: index), to: min(abi.align(end), used))
    records.append(
      ControlRecord(
        offset: offset, declaredLength: length, level: level, type: type, message: message,
        payload: payload))
  }

  private func message(level: Int32, type: Int32, payload: Range<Int>) -> ControlMessage {
    if level == ControlMessage.socketLevel {
      switch (type, payload.count) {
      case (SocketType.rights, let count):
        let starts = stride(from: payload.lowerBound, to: payload.upperBound - count % 4, by: 4)
        return .rights(starts.map { int32(at: $0) })
      case (SocketType.credentials, SocketCredentials.byteCount):
        return .credentials(credentials(at: payload.lowerBound))
      case (SocketType.pidDescriptor, 4):
        return .pidDescriptor(int32(at: payload.lowerBound))
      case (SocketType.security, _):
        return .security(Array(bytes[payload]))
      default: break
      }
    }
    return .unknown(level: level, type: type, payload: Array(bytes[payload]))
  }

  private mutating func takePayload(of message: ControlMessage, record: Int, end: Int) {
    switch message {
    case _ where !notesFields: break
    case .rights(let descriptors):
      for (index, value) in descriptors.enumerated() {
        take(.descriptor(record: record, index: index, value: value), to: position + 4)
      }
    case .credentials:
      for part in ControlField.CredentialPart.allCases {
        take(.credential(record: record, part), to: position + 4)
      }
    case .pidDescriptor(let value):
      take(.pidDescriptor(record: record, value: value), to: end)
    case .security, .unknown: break
    }
    take(.payload(record: record), to: end)
  }

  /// Gives the bytes from the position up to `end` to `owner`. No field is ever empty.
  private mutating func take(_ owner: ControlField.Owner, to end: Int) {
    guard position < end else { return }
    if notesFields { fields.append(ControlField(owner: owner, range: position..<end)) }
    position = end
  }

  private func credentials(at offset: Int) -> SocketCredentials {
    SocketCredentials(
      pid: int32(at: offset), uid: UInt32(number(at: offset + 4, width: 4)),
      gid: UInt32(number(at: offset + 8, width: 4)))
  }

  private func int32(at offset: Int) -> Int32 {
    let low = UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8
    let high = UInt32(bytes[offset + 2]) | UInt32(bytes[offset + 3]) << 8
    return Int32(bitPattern: low | high << 16)
  }

  private func number(at offset: Int, width: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<width { value |= UInt64(bytes[offset + index]) << (8 * index) }
    return value
  }
}
