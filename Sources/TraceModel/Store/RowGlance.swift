/// A row of a table as a line has it, or a descriptor in a control message.
struct RowGlance {
  private(set) var facts = DescriptorFacts(fd: 0, target: "")
  private(set) var pid: Int32?
  private(set) var hasTarget = false
  private var isGone = false
  private var hasNumber = false

  /// What the row says of its process's table; nil where it names no process.
  var change: DescriptorChange? {
    pid.map { DescriptorChange(pid: $0, fd: facts.fd, now: isGone ? nil : facts) }
  }

  /// A glance at the object at the cursor, which goes past it; nil when it was written another way
  /// than ours.
  init?(_ cursor: inout LineCursor, of line: [UInt8]) {
    let bytes = line.span
    let isWhole = cursor.members(bytes) { cursor, key in take(key, at: &cursor, of: line) }
    guard isWhole, hasNumber else { return nil }
  }

  private mutating func take(
    _ key: LineCursor.Word, at cursor: inout LineCursor, of line: [UInt8]
  ) -> Bool {
    let bytes = line.span
    if key.equals("fd", bytes) {
      guard let number = cursor.number32(bytes) else { return false }
      facts.fd = number
      hasNumber = true
      return true
    }
    if key.equals("pid", bytes) {
      pid = cursor.number32(bytes)
      return pid != nil
    }
    if key.equals("target", bytes) {
      guard let word = cursor.word(bytes) else { return false }
      facts.target = word.text(in: line)
      hasTarget = true
      return true
    }
    if key.equals("file", bytes) {
      guard let word = cursor.word(bytes) else { return false }
      facts.kind = FileKind(rawValue: word.text(in: line)) ?? .other
      return true
    }
    if key.equals("internet", bytes) {
      facts.internet = cursor.word(bytes)?.text(in: line)
      return facts.internet != nil
    }
    if key.equals("socket", bytes) {
      facts.socket = SocketInfo(at: &cursor, of: line)
      return facts.socket != nil
    }
    if key.equals("gone", bytes) { isGone = true }
    if key.equals("cloexec", bytes) {
      facts.closeOnExec = cursor.isAt(UInt8(ascii: "t"), bytes)
      return cursor.skip(bytes)
    }
    return takeNumber(key, at: &cursor, bytes) ?? cursor.skip(bytes)
  }

  /// Nil for a key that is not known.
  private mutating func takeNumber(
    _ key: LineCursor.Word, at cursor: inout LineCursor, _ bytes: Span<UInt8>
  ) -> Bool? {
    if key.equals("device", bytes) { return cursor.take(&facts.device, bytes) }
    if key.equals("inode", bytes) { return cursor.take(&facts.inode, bytes) }
    if key.equals("position", bytes) { return cursor.take(&facts.position, bytes) }
    if key.equals("openFlags", bytes) {
      var flags: UInt32 = 0
      defer { facts.flags = OpenFlags(rawValue: flags) }
      return cursor.take(&flags, bytes)
    }
    if key.equals("description", bytes) { return cursor.take(&facts.description, bytes) }
    if key.equals("queued", bytes) { return cursor.take(&facts.queued, bytes) }
    if key.equals("owner", bytes) { return cursor.take(&facts.owner, bytes) }
    if key.equals("mode", bytes) { return cursor.take(&facts.mode, bytes) }
    if key.equals("mount", bytes) { return cursor.take(&facts.mount, bytes) }
    return nil
  }
}

extension SocketInfo {
  /// The socket in the object at the cursor, which goes past it; nil when it was written another
  /// way than ours.
  init?(at cursor: inout LineCursor, of line: [UInt8]) {
    let bytes = line.span
    self.init(fd: 0)
    var hasNumber = false
    let isWhole = cursor.members(bytes) { cursor, key in
      if key.equals("fd", bytes) {
        hasNumber = cursor.take(&fd, bytes)
        return hasNumber
      }
      if key.equals("type", bytes) {
        guard let word = cursor.word(bytes) else { return false }
        type = SocketType(rawValue: word.text(in: line)) ?? .unknown
        return true
      }
      if key.equals("path", bytes) {
        path = cursor.word(bytes)?.text(in: line)
        return path != nil
      }
      if key.equals("protocol", bytes) {
        foreignProtocol = cursor.word(bytes)?.text(in: line)
        return foreignProtocol != nil
      }
      if key.equals("inode", bytes) { return cursor.take(&inode, bytes) }
      if key.equals("peer", bytes) { return cursor.take(&peer, bytes) }
      if key.equals("listener", bytes) { return cursor.take(&listener, bytes) }
      if key.equals("listening", bytes) { isListening = cursor.isAt(UInt8(ascii: "t"), bytes) }
      return cursor.skip(bytes)
    }
    guard isWhole, hasNumber else { return nil }
  }
}

extension LineCursor {
  /// Takes a number that fits.
  fileprivate mutating func take<Number: FixedWidthInteger>(
    _ target: inout Number, _ bytes: Span<UInt8>
  ) -> Bool {
    guard let value = number(bytes).flatMap({ Number(exactly: $0) }) else { return false }
    target = value
    return true
  }

  fileprivate mutating func take<Number: FixedWidthInteger>(
    _ target: inout Number?, _ bytes: Span<UInt8>
  ) -> Bool {
    target = number(bytes).flatMap { Number(exactly: $0) }
    return target != nil
  }
}
