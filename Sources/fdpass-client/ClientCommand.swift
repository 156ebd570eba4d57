import ArgumentParser
import Brokers
import SystemPackage

@main
struct ClientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fdpass-client",
    abstract: "Ask a server for its standard output, and write to it what is typed here.",
    discussion: """
      The server passes a descriptor in an SCM_RIGHTS message over a Unix socket. Our standard \
      input is copied to it until end of file (Ctrl-D), and shows up in the server's terminal.
      """,
    version: brokersVersion)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where the server listens. Default: fdpass.sock in $XDG_RUNTIME_DIR or else in a private"
        + " directory under /tmp.", valueName: "path"))
  var socket: String?

  func run() throws {
    do throws(BrokerError) {
      try StandardStreams.prepare(needed: .standardInput, named: "standard input")
      let path = try SocketPlace.chosen(socket)
      try StdoutClient.run(path: path)
    } catch {
      StandardStreams.complain(error.description)
      throw ExitCode.failure
    }
  }
}
