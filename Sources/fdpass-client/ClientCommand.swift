import ArgumentParser
import Brokers

@main
struct ClientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fdpass-client",
    abstract: "Get a descriptor from fdpass-server, and use it.",
    usage: """
      fdpass-client [--socket <path>]
      fdpass-client <request> [<options>]
      """,
    discussion: """
      The server passes a descriptor in an SCM_RIGHTS message over a Unix socket. Without a request, \
      it is the server's standard output, and what is typed here shows up where the server runs. \
      Start fdpass-server in another terminal first.

      EXAMPLES
        fdpass-client                            type lines, then Ctrl-D
        date | fdpass-client --socket /tmp/mysocket
        fdpass-client port 127.0.0.1:80 -- python3 server.py
        fdpass-client open notes.txt
        fdpass-client open notes.txt -- wc -l
        fdpass-client serve 127.0.0.1:7000       an echo server that uses fdpass-server park
      """,
    version: "fdpass-client \(brokersVersion)",
    subcommands: [
      StdoutCommand.self, PortCommand.self, OpenCommand.self, ParkCommand.self,
      ServeCommand.self,
    ],
    defaultSubcommand: StdoutCommand.self)
}

/// Runs `body`; what it throws becomes one sentence on standard error, and status 1.
func complaining(_ body: () throws(BrokerError) -> Void) throws {
  do throws(BrokerError) { try body() } catch {
    StandardStreams.complain(error.description)
    throw ExitCode.failure
  }
}
