public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Descriptors that came with a message. What nobody takes is closed with the batch.
@safe
public struct DescriptorBatch: ~Copyable, @unchecked Sendable {
  // One number has its place here. More have memory of their own and no array, so that a receive
  // allocates once at most.
  private let single: Int32
  private let numbers: UnsafeMutablePointer<Int32>?
  private var left: Range<Int>

  /// Becomes the owner of open descriptors, in this order.
  public init(adopting numbers: [Int32] = []) {
    left = numbers.indices
    single = numbers.first ?? -1
    unsafe self.numbers = numbers.withUnsafeBytes { unsafe Self.copy($0) }
  }

  /// Becomes the owner of open descriptors, whose numbers stand in memory as C has them.
  init(numbers bytes: UnsafeRawBufferPointer) {
    left = 0..<bytes.count / MemoryLayout<Int32>.size
    single = left.isEmpty ? -1 : unsafe bytes.loadUnaligned(as: Int32.self)
    unsafe numbers = Self.copy(bytes)
  }

  init(none: Void) {
    left = 0..<0
    single = -1
    unsafe numbers = nil
  }

  private static func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<Int32>? {
    guard let source = bytes.baseAddress, bytes.count > MemoryLayout<Int32>.size else {
      return nil
    }
    // What the language allocates is aligned at a price, and this needs no more than malloc gives.
    guard let memory = unsafe malloc(bytes.count) else { fatalError("There is no memory left") }
    unsafe memory.copyMemory(from: source, byteCount: bytes.count)
    return unsafe memory.assumingMemoryBound(to: Int32.self)
  }

  deinit {
    close(left)
    unsafe free(numbers)
  }

  /// How many are left in the batch.
  public var count: Int { left.count }

  /// Whether none is left in the batch.
  public var isEmpty: Bool { left.isEmpty }

  /// Lends the descriptors that are left, in order. They stay owned here: do not close them.
  public var fileDescriptors: [FileDescriptor] {
    left.map { FileDescriptor(rawValue: self[$0]) }
  }

  /// Lends the numbers as C has them.
  func withLent<Success>(
    _ body: (UnsafeRawBufferPointer) throws(PassingError) -> Success
  ) throws(PassingError) -> Success {
    guard let numbers = unsafe numbers else {
      return try unsafe withUnsafeBytes(of: single) { (bytes) throws(PassingError) in
        try unsafe body(UnsafeRawBufferPointer(rebasing: bytes.prefix(4 * left.count)))
      }
    }
    return try unsafe body(
      UnsafeRawBufferPointer(
        UnsafeBufferPointer(start: numbers + left.lowerBound, count: left.count)))
  }

  private subscript(_ index: Int) -> Int32 {
    guard let numbers = unsafe numbers else { return single }
    return unsafe numbers[index]
  }

  /// Takes the first descriptor out of the batch, or nil if none is left.
  public mutating func takeFirst() -> OwnedDescriptor? {
    guard let first = left.first else { return nil }
    left.removeFirst()
    return OwnedDescriptor(adopting: self[first])
  }

  /// Gives all that are left away. The caller must close them.
  public consuming func release() -> [Int32] {
    let released = fileDescriptors.map(\.rawValue)
    left = 0..<0
    return released
  }

  /// Closes all but the first `limit`, and says whether there were any more.
  mutating func closeAll(beyond limit: Int) -> Bool {
    guard count > limit else { return false }
    let kept = left.lowerBound..<left.lowerBound + limit
    close(kept.upperBound..<left.upperBound)
    left = kept
    return true
  }

  private func close(_ range: Range<Int>) {
    for index in range { _ = OwnedDescriptor(adopting: self[index]) }
  }
}
