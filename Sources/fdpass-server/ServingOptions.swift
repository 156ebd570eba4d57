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
  ///   - make: Makes the role, which may take what an earlier one kept.
  ///   - end: Called when the service has ended, if a manager started it.
  /// - Throws: What keeps it from serving.
  func serve<Role: BrokerRole>(
    _ role: String, permissions: FilePermissions,
    _ make: (Poller, inout KeptConnections) throws(BrokerError) -> Role,
    end: (Role, ServiceManager) throws(BrokerError) -> Void = { _, _ in }
  ) throws(BrokerError) {
    try StandardStreams.prepare(needed: .standardOutput, named: "standard output")
    var activation = try Activation.take()
    let poller = try Poller()
    let hadKept = activation.kept.count > 0
    let served = try make(poller, &activation.kept)
    if hadKept, let manager = activation.manager { try ParkStore.forget(by: manager) }
    let signals = try SignalDescriptor()
    let listener = try listener(role, permissions, inherited: activation.listener.take())
    let path = listener.path
    let service = try Service(
      served, on: listener, poller: poller, signals: signals, log: logLine)
    try StandardStreams.print("Server ready on \(path)")
    try activation.manager?.tellReady("Serving on \(path)")
    try service.run()
    guard let manager = activation.manager else { return }
    try manager.tellStopping()
    try end(served, manager)
  }

  private func listener(
    _ role: String, _ permissions: FilePermissions, inherited: consuming OwnedDescriptor?
  ) throws(BrokerError) -> ServerSocket {
    if let inherited { return try ServerSocket.adopt(inherited, kind: .seqpacket) }
    return try ServerSocket.listen(
      at: SocketPlace.chosen(socket, role: role), kind: .seqpacket,
      permissions: mode?.permissions ?? permissions)
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
