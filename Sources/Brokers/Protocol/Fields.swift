/// The named values of a message, in their order. A value is bytes: a path may be no UTF-8.
public struct Fields: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  private var keys: [String] = []
  private var values: [[UInt8]] = []

  /// No fields.
  public init() {}

  /// Fields with text for values, in the order written. The keys must be different ones.
  public init(dictionaryLiteral elements: (String, String)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// The text of a field: nil when it is not there or no UTF-8.
  public subscript(key: String) -> String? {
    get { bytes(key).flatMap { String(validating: $0, as: UTF8.self) } }
    set { set(key, to: newValue.map { Array($0.utf8) }) }
  }

  /// The bytes of a field.
  public func bytes(_ key: String) -> [UInt8]? {
    keys.firstIndex(of: key).map { values[$0] }
  }

  /// Sets the bytes of a field; nil takes it away.
  public mutating func set(_ key: String, to value: [UInt8]?) {
    if let index = keys.firstIndex(of: key) {
      keys.remove(at: index)
      values.remove(at: index)
    }
    guard let value else { return }
    keys.append(key)
    values.append(value)
  }

  /// Keys and values, in order.
  public var all: [(key: String, value: [UInt8])] {
    zip(keys, values).map { (key: $0, value: $1) }
  }

  /// The first key that is not among those known.
  public func unknownKey(besides known: Set<String>) -> String? {
    keys.first { !known.contains($0) }
  }
}
