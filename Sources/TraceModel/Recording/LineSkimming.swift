/// Making the sketch of an event from its line without decoding it.
extension EventSketch {
  /// The sketch of the line that begins at `start`, and where its newline is; nil when the line
  /// must be decoded, for it is of another kind, written another way, or wrong.
  ///
  /// Whatever this takes ``JSONLines/event(from:)`` takes too, with the same sketch.
  static func skimmed(from start: Int, of bytes: Span<UInt8>) -> (sketch: EventSketch, end: Int)? {
    var skimmer = LineSkimmer(cursor: LineCursor(start..<bytes.count))
    guard let sketch = skimmer.sketch(bytes) else { return nil }
    return (sketch, skimmer.cursor.index)
  }
}

/// What was found of a line so far.
private struct LineSkimmer {
  var cursor: LineCursor
  private var isOurVersion = false
  private var sequence: Int?
  private var kind: JSONLines.Kind?
  private var hasCall = false
  private var socket: LineCursor.Socket?
  private var moved: Int?
  private var hasResult = false
  private var sent: Int?
  private var send: Int?
  private var receive: Int?
  private var descriptors = 0
  private var lost = 0
  private var isPeek = false
  private var hasCode = false
  private var hasText = false
  private var about: Int?
  private var rows: [EventSketch.Row]?

  init(cursor: LineCursor) { self.cursor = cursor }

  mutating func sketch(_ bytes: Span<UInt8>) -> EventSketch? {
    guard cursor.take(UInt8(ascii: "{"), bytes) else { return nil }
    repeat {
      guard let key = cursor.key(bytes), take(key, bytes) else { return nil }
    } while cursor.take(UInt8(ascii: ","), bytes)
    guard cursor.take(UInt8(ascii: "}"), bytes), cursor.isAtEnd(bytes), isOurVersion,
      let kind, let sequence
    else { return nil }
    var sketch = EventSketch(sequence: sequence, kind: kind, rows: rows ?? [])
    switch kind {
    case .call:
      guard hasCall else { return nil }
      sketch.queue = socket?.inode ?? 0
    case .receive:
      guard hasCall, let socket else { return nil }
      sketch.queue = socket.inode
    case .send:
      guard hasCall, let socket else { return nil }
      sketch.queue = socket.peer
      sketch.sent = EventSketch.sent(sent ?? 0, moved: moved, isStream: socket.isStream)
    case .transfer:
      guard let send, let receive else { return nil }
      sketch.link = .transfer(
        send: send, receive: receive, descriptors: descriptors &+ lost, isPeek: isPeek)
    case .finding:
      guard hasCode, hasText, let about else { return nil }
      sketch.link = .finding(about: about)
    // Few, and more than a sketch is needed of them.
    case .session, .process, .output: return nil
    }
    return sketch
  }

  private mutating func take(_ key: LineCursor.Word, _ bytes: Span<UInt8>) -> Bool {
    if key.equals("v", bytes) {
      isOurVersion = cursor.number(bytes) == JSONLines.version
      return isOurVersion
    }
    if key.equals("seq", bytes) {
      sequence = cursor.number(bytes)
      return sequence != nil
    }
    if key.equals("kind", bytes) { return takeKind(bytes) }
    if key.equals("call", bytes) {
      hasCall = isString(bytes)
      return hasCall
    }
    if key.equals("socket", bytes) {
      guard socket == nil else { return false }
      socket = cursor.socket(bytes)
      return socket?.fd != nil
    }
    if key.equals("table", bytes) { return takeTable(bytes) }
    switch kind {
    case .send:
      if key.equals("result", bytes) { return takeResult(bytes) }
      if key.equals("control", bytes) {
        guard sent == nil, let count = cursor.descriptorsWithFiles(bytes) else { return false }
        sent = count
        return true
      }
    case .transfer:
      if key.equals("send", bytes) {
        send = cursor.number(bytes)
        return send != nil
      }
      if key.equals("receive", bytes) {
        receive = cursor.number(bytes)
        return receive != nil
      }
      if key.equals("descriptors", bytes) { return takePairs(bytes) }
      if key.equals("lost", bytes) {
        guard let count = cursor.number(bytes) else { return false }
        lost = count
        return true
      }
      if key.equals("peek", bytes) {
        isPeek = cursor.isAt(UInt8(ascii: "t"), bytes)
        return isPeek && cursor.skip(bytes)
      }
    case .finding:
      if key.equals("about", bytes) {
        about = cursor.number(bytes)
        return about != nil
      }
      if key.equals("code", bytes) {
        hasCode = isString(bytes)
        return hasCode
      }
      if key.equals("text", bytes) {
        hasText = isString(bytes)
        return hasText
      }
    default: break
    }
    return cursor.skip(bytes)
  }

  private mutating func isString(_ bytes: Span<UInt8>) -> Bool {
    cursor.isAt(UInt8(ascii: "\""), bytes) && cursor.skip(bytes)
  }

  /// The keys that depend on it come after it; a line where it comes twice is not ours.
  private mutating func takeKind(_ bytes: Span<UInt8>) -> Bool {
    guard kind == nil, let word = cursor.word(bytes) else { return false }
    if word.equals("call", bytes) {
      kind = .call
    } else if word.equals("send", bytes) {
      kind = .send
    } else if word.equals("receive", bytes) {
      kind = .receive
    } else if word.equals("transfer", bytes) {
      kind = .transfer
    } else if word.equals("finding", bytes) {
      kind = .finding
    }
    return kind != nil
  }

  private mutating func takeResult(_ bytes: Span<UInt8>) -> Bool {
    guard !hasResult else { return false }
    hasResult = true
    if cursor.isAt(UInt8(ascii: "n"), bytes) { return cursor.skip(bytes) }
    moved = cursor.number(bytes)
    return moved != nil
  }

  private mutating func takePairs(_ bytes: Span<UInt8>) -> Bool {
    var count = 0
    let isWhole = cursor.elements(bytes) { cursor in
      count += 1
      return cursor.skipPair(bytes)
    }
    descriptors = count
    return isWhole
  }

  private mutating func takeTable(_ bytes: Span<UInt8>) -> Bool {
    guard rows == nil else { return false }
    var found: [EventSketch.Row] = []
    let isWhole = cursor.elements(bytes) { cursor in
      guard let row = cursor.row(bytes) else { return false }
      found.append(row)
      return true
    }
    rows = found
    return isWhole
  }
}
