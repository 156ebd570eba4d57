/// Which files a server hands over.
public struct FileLimits: Hashable, Sendable {
  /// The most bytes; nil for any size.
  public var maximumSize: Int64?
  /// The longest time since the last change; nil for any.
  public var maximumAge: Duration?
  /// Whether files may be asked for to be written to.
  public var allowsWriting = false

  /// Any regular file, to be read.
  public init() {}

  /// Says why a file is within the limits.
  ///
  /// - Throws: The limit that it breaks.
  func check(size: Int64, age: Duration) throws(Refusal) -> String {
    var reasons = ["a regular file below the root"]
    if let maximumSize {
      if size > maximumSize {
        throw Refusal(
          "It has \(size) bytes, and --max-size is \(Quantity.bytes(maximumSize)) bytes.")
      }
      reasons.append("\(size) bytes of at most \(Quantity.bytes(maximumSize))")
    }
    if let maximumAge {
      let seconds = max(0, age.components.seconds)
      if age > maximumAge {
        throw Refusal(
          "It was changed \(Quantity.time(seconds)) ago, and --max-age is "
            + "\(Quantity.time(maximumAge.components.seconds)).")
      }
      reasons.append(
        "changed \(Quantity.time(seconds)) ago of at most "
          + Quantity.time(maximumAge.components.seconds))
    }
    return reasons.joined(separator: ", ")
  }
}

/// Sizes and times as people write them: `1M`, `7d`.
public enum Quantity {
  private static let sizes: [(Character, Int64)] = [
    ("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10),
  ]
  private static let times: [(Character, Int64)] = [
    ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]

  /// Reads bytes: digits, and K, M or G for 1024 times as many.
  public static func bytes(_ text: String) -> Int64? { number(text, sizes) }

  /// Reads seconds: digits, and s, m, h, d or w.
  public static func seconds(_ text: String) -> Int64? { number(text, times) }

  private static func number(_ text: String, _ units: [(Character, Int64)]) -> Int64? {
    let unit = units.first { text.last == $0.0 }
    let digits = unit == nil ? text[...] : text.dropLast()
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(digits) else {
      return nil
    }
    let (product, isTooMuch) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
    return isTooMuch ? nil : product
  }

  static func bytes(_ count: Int64) -> String { text(count, sizes) ?? "\(count)" }

  /// In the largest unit of which there is one: `3h`.
  static func time(_ seconds: Int64) -> String {
    let unit = times.first { seconds >= $0.1 } ?? ("s", 1)
    return "\(seconds / unit.1)\(unit.0)"
  }

  /// In the largest unit that divides it.
  private static func text(_ count: Int64, _ units: [(Character, Int64)]) -> String? {
    units.first { count >= $0.1 && count % $0.1 == 0 }.map { "\(count / $0.1)\($0.0)" }
  }
}
