/// The parts of a line that an event's sketch needs something of.
extension LineCursor {
  /// What is wanted of a socket.
  struct Socket {
    var fd: Int32?
    var isStream = false
    var inode: UInt64 = 0
    var peer: UInt64 = 0
  }

  mutating func socket(_ bytes: Span<UInt8>) -> Socket? {
    var socket = Socket()
    let isWhole = members(bytes) { cursor, key in
      if key.equals("fd", bytes) {
        socket.fd = cursor.number32(bytes)
        return socket.fd != nil
      }
      if key.equals("type", bytes) {
        guard let word = cursor.word(bytes) else { return false }
        socket.isStream = word.equals("stream", bytes)
        return true
      }
      if key.equals("inode", bytes) {
        guard let number = cursor.number(bytes) else { return false }
        socket.inode = UInt64(number)
        return true
      }
      if key.equals("peer", bytes) {
        guard let number = cursor.number(bytes) else { return false }
        socket.peer = UInt64(number)
        return true
      }
      return cursor.skip(bytes)
    }
    return isWhole ? socket : nil
  }

  /// How many descriptors stand in control messages, of those alone that could be looked at.
  mutating func descriptorsWithFiles(_ bytes: Span<UInt8>) -> Int? {
    var count = 0
    let isWhole = members(bytes) { cursor, key in
      guard key.equals("messages", bytes) else { return cursor.skip(bytes) }
      return cursor.elements(bytes) { cursor in
        cursor.members(bytes) { cursor, key in
          guard key.equals("descriptors", bytes) else { return cursor.skip(bytes) }
          return cursor.elements(bytes) { cursor in
            guard let hasFile = cursor.hasFile(bytes) else { return false }
            count += hasFile ? 1 : 0
            return true
          }
        }
      }
    }
    return isWhole ? count : nil
  }

  /// Goes past a descriptor, and says whether it could be looked at.
  private mutating func hasFile(_ bytes: Span<UInt8>) -> Bool? {
    var hasNumber = false
    var hasTarget = false
    let isWhole = members(bytes) { cursor, key in
      if key.equals("fd", bytes) {
        hasNumber = cursor.number32(bytes) != nil
        return hasNumber
      }
      if key.equals("target", bytes) { hasTarget = true }
      return cursor.skip(bytes)
    }
    return isWhole && hasNumber ? hasTarget : nil
  }

  /// Goes past a descriptor as it was sent and received.
  mutating func skipPair(_ bytes: Span<UInt8>) -> Bool {
    var hasSent = false
    var hasReceived = false
    let isWhole = members(bytes) { cursor, key in
      if key.equals("sent", bytes) {
        hasSent = cursor.number32(bytes) != nil
        return hasSent
      }
      if key.equals("received", bytes) {
        hasReceived = cursor.number32(bytes) != nil
        return hasReceived
      }
      return cursor.skip(bytes)
    }
    return isWhole && hasSent && hasReceived
  }

  mutating func row(_ bytes: Span<UInt8>) -> EventSketch.Row? {
    var pid: Int32?
    var fd: Int32?
    var row = EventSketch.Row(pid: 0, fd: 0, isOpen: true)
    let isWhole = members(bytes) { cursor, key in
      if key.equals("pid", bytes) {
        pid = cursor.number32(bytes)
        return pid != nil
      }
      if key.equals("fd", bytes) {
        fd = cursor.number32(bytes)
        return fd != nil
      }
      if key.equals("inode", bytes) {
        guard let number = cursor.number(bytes) else { return false }
        row.inode = UInt64(number)
        return true
      }
      if key.equals("queued", bytes) {
        row.queued = cursor.number(bytes)
        return row.queued != nil
      }
      if key.equals("socket", bytes) {
        guard let socket = cursor.socket(bytes), socket.fd != nil else { return false }
        row.socket = socket.inode
        return true
      }
      if key.equals("gone", bytes) { row.isOpen = false }
      return cursor.skip(bytes)
    }
    guard isWhole, let pid, let fd else { return nil }
    guard row.isOpen else { return EventSketch.Row(pid: pid, fd: fd, isOpen: false) }
    row.pid = pid
    row.fd = fd
    return row
  }
}
