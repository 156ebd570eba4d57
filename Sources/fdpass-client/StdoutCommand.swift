import ArgumentParser
import Brokers
import SystemPackage

/// `fdpass-client stdout`, also without its name.
struct StdoutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stdout",
    abstract: "Get a server's standard output, and write to it what is typed here.",
    discussion: """
      What is typed is written to the descriptor that the server passes, until end of file (Ctrl-D).
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where the server listens. By default fdpass.sock in $XDG_RUNTIME_DIR, or else in a"
        + " directory under /tmp that only this user may enter.", valueName: "path"),
    completion: .file())
  var socket: String?

  func run() throws {
    try complaining { () throws(BrokerError) in
      try StandardStreams.prepare(needed: .standardInput, named: "standard input")
      try StdoutClient.run(path: SocketPlace.chosen(socket))
    }
  }
}
