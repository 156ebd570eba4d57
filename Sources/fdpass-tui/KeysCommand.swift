import ArgumentParser
import Glibc
import InspectorApp

/// `fdpass-tui keys`: the keys as they are, in the form of the configuration file.
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "List the keys and the commands that they are bound to.",
    discussion: """
      The lines have the form of the configuration file, and it counts already: take those that you \
      want to change, and bind a key to another command, or to none.

      EXAMPLES
        fdpass-tui keys                          which key does what
      """)

  func run() throws {
    writeAll(Array(UserFiles.settings.keymap.listing.utf8), to: STDOUT_FILENO)
  }
}
