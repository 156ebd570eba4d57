import Foundation
import TestKit
import Testing
import TextUI

/// The inspector on the screen of a terminal, as its user has it.
extension TerminalSession {
  static let inspector = BuiltProducts.path(of: "fdpass-tui")

  /// Starts the inspector and waits for its first screen.
  static func inspecting(
    _ arguments: [String] = [], columns: Int = 110, rows: Int = 34,
    environment: [String: String] = [:]
  ) async throws -> TerminalSession {
    let terminal = try await TerminalSession(
      [inspector] + arguments, columns: columns, rows: rows, environment: environment)
    try await terminal.waitFor("What just happened")
    return terminal
  }

  /// Presses Space, each time after the step before has ended, until the screen holds `text`.
  @discardableResult
  func step(
    until text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> ScreenText {
    let limit = 40
    var before: [String]?
    for _ in 0..<limit {
      let screen = try await waitForStop(otherThan: before, sourceLocation: sourceLocation)
      if screen.contains(text) { return screen }
      if screen.waitsForOthers { break }
      before = screen.timeline
      try await send("Space")
    }
    return try await waitFor(text, sourceLocation: sourceLocation)
  }

  /// Waits until a step has come to its end. Only the header and the timeline tell: what a program
  /// printed may come at any time.
  private func waitForStop(
    otherThan before: [String]?, sourceLocation: SourceLocation
  ) async throws -> ScreenText {
    var last: [String]?
    return try await waitUntil("the end of a step", sourceLocation: sourceLocation) { screen in
      defer { last = screen.timeline }
      return (screen.isStopped || screen.waitsForOthers) && screen.timeline != before
        && screen.timeline == last
    }
  }

  /// Goes on with Tab until the pane whose title begins with `title` is focused.
  func focus(
    _ title: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    var before: String?
    for _ in 0..<8 {
      // Of the panes only the focus is looked at: what they show may change at any time.
      let screen = try await waitUntil("another pane", sourceLocation: sourceLocation) {
        $0.focusedPane != nil && $0.focusedPane != before
      }
      if screen.contains("[ \(title)") { return }
      before = screen.focusedPane
      try await send("Tab")
    }
    try await waitFor("[ \(title)", sourceLocation: sourceLocation)
  }

  /// Waits until every row of the panes begins and ends at the edges of the screen, `columns` wide:
  /// text that ran out of its pane, or moved the cursor, breaks them for good.
  @discardableResult
  func waitForStraightBorders(
    columns: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> ScreenText {
    try await waitUntil("straight borders", sourceLocation: sourceLocation) {
      $0.hasStraightBorders(columns: columns)
    }
  }

  /// Presses `q` and expects the inspector to end well.
  func quit(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await send("q")
    #expect(try await waitForExit() == 0, sourceLocation: sourceLocation)
  }
}

extension ScreenText {
  /// The rows of the pane at the top, which is the timeline or has the whole screen.
  fileprivate var timeline: [String] {
    let isBorder = { (line: String) in line.first.map { "┌├+".contains($0) } == true }
    return Array(lines.drop { !isBorder($0) }.dropFirst().prefix { !isBorder($0) })
  }

  /// Whether no step is under way.
  fileprivate var isStopped: Bool { lines.first?.contains("stopped") == true }

  /// Whether no step can make anybody move.
  fileprivate var waitsForOthers: Bool { lines.first?.contains("all wait") == true }

  /// The place of the focused pane's title and the title up to a colon; nil where none is whole.
  fileprivate var focusedPane: String? {
    for (row, line) in lines.enumerated() {
      guard let title = line.firstMatch(of: #/[┌┬├┼+]\[ ([^:\]]+)/#) else { continue }
      let column = line.distance(from: line.startIndex, to: title.range.lowerBound)
      return "\(row), \(column): \(title.1)"
    }
    return nil
  }

  private static let edges: (left: Set<Character>, right: Set<Character>) = (
    ["┌", "│", "├", "└"], ["┐", "│", "┤", "┘"]
  )

  fileprivate func hasStraightBorders(columns: Int) -> Bool {
    guard let top = lines.firstIndex(where: { $0.hasPrefix("┌") }),
      let bottom = lines.lastIndex(where: { $0.hasPrefix("└") }), bottom == lines.count - 2
    else { return false }
    return lines[top...bottom].allSatisfy { line in
      guard let first = line.first, let last = line.last else { return false }
      return Self.edges.left.contains(first) && Self.edges.right.contains(last)
        && DisplayWidth.of(line) == columns
    }
  }
}
