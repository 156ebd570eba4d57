import ArgumentParser
import Brokers
import SystemPackage

@main
struct ClientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fdpass-client",
    abstract: "Get a server's standard output, and write to it what is typed here.",
    discussion: """
      The server passes a descriptor in an SCM_RIGHTS message over a Unix socket. What is typed \
      here is written to that descriptor, until end of file (Ctrl-D), and shows up where the \
      server runs. Start fdpass-server in another terminal first.

      EXAMPLES
        fdpass-client                            type lines, then Ctrl-D
        date | fdpass-client --socket /tmp/mysocket
      """,
    version: "fdpass-client \(brokersVersion)")

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where the server listens. By default fdpass.sock in $XDG_RUNTIME_DIR, or else in a"
        + " directory under /tmp that only this user may enter.", valueName: "path"),
    completion: .file())
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
