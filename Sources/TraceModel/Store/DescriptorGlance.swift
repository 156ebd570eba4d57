import ControlMessages

/// What an event's line tells of the descriptors it is about, without being decoded.
struct DescriptorGlance {
  private var kind: JSONLines.Kind?
  private var number: Int32?
  private var socket: Int32?
  private var created: [Int32] = []
  private var control: [UInt8] = []
  private var used: Int?
  private var abi = ControlABI.bits64

  /// A glance at the line that begins at `start`; nil when it must be decoded, for it was written
  /// another way than ours.
  init?(lineAt start: Int, of line: [UInt8]) {
    guard start < line.count else { return nil }
    let bytes = line.span
    var cursor = LineCursor(start..<bytes.count)
    let isWhole = cursor.members(bytes) { cursor, key in
      if key.equals("kind", bytes) {
        kind = cursor.word(bytes).flatMap { JSONLines.Kind(rawValue: $0.text(in: line)) }
        return kind != nil
      }
      if key.equals("fd", bytes) {
        number = cursor.number32(bytes)
        return number != nil
      }
      if key.equals("socket", bytes) { return takeSocket(at: &cursor, bytes) }
      if key.equals("created", bytes) { return takeCreated(at: &cursor, bytes) }
      if key.equals("control", bytes) { return takeControl(at: &cursor, of: line) }
      return cursor.skip(bytes)
    }
    guard isWhole, kind != nil else { return nil }
  }

  /// The numbers in its process's table that the event uses, makes or passes.
  var numbers: [Int32] {
    switch kind {
    case .call: (number.map { [$0] } ?? []) + created
    case .send, .receive:
      (socket.map { [$0] } ?? [])
        + ControlBuffer.decode(control, used: used ?? control.count, abi: abi).descriptors
    default: []
    }
  }

  private mutating func takeSocket(at cursor: inout LineCursor, _ bytes: Span<UInt8>) -> Bool {
    cursor.members(bytes) { cursor, key in
      guard key.equals("fd", bytes) else { return cursor.skip(bytes) }
      socket = cursor.number32(bytes)
      return socket != nil
    }
  }

  private mutating func takeCreated(at cursor: inout LineCursor, _ bytes: Span<UInt8>) -> Bool {
    created = []
    return cursor.elements(bytes) { cursor in
      guard let number = cursor.number32(bytes) else { return false }
      created.append(number)
      return true
    }
  }

  private mutating func takeControl(at cursor: inout LineCursor, of line: [UInt8]) -> Bool {
    let bytes = line.span
    return cursor.members(bytes) { cursor, key in
      if key.equals("base64", bytes) {
        guard let word = cursor.word(bytes),
          let decoded = Base64.decode(line[word.start..<(word.start + word.count)])
        else { return false }
        control = decoded
        return true
      }
      if key.equals("length", bytes) {
        used = cursor.number(bytes)
        return used != nil
      }
      if key.equals("bits", bytes) {
        guard let bits = cursor.number(bytes) else { return false }
        abi = bits == 32 ? .bits32 : .bits64
        return true
      }
      return cursor.skip(bytes)
    }
  }
}

extension Timeline {
  /// The numbers in its process's table that an event uses, makes or passes; nil when there is no
  /// such event, or its line must be decoded.
  public func descriptorNumbers(at sequence: Int) -> [Int32]? {
    store.descriptorGlance(at: sequence)?.numbers
  }
}
