import Foundation
import TestKit
import Testing
import TextUI

/// A lesson in a terminal, as a learner has it.
@Suite("A lesson in a terminal", .requires(.tmux, .ptrace, .kcmp)) struct LessonScreenTests {
  @Test("A learner answers, looks around, and is told", arguments: [(80, 24), (110, 34)])
  func lesson(columns: Int, rows: Int) async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let terminal = try await TerminalSession(
      [TerminalSession.inspector, "learn", "first-pass"], columns: columns, rows: rows,
      environment: ["XDG_STATE_HOME": folder.path])
    defer { terminal.close() }
    try await terminal.waitFor("Two processes stand still")
    try await terminal.send("c")
    try await terminal.waitFor("A descriptor is a row in a table")
    try await terminal.send("c")
    try await terminal.waitFor("sendmsg returned 8")
    try await terminal.send("c")
    try await terminal.waitFor("Which number will the letter have")
    try await terminal.send("Escape")
    try await terminal.waitFor("a or Space: back to the question.")
    try await terminal.send("b")
    try await terminal.waitFor("PAST")
    try await terminal.send("a")
    try await terminal.waitFor("Enter answer")
    try await terminal.send("?")
    try await terminal.waitFor("Hint: ")
    try await terminal.send("5", "Enter")
    try await terminal.waitFor("You say: 5")
    try await terminal.send("c")
    try await terminal.waitFor("Not so. You said: 5. It is: 4.")
    try await terminal.waitForStraightBorders(columns: columns)
    try await terminal.send("c")
    try await terminal.waitFor("0 of 1 predictions were right.")
    try await terminal.quit()
    let done = try String(contentsOfFile: folder.path + "/fdpass-tui/lessons", encoding: .utf8)
    #expect(done == "first-pass\n")
  }

  @Test("The list on a terminal asks for a lesson, and its end leads to the next one")
  func fromTheList() async throws {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    let terminal = try await TerminalSession(
      [TerminalSession.inspector, "learn"], columns: 80, rows: 24,
      environment: ["XDG_STATE_HOME": folder.path])
    defer { terminal.close() }
    try await terminal.waitFor("Which one? Its number or name, Enter for first-pass, q to leave:")
    // The whole list is on this small screen.
    try await terminal.waitFor(" 1        first-pass")
    try await terminal.send("9", "9", "Enter")
    try await terminal.waitFor("There is no lesson 99.")
    try await terminal.send("1", "Enter")
    try await terminal.waitFor("Two processes stand still")
    try await terminal.send("c")
    try await terminal.waitFor("A descriptor is a row in a table")
    // This small screen has turned to the table.
    try await terminal.waitFor("[giver fds]")
    try await terminal.send("c")
    try await terminal.waitFor("sendmsg returned 8")
    try await terminal.send("c")
    try await terminal.waitFor("Which number will the letter have")
    try await terminal.send("4", "Enter")
    try await terminal.waitFor("You say: 4")
    try await terminal.send("c")
    try await terminal.waitFor("Right: 4.")
    try await terminal.send("c")
    try await terminal.waitFor("Space: the next lesson, bytes.")
    try await terminal.send("Space")
    try await terminal.waitFor("learn › bytes")
    try await terminal.waitFor("At which byte does its number begin")
    try await terminal.send("Escape")
    try await terminal.waitFor("a or Space: back to the question.")
    try await terminal.quit()
  }
}
