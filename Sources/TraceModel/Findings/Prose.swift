/// Small pieces of the sentences that findings are made of.
enum Prose {
  /// `1 byte`, `2 bytes`.
  static func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }

  /// `a`, `a and b`, `a, b and c`; many as a few and a number.
  static func list(_ items: [String], limit: Int = 4) -> String {
    if items.count > limit {
      return items.prefix(limit).joined(separator: ", ") + " and \(items.count - limit) more"
    }
    guard let last = items.last, items.count > 1 else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " and " + last
  }

  static func list(_ numbers: [Int32]) -> String { list(numbers.map { String($0) }) }

  /// `4 (/dev/pts/3)`.
  static func named(_ descriptors: [DescriptorFacts]) -> String {
    list(descriptors.map { $0.name.isEmpty ? "\($0.fd)" : "\($0.fd) (\($0.name))" })
  }

  /// `it`, `them`.
  static func them(_ count: Int) -> String { count == 1 ? "it" : "them" }

  /// `it`, `they`.
  static func it(_ count: Int) -> String { count == 1 ? "it" : "they" }

  /// `the descriptor`, `the 3 descriptors`.
  static func theDescriptors(_ count: Int) -> String {
    count == 1 ? "the descriptor" : "the \(count) descriptors"
  }
}
