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
    guard numbers.count > 1 else {
      self.init(single: numbers.first)
      return
    }
    let byteCount = MemoryLayout<Int32>.stride * numbers.count
    let memory = unsafe Self.allocate(byteCount)
    unsafe numbers.withUnsafeBytes {
      unsafe UnsafeMutableRawBufferPointer(start: memory, count: byteCount).copyMemory(from: $0)
    }
    unsafe self.init(taking: memory, at: 0, numbers.count)
  }

  /// Becomes the owner of one open descriptor or of none.
  init(single: Int32?) {
    self.single = single ?? -1
    unsafe numbers = nil
    left = 0..<(single == nil ? 0 : 1)
  }

  /// Becomes the owner of memory from `allocate` and of the open descriptors that stand in it.
  init(taking memory: UnsafeMutableRawPointer, at start: Int, _ count: Int) {
    single = -1
    unsafe numbers = memory.assumingMemoryBound(to: Int32.self)
    left = start..<start + count
  }

  static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    // What the language allocates is aligned at a price, and this needs no more than malloc gives.
    guard let memory = unsafe malloc(byteCount) else { fatalError("There is no memory left") }
    return unsafe memory
  }

  deinit {
    close(left)
    if let numbers = unsafe numbers { unsafe free(numbers) }
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
