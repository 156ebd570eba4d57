/// Memory for the control messages of one send.
enum SendRoom {
  /// So much the standard library lends from the stack; for more it would allocate.
  private static let lentLimit = 1024
  /// 253 descriptors and credentials take 1064 bytes with their headers.
  private static let limit = 1064

  /// Lends so many bytes, aligned for `cmsghdr`. What they hold is not defined.
  @inline(__always)
  static func with<Success>(
    _ byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) throws(PassingError) -> Success
  ) throws(PassingError) -> Success {
    if byteCount > lentLimit { return try unsafe withZeroed(byteCount, body) }
    return try unsafe withUnsafeTemporaryAllocation(
      byteCount: byteCount, alignment: MemoryLayout<UInt64>.alignment, body)
  }

  /// More than is lent: here the compiler insists on a value.
  @inline(never)
  private static func withZeroed<Success>(
    _ byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) throws(PassingError) -> Success
  ) throws(PassingError) -> Success {
    precondition(byteCount <= limit, "A send has no other control messages")
    var room = InlineArray<133, UInt64>(repeating: 0)
    return try unsafe withUnsafeMutableBytes(of: &room) {
      (bytes) throws(PassingError) -> Success in
      try unsafe body(UnsafeMutableRawBufferPointer(rebasing: bytes[..<byteCount]))
    }
  }
}
