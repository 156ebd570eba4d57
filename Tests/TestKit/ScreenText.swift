/// What a terminal shows at one moment.
public struct ScreenText: Sendable, Equatable, CustomStringConvertible {
  /// The rows from the top, without trailing blanks, as many as the terminal has.
  public let lines: [String]

  /// Whether any single row holds `text`.
  public func contains(_ text: String) -> Bool {
    lines.contains { $0.contains(text) }
  }

  /// The rows between two rules, for a failure message.
  public var description: String {
    let rule = String(repeating: "─", count: max(20, lines.map(\.count).max() ?? 0))
    return ([rule] + lines + [rule]).joined(separator: "\n")
  }
}
