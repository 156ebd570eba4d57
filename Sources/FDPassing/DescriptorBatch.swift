public import SystemPackage

/// Descriptors that came with a message. What nobody takes is closed with the batch.
public struct DescriptorBatch: ~Copyable, Sendable {
  private var numbers: [Int32]

  /// Becomes the owner of open descriptors, in this order.
  public init(adopting numbers: [Int32] = []) {
    self.numbers = numbers
  }

  deinit {
    for number in numbers { _ = OwnedDescriptor(adopting: number) }
  }

  /// How many are left in the batch.
  public var count: Int { numbers.count }

  /// Whether none is left in the batch.
  public var isEmpty: Bool { numbers.isEmpty }

  /// Lends the descriptors that are left, in order. They stay owned here: do not close them.
  public var fileDescriptors: [FileDescriptor] { numbers.map(FileDescriptor.init(rawValue:)) }

  /// Takes the first descriptor out of the batch, or nil if none is left.
  public mutating func takeFirst() -> OwnedDescriptor? {
    if numbers.isEmpty { return nil }
    return OwnedDescriptor(adopting: numbers.removeFirst())
  }

  /// Gives all that are left away. The caller must close them.
  public consuming func release() -> [Int32] {
    let released = numbers
    numbers = []
    return released
  }

  /// Closes all but the first `limit`, and says whether there were any more.
  mutating func closeAll(beyond limit: Int) -> Bool {
    guard numbers.count > limit else { return false }
    for number in numbers[limit...] { _ = OwnedDescriptor(adopting: number) }
    numbers.removeSubrange(limit...)
    return true
  }
}
