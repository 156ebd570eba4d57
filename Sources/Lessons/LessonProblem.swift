/// Why a lesson's text cannot be read, and where.
public struct LessonProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int
  /// The column in characters, from 1.
  public let column: Int
  /// What is wrong and what belongs there, without a full stop.
  public let reason: String

  /// One sentence with the place.
  public var description: String { "line \(line), column \(column): \(reason)." }

  init(_ line: Int, _ column: Int, _ reason: String) {
    self.line = line
    self.column = column
    self.reason = reason
  }
}
