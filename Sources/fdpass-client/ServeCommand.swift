import ArgumentParser
import Brokers
import FDPassing
import SystemPackage

/// `fdpass-client serve`.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve an echo over TCP, with idle connections parked at fdpass-server park.",
    discussion: """
      It sends back every line, and is heavy on purpose: each connection costs memory. One that is \
      idle goes to the park and comes back when there is something to read, in this server or in the \
      next: stop it or kill it while all are parked, and start it again, and no client notices. \
      SIGTERM parks what is idle before it ends. Started with LISTEN_FDS=1 it takes that socket.

      EXAMPLES
        fdpass-client serve 127.0.0.1:7000
        fdpass-client serve 127.0.0.1:7000 --no-park     keeps all connections itself
      """)

  @Argument(help: "Where to listen: 127.0.0.1:7000, [::1]:7000. Not needed with LISTEN_FDS.")
  var address: String?

  @Option(
    name: .long,
    help: ArgumentHelp("The memory each connection costs: 64K, 1M.", valueName: "bytes"))
  var weight = "64K"

  @Option(
    name: .long,
    help: ArgumentHelp("Seconds without a byte before it is parked; 0 for at once.", valueName: "s")
  )
  var idle = 1.0

  @Flag(name: .long, help: "Keep all connections here.")
  var noPark = false

  @Flag(name: .long, help: "Say nothing about single connections.")
  var quiet = false

  @OptionGroup var options: AskingOptions

  func validate() throws {
    guard Quantity.bytes(weight) != nil else {
      throw ValidationError("“\(weight)” is no number of bytes, such as 64K or 1M.")
    }
    guard (0...86400).contains(idle) else {
      throw ValidationError("The seconds must be between 0 and 86400.")
    }
  }

  func run() throws {
    var choices = EchoServer.Options()
    choices.weight = Quantity.bytes(weight).map { Int($0) } ?? choices.weight
    choices.idle = .seconds(idle)
    let log: (String) -> Void = quiet ? { _ in } : { try? StandardStreams.print($0) }
    try complaining { () throws(BrokerError) in
      try StandardStreams.prepare(needed: .standardOutput, named: "standard output")
      var activation = try Activation.take()
      if !noPark { choices.park = try SocketPlace.chosen(options.socket, role: "park") }
      let server = try EchoServer(
        on: try listener(inherited: activation.listener.take()), choices, signals: true, log: log)
      try StandardStreams.print("Serving on port \(server.port)")
      try activation.manager?.tellReady("Serving on port \(server.port)")
      try server.run()
    }
  }

  private func listener(
    inherited: consuming OwnedDescriptor?
  ) throws(BrokerError) -> OwnedDescriptor {
    if let inherited { return inherited }
    guard let address else { throw .badAddress("") }
    return try EchoServer.listen(at: address)
  }
}
