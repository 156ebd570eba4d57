import ArgumentParser
import Brokers
import SystemPackage

/// `fdpass-server park`.
struct ParkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "park",
    abstract: "Hold idle connections for servers that spend a lot on each.",
    discussion: """
      A server passes an idle connection here with a token, and forgets it. The park watches it and \
      reads nothing. When there is something to read, the server that came last gets it back with \
      the token; while there is none, everything stays. Only this user's servers may use it. With a \
      service manager that has a descriptor store, connections outlive a restart of the park as \
      well: FileDescriptorStoreMax= must be as large as their number. fdpass-client serve is a \
      server that uses it.

      EXAMPLES
        fdpass-server park
        fdpass-client serve 127.0.0.1:7000       in another terminal
      """)

  @Flag(name: .long, help: "Say nothing about single connections.")
  var quiet = false

  @OptionGroup var options: ServingOptions

  func run() throws {
    let log = quiet ? { _ in } : logLine
    try complaining { () throws(BrokerError) in
      try options.serve("park", permissions: .ownerReadWrite) {
        (poller, kept) throws(BrokerError) in
        let count = kept.count
        if count > 0 { logLine("\(count) connections were kept") }
        return try ParkRole(
          kept: kept.take(), poller: poller, capacity: DescriptorLimit.raise() - Self.reserve,
          log: log)
      } end: { (park, manager) throws(BrokerError) in
        logLine("\(try ParkStore.keep(park, by: manager)) connections are kept")
      }
    }
  }

  /// The descriptors that are not for parked connections: servers, and what the process itself has.
  private static let reserve = 128
}
