import ArgumentParser
import Brokers
import SystemPackage

/// `fdpass-server ports`.
struct PortsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ports",
    abstract: "Pass listening sockets, also of privileged ports, to those whom rules allow.",
    discussion: """
      A rule is a line: allow or deny, then what must fit: user NAME… and group NAME… (or numbers), \
      tcp PORTS… or udp PORTS… (80, 8000-8100), on ADDRESS…. The first rule that fits decides; where \
      none does, nobody may. # begins a comment. Who asks is known from the kernel. Each decision is \
      a line on standard output. SIGHUP makes the server read the rules again; wrong ones are named \
      with line and column, and the old ones stay.

      EXAMPLES
        fdpass-server ports --rules ports.rules --socket /run/ports.sock
      """)

  @Option(
    name: .long, help: ArgumentHelp("The file with the rules.", valueName: "file"),
    completion: .file())
  var rules: String

  @OptionGroup var options: ServingOptions

  func run() throws {
    try complaining { () throws(BrokerError) in
      // The rules decide, so everybody may ask.
      let everybody: FilePermissions = [.ownerReadWrite, .groupReadWrite, .otherReadWrite]
      try options.serve("ports", permissions: everybody) { (_, _) throws(BrokerError) in
        try PortRole(rules: FilePath(rules), log: logLine)
      }
    }
  }
}
