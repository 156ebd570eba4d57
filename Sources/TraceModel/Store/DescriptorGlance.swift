import ControlMessages

/// What an event's line tells of the descriptors it is about, without being decoded.
public struct DescriptorGlance: Sendable {
  /// See ``TraceEvent/pid``; like the rest here only where more than the numbers was asked for.
  public private(set) var pid: Int32 = 0
  /// See ``MessageRecord/descriptors``.
  public private(set) var passed: [DescriptorFacts] = []
  /// See ``TraceEvent/changes``.
  public private(set) var changes: [DescriptorChange] = []
  private var path: String?
  private var address: String?
  private var argument: String?

  private var kind: JSONLines.Kind?
  private var number: Int32?
  private var socket: Int32?
  private var created: [Int32] = []
  private var control: [UInt8] = []
  private var used: Int?
  private var abi = ControlABI.bits64

  /// A glance at the line that begins at `start`; nil when it must be decoded, for it was written
  /// another way than ours.
  init?(lineAt start: Int, of line: [UInt8], withFacts: Bool = false) {
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
      if key.equals("socket", bytes) {
        return withFacts ? takeSocket(at: &cursor, of: line) : takeSocket(at: &cursor, bytes)
      }
      if key.equals("created", bytes) { return takeCreated(at: &cursor, bytes) }
      if key.equals("control", bytes) {
        return takeControl(at: &cursor, of: line, withFacts: withFacts)
      }
      return (withFacts ? takeFact(key, at: &cursor, of: line) : nil) ?? cursor.skip(bytes)
    }
    guard isWhole, kind != nil else { return nil }
  }

  /// The numbers in its process's table that the event uses, makes or passes.
  public var numbers: [Int32] {
    switch kind {
    case .call: (number.map { [$0] } ?? []) + created
    case .send, .receive:
      (socket.map { [$0] } ?? [])
        + ControlBuffer.descriptors(control, used: used, abi: abi)
    default: []
    }
  }

  /// The names of sockets that the event has to do with, and the first argument of a call.
  public var addresses: [String] {
    switch kind {
    case .call: [address, path, argument].compactMap(\.self)
    case .send, .receive: [address, path].compactMap(\.self)
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

  private mutating func takeSocket(at cursor: inout LineCursor, of line: [UInt8]) -> Bool {
    guard let info = SocketInfo(at: &cursor, of: line) else { return false }
    socket = info.fd
    path = info.path
    return true
  }

  /// Nil for a key that tells nothing more.
  private mutating func takeFact(
    _ key: LineCursor.Word, at cursor: inout LineCursor, of line: [UInt8]
  ) -> Bool? {
    let bytes = line.span
    if key.equals("pid", bytes) {
      guard let number = cursor.number32(bytes) else { return false }
      pid = number
      return true
    }
    if key.equals("address", bytes) {
      address = cursor.word(bytes)?.text(in: line)
      return address != nil
    }
    if key.equals("arguments", bytes) {
      argument = nil
      return cursor.elements(bytes) { cursor in
        guard argument == nil else { return cursor.skip(bytes) }
        argument = cursor.word(bytes)?.text(in: line)
        return argument != nil
      }
    }
    guard key.equals("table", bytes) else { return nil }
    changes = []
    return cursor.elements(bytes) { cursor in
      guard let change = RowGlance(&cursor, of: line)?.change else { return false }
      changes.append(change)
      return true
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

  private mutating func takeControl(
    at cursor: inout LineCursor, of line: [UInt8], withFacts: Bool
  ) -> Bool {
    let bytes = line.span
    return cursor.members(bytes) { cursor, key in
      if withFacts, key.equals("messages", bytes) { return takePassed(at: &cursor, of: line) }
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

extension DescriptorGlance {
  /// Takes what is told of the descriptors in the control messages.
  private mutating func takePassed(at cursor: inout LineCursor, of line: [UInt8]) -> Bool {
    let bytes = line.span
    passed = []
    return cursor.elements(bytes) { cursor in
      cursor.members(bytes) { cursor, key in
        guard key.equals("descriptors", bytes) else { return cursor.skip(bytes) }
        return cursor.elements(bytes) { cursor in
          guard let row = RowGlance(&cursor, of: line) else { return false }
          if row.hasTarget { passed.append(row.facts) }
          return true
        }
      }
    }
  }
}

extension Timeline {
  /// What the line of an event tells of its descriptors; nil when there is no such event, or its
  /// line must be decoded.
  public func descriptorGlance(at sequence: Int) -> DescriptorGlance? {
    store.descriptorGlance(at: sequence, withFacts: true)
  }

  /// The numbers in its process's table that an event uses, makes or passes; nil when there is no
  /// such event, or its line must be decoded.
  public func descriptorNumbers(at sequence: Int) -> [Int32]? {
    store.descriptorGlance(at: sequence)?.numbers
  }
}
