/// What is told of an event first: enough to pass most events over without decoding them.
public struct EventGlance: Sendable, Equatable {
  private let kindOfEvent: JSONLines.Kind
  /// See ``TraceEvent/time``.
  public private(set) var time: Int64 = 0
  /// See ``TraceEvent/pid``.
  public private(set) var pid: Int32 = 0
  /// See ``TraceEvent/comm``.
  public private(set) var comm = ""
  /// The system call's name, where the event is a call, a send or a receive.
  public private(set) var call: String?
  /// What it returned when it succeeded.
  public private(set) var result: Int64?
  /// The error's name when it failed.
  public private(set) var error: String?

  /// The JSON `kind` of the event.
  public var kind: String { kindOfEvent.rawValue }

  /// A glance at an event that is decoded already.
  public init(_ event: TraceEvent) {
    kindOfEvent = event.kind
    time = event.time
    pid = event.pid
    comm = event.comm
    call = event.callName
    switch event.body {
    case .call(let record):
      result = record.result
      error = record.error
    case .send(let message), .receive(let message):
      result = message.result.map { Int64($0) }
      error = message.error
    case .session, .process, .transfer, .finding, .output: break
    }
  }

  private init(_ kind: JSONLines.Kind) { kindOfEvent = kind }
}

extension EventGlance {
  /// A glance at the line that begins at `start`; nil when it must be decoded, for it was written
  /// another way than ours.
  init?(lineAt start: Int, of line: [UInt8]) {
    guard start < line.count else { return nil }
    let bytes = line.span
    var cursor = LineCursor(start..<bytes.count)
    guard cursor.take(UInt8(ascii: "{"), bytes) else { return nil }
    var time: Int64?
    var glance: EventGlance?
    repeat {
      guard let key = cursor.key(bytes) else { return nil }
      if key.equals("time", bytes) {
        time = cursor.microseconds(bytes)
        guard time != nil else { return nil }
      } else if key.equals("kind", bytes) {
        guard glance == nil, let word = cursor.word(bytes),
          let kind = JSONLines.Kind(rawValue: word.text(in: line))
        else { return nil }
        glance = EventGlance(kind)
      } else {
        guard
          let isOver = glance?.take(key, at: &cursor, of: line)
            ?? (cursor.skip(bytes) ? false : nil)
        else { return nil }
        if isOver { break }
      }
    } while cursor.take(UInt8(ascii: ","), bytes)
    guard var glance, let time else { return nil }
    glance.time = time
    self = glance
  }

  /// Takes the value of a key, as our writer orders them; true when nothing more is wanted, nil
  /// when the line is written another way.
  private mutating func take(
    _ key: LineCursor.Word, at cursor: inout LineCursor, of line: [UInt8]
  ) -> Bool? {
    let bytes = line.span
    if key.equals("pid", bytes) {
      guard let number = cursor.number32(bytes) else { return nil }
      pid = number
      return false
    }
    if key.equals("comm", bytes) {
      guard let word = cursor.word(bytes) else { return nil }
      comm = word.text(in: line)
      return !isCall
    }
    guard isCall else { return cursor.skip(bytes) ? false : nil }
    if key.equals("call", bytes) {
      guard let word = cursor.word(bytes) else { return nil }
      call = word.text(in: line)
      return false
    }
    if key.equals("result", bytes) {
      guard !cursor.isAt(UInt8(ascii: "n"), bytes) else { return cursor.skip(bytes) ? false : nil }
      guard let number = cursor.number(bytes) else { return nil }
      result = Int64(number)
      return false
    }
    if key.equals("error", bytes) {
      guard !cursor.isAt(UInt8(ascii: "n"), bytes) else { return cursor.skip(bytes) ? true : nil }
      guard let word = cursor.word(bytes) else { return nil }
      error = word.text(in: line)
      return true
    }
    return cursor.skip(bytes) ? false : nil
  }

  private var isCall: Bool {
    switch kindOfEvent {
    case .call, .send, .receive: true
    case .session, .process, .transfer, .finding, .output: false
    }
  }
}

extension LineCursor.Word {
  func text(in line: [UInt8]) -> String {
    String(decoding: line[start..<(start + count)], as: UTF8.self)
  }
}

extension LineCursor {
  /// A time as our writer has it: seconds with six decimals.
  fileprivate mutating func microseconds(_ bytes: Span<UInt8>) -> Int64? {
    let start = index
    var value: Int64 = 0
    var decimals = -1
    while index < end {
      if bytes[index] == UInt8(ascii: "."), decimals < 0, index > start {
        decimals = 0
      } else {
        let digit = bytes[index] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        value = value &* 10 &+ Int64(digit)
        if decimals >= 0 { decimals += 1 }
      }
      index += 1
    }
    return decimals == 6 && index - start <= 18 ? value : nil
  }
}

extension Timeline {
  /// A glance at an event; nil when there is no such event, or its line must be decoded.
  public func glance(at sequence: Int) -> EventGlance? { store.glance(at: sequence) }
}
