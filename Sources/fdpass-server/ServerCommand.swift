import ArgumentParser
import Brokers

@main
struct ServerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fdpass-server",
    abstract: "Pass descriptors: standard output, listening sockets, files, idle connections.",
    usage: """
      fdpass-server [--socket <path>]
      fdpass-server <role> [<options>]
      """,
    discussion: """
      Clients connect to a Unix socket and ask; what they ask for goes to them in an SCM_RIGHTS \
      message. Without a role, it is this program's standard output. Ctrl-C ends the server and \
      removes its socket.

      EXAMPLES
        fdpass-server                            start fdpass-client in another terminal, type there
        fdpass-server --socket /tmp/mysocket     where the Go programs of go-fdpass-demo look
        fdpass-server ports --rules ports.rules
        fdpass-server files --root /srv/share --max-size 1M --max-age 7d
        fdpass-server park
      """,
    version: "fdpass-server \(brokersVersion)",
    subcommands: [
      StdoutCommand.self, PortsCommand.self, FilesCommand.self, ParkCommand.self,
    ],
    defaultSubcommand: StdoutCommand.self)
}
