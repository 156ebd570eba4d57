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
    for _ in 0..<limit {
      let screen = try await waitUntil("the end of a step", sourceLocation: sourceLocation) {
        $0.contains("stopped") || $0.contains("all wait")
      }
      if screen.contains(text) { return screen }
      if screen.contains("all wait") { break }
      try await send("Space")
      try await waitUntil("another step", sourceLocation: sourceLocation) {
        $0 != screen
      }
    }
    return try await waitFor(text, sourceLocation: sourceLocation)
  }

  /// Goes on with Tab until the pane whose title begins with `title` is focused.
  func focus(
    _ title: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    for _ in 0..<8 {
      let screen = try await screen()
      if screen.contains("[ \(title)") { return }
      try await send("Tab")
      try await waitUntil("another pane", sourceLocation: sourceLocation) { $0 != screen }
    }
    try await waitFor("[ \(title)", sourceLocation: sourceLocation)
  }

  /// Waits until every row of the panes begins and ends at the edges of the screen, `columns` wide:
  /// text that ran out of its pane, or moved the cursor, breaks them for good.
  @discardableResult
  func waitForStraightBorders(
    columns: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> ScreenText {
    try await waitUntil(
      "straight borders", deadline: .seconds(5), sourceLocation: sourceLocation
    ) { $0.hasStraightBorders(columns: columns) }
  }

  /// Presses `q` and expects the inspector to end well.
  func quit(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await send("q")
    #expect(try await waitForExit() == 0, sourceLocation: sourceLocation)
  }
}

extension ScreenText {
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
