import ArgumentParser
import Brokers
import FDPassing
import SystemPackage

/// `fdpass-server stdout`, also without its name.
struct StdoutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stdout",
    abstract: "Pass this program's standard output to every client that asks.",
    discussion: """
      Only this user may connect. Each client that asks gets a descriptor of our standard output; \
      what it writes there shows up here. The words are those of go-fdpass-demo.
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where to listen. By default fdpass.sock in $XDG_RUNTIME_DIR, or else in a directory"
        + " under /tmp that only this user may enter.", valueName: "path"),
    completion: .file())
  var socket: String?

  func run() throws {
    try complaining { () throws(BrokerError) in
      try StandardStreams.prepare(needed: .standardOutput, named: "standard output")
      var activation = try Activation.take()
      let listener = try listener(inherited: activation.listener.take())
      var server = StdoutServer(on: listener, passing: .standardOutput)
      try activation.manager?.tellReady("Passing standard output")
      try server.run()
    }
  }

  private func listener(
    inherited: consuming OwnedDescriptor?
  ) throws(BrokerError) -> ServerSocket {
    if let inherited { return try ServerSocket.adopt(inherited, kind: .stream) }
    return try ServerSocket.listen(at: SocketPlace.chosen(socket), removedOnSignals: true)
  }
}

/// Runs `body`; what it throws becomes one sentence on standard error, and status 1.
func complaining(_ body: () throws(BrokerError) -> Void) throws {
  do throws(BrokerError) { try body() } catch {
    StandardStreams.complain(error.description)
    throw ExitCode.failure
  }
}
