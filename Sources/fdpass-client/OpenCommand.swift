import ArgumentParser
import Brokers
import SystemPackage

/// `fdpass-client open`.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Print a file that fdpass-server files opens, or run a command with it.",
    discussion: """
      Without a command, the file is copied to standard output. A command gets it as its standard \
      input, which with --write can be written to as well.
      """)

  @Argument(help: "The file, as seen from the server's root.")
  var path: String

  @Flag(name: .long, help: "Ask for the file to be open for writing as well. Needs a command.")
  var write = false

  @OptionGroup var options: AskingOptions

  @Argument(
    parsing: .postTerminator, help: "The program and its arguments.", completion: .shellCommand(""))
  var command: [String] = []

  func validate() throws {
    if write && command.isEmpty {
      throw ValidationError("--write is for a program: name it after the options and --.")
    }
  }

  func run() throws {
    try complaining { () throws(BrokerError) in
      try StandardStreams.fillGaps()
      let server = try SocketPlace.chosen(options.socket, role: "files")
      if command.isEmpty { return try FileClient.copy(server: server, path: FilePath(path)) }
      try FileClient.execute(
        server: server, path: FilePath(path), writable: write, command: command)
    }
  }
}
