import ControlMessages

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Memory for the control messages of one receive.
///
/// One descriptor and the reports about the sender have their place in it. For more descriptors it
/// allocates, and their batch takes that over as the kernel filled it.
@safe
struct ReceiveRoom: ~Copyable {
  private var place = InlineArray<10, UInt64>(repeating: 0)
  private var memory: UnsafeMutableRawPointer?
  /// How much there is room for.
  let byteCount: Int

  @inline(__always)
  init(descriptors: Int, reports: UnixSocket.SenderReports) {
    byteCount = NativeControl.room(descriptors: descriptors, reports: reports)
    unsafe memory = descriptors > 1 ? DescriptorBatch.allocate(byteCount) : nil
  }

  deinit {
    if let memory = unsafe memory { unsafe free(memory) }
  }

  /// Lends the first `count` bytes.
  @inline(__always)
  mutating func withBytes<Success, Failure>(
    _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Success
  ) throws(Failure) -> Success {
    let memory = unsafe memory
    return try unsafe withUnsafeMutableBytes(of: &place) { (place) throws(Failure) in
      try unsafe body(
        UnsafeMutableRawBufferPointer(start: memory ?? place.baseAddress, count: count))
    }
  }

  /// Takes the descriptors out of so many bytes that the kernel wrote, or says nil when there are
  /// more than the limit or other messages.
  @inline(__always)
  mutating func takeDescriptors(_ filled: Int, atMost limit: Int) -> DescriptorBatch? {
    let rights = unsafe withBytes(filled) { unsafe NativeControl.rights(.init($0)) }
    guard let rights, rights.count <= limit else { return nil }
    guard let taken = unsafe memory else { return DescriptorBatch(single: rights.first) }
    unsafe memory = nil
    return unsafe DescriptorBatch(taking: taken, at: NativeControl.rightsStart, rights.count)
  }

  /// Reads whatever is there.
  mutating func decode(_ filled: Int) -> [ControlMessage] {
    unsafe withBytes(filled) { unsafe NativeControl.decode(UnsafeRawBufferPointer($0)) }
  }
}
