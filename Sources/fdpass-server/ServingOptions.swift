import ArgumentParser
import Brokers
import FDPassing
import SystemPackage

/// What all roles have in common but the one of standard output.
struct ServingOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where to listen. By default fdpass-ROLE.sock where fdpass.sock is by default.",
      valueName: "path"),
    completion: .file())
  var socket: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Who may connect, as the socket's permissions: 600 is this user alone, 660 also the group, 666"
        + " everybody.", valueName: "octal"),
    transform: SocketMode.init)
  var mode: SocketMode?

  /// Serves until a signal comes.
  ///
  /// - Parameters:
  ///   - role: Its name, which the default socket has too.
  ///   - permissions: Those of the socket where the user names none.
  ///   - make: Makes the role.
  /// - Throws: What keeps it from serving.
  func serve(
    _ role: String, permissions: FilePermissions,
    _ make: (Poller) throws(BrokerError) -> any BrokerRole
  ) throws(BrokerError) {
    try StandardStreams.prepare(needed: .standardOutput, named: "standard output")
    let poller = try Poller()
    let served = try make(poller)
    let path = try SocketPlace.chosen(socket, role: role)
    let signals = try SignalDescriptor()
    let listener = try ServerSocket.listen(
      at: path, kind: .seqpacket, permissions: mode?.permissions ?? permissions)
    let service = try Service(
      served, on: listener, poller: poller, signals: signals, log: logLine)
    try StandardStreams.print("Server ready on \(path)")
    try service.run()
  }
}

/// Writes a line of the log. Where nobody can read it, serving goes on.
func logLine(_ line: String) { try? StandardStreams.print(line) }

/// The permissions of a socket, in octal digits.
struct SocketMode {
  let permissions: FilePermissions

  init(_ text: String) throws {
    guard let mode = CInterop.Mode(text, radix: 8), mode <= 0o777 else {
      throw ValidationError("The permissions must be octal digits, such as 660.")
    }
    permissions = FilePermissions(rawValue: mode)
  }
}
