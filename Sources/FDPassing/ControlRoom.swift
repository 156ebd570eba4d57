#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Memory for a control buffer.
enum ControlRoom {
  /// Up to here the standard library's temporary memory is on the stack, beyond on the heap.
  private static let stackLimit = 1024

  /// Lends so many bytes, aligned for `cmsghdr` and not initialized.
  @inline(__always)
  static func with<Success: ~Copyable>(
    _ byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) throws(PassingError) -> Success
  ) throws(PassingError) -> Success {
    #if os(Linux)
      // Credentials, 253 descriptors and a pid descriptor take 1088 bytes with their headers.
      if byteCount > stackLimit && byteCount <= 1088 {
        var room = InlineArray<136, UInt64>(repeating: 0)
        return try unsafe withUnsafeMutableBytes(of: &room) {
          (bytes) throws(PassingError) -> Success in
          try unsafe body(UnsafeMutableRawBufferPointer(rebasing: bytes[..<byteCount]))
        }
      }
    #endif
    return try unsafe withUnsafeTemporaryAllocation(
      byteCount: byteCount, alignment: MemoryLayout<cmsghdr>.alignment, body)
  }
}
