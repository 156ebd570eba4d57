import ArgumentParser
import Brokers
import SystemPackage

/// `fdpass-client park`.
struct ParkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "park",
    abstract: "Have fdpass-server park hold a connection until a line is typed.",
    discussion: """
      It shows each step of a parked connection once: this program makes a connection with itself, \
      parks one end and closes it, sends the line through the other, and gets the first one back, \
      with the token it left. At end of file (Ctrl-D) the other end hangs up instead. See serve for \
      a server that does it with all its connections.

      EXAMPLES
        fdpass-client park
      """)

  @OptionGroup var options: AskingOptions

  func run() throws {
    try complaining { () throws(BrokerError) in
      try StandardStreams.prepare(needed: .standardInput, named: "standard input")
      try ParkVisit.run(path: SocketPlace.chosen(options.socket, role: "park"))
    }
  }
}
