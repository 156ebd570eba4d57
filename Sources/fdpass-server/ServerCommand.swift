import ArgumentParser
import Brokers
import SystemPackage

@main
struct ServerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fdpass-server",
    abstract: "Pass this program's standard output to every client that asks.",
    discussion: """
      Clients connect to a Unix socket that only this user may use. Each one that asks gets a \
      descriptor of our standard output in an SCM_RIGHTS message; what it writes there shows up \
      here. Start fdpass-client in another terminal, then type there. Ctrl-C ends the server and \
      removes its socket.

      EXAMPLES
        fdpass-server
        fdpass-server --socket /tmp/mysocket     where the Go programs of go-fdpass-demo look
      """,
    version: "fdpass-server \(brokersVersion)")

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where to listen. By default fdpass.sock in $XDG_RUNTIME_DIR, or else in a directory"
        + " under /tmp that only this user may enter.", valueName: "path"),
    completion: .file())
  var socket: String?

  func run() throws {
    do throws(BrokerError) {
      try StandardStreams.prepare(needed: .standardOutput, named: "standard output")
      let path = try SocketPlace.chosen(socket)
      let listener = try ServerSocket.listen(at: path, removedOnSignals: true)
      var server = StdoutServer(on: listener, passing: .standardOutput)
      try server.run()
    } catch {
      StandardStreams.complain(error.description)
      throw ExitCode.failure
    }
  }
}
