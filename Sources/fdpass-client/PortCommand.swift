import ArgumentParser
import Brokers

/// `fdpass-client port`.
struct PortCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "port",
    abstract: "Run a command with a listening socket that fdpass-server ports passes.",
    discussion: """
      The command gets the socket as descriptor 3 and is told so by LISTEN_FDS, LISTEN_PID and \
      LISTEN_FDNAMES, as by systemd's socket activation: see sd_listen_fds(3).

      EXAMPLES
        fdpass-client port [::1]:53 --udp -- named -g
      """)

  @Argument(help: "Address and port: 127.0.0.1:80, [::1]:80.")
  var address: String

  @Flag(name: .long, help: "A port of UDP. Without it, of TCP.")
  var udp = false

  @OptionGroup var options: AskingOptions

  @Argument(
    parsing: .postTerminator, help: "The program and its arguments.", completion: .shellCommand(""))
  var command: [String] = []

  func validate() throws {
    if command.isEmpty {
      throw ValidationError("Name the program that gets the socket, after the options and --.")
    }
  }

  func run() throws {
    try complaining { () throws(BrokerError) in
      try StandardStreams.fillGaps()
      try PortClient.run(
        path: SocketPlace.chosen(options.socket, role: "ports"), address: address, isUDP: udp,
        command: command)
    }
  }
}
