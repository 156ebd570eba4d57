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
  // Memory of its own and no array, so that a receive allocates once.
  private let numbers: UnsafeMutablePointer<Int32>?
  private var left: Range<Int>

  /// Becomes the owner of open descriptors, in this order.
  public init(adopting numbers: [Int32] = []) {
    left = numbers.indices
    unsafe self.numbers = numbers.withUnsafeBytes { unsafe Self.copy($0) }
  }

  /// Becomes the owner of open descriptors, whose numbers stand in memory as C has them.
  init(numbers bytes: UnsafeRawBufferPointer) {
    left = 0..<bytes.count / MemoryLayout<Int32>.size
    unsafe numbers = Self.copy(bytes)
  }

  init(none: Void) {
    left = 0..<0
    unsafe numbers = nil
  }

  private static func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<Int32>? {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return nil }
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

  /// The numbers as C has them, for as long as the batch is not changed.
  var lent: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(
      UnsafeBufferPointer(start: numbers.map { unsafe $0 + left.lowerBound }, count: left.count))
  }

  private subscript(_ index: Int) -> Int32 {
    guard let numbers = unsafe numbers else { preconditionFailure("An empty batch has none") }
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
