import FDPassing
public import SystemPackage

/// Asks a server for a listening socket, and becomes the program that uses it.
public enum PortClient {
  /// Asks, says why it was allowed, and executes the command with the socket as descriptor 3, in
  /// the way of `SocketActivation`.
  ///
  /// - Parameters:
  ///   - path: Where the server listens.
  ///   - address: Such as `127.0.0.1:80` or `[::1]:80`.
  ///   - isUDP: Whether it is a port of UDP.
  ///   - command: The program and its arguments.
  /// - Throws: `BrokerError`, as with the server's refusal.
  public static func run(
    path: FilePath, address: String, isUDP: Bool, command: [String]
  ) throws(BrokerError) -> Never {
    let name = isUDP ? "udp" : "tcp"
    let socket = try ask(path, ["protocol": name, "address": address])
    try SocketActivation.execute(command, passing: socket, named: name)
  }

  // A function of its own: the connection is closed with it.
  private static func ask(
    _ path: FilePath, _ fields: Fields
  ) throws(BrokerError) -> OwnedDescriptor {
    let connection = try BrokerConnection(to: path)
    var response = try connection.ask(Request("port", fields))
    let reason = printable(Array((response.reason ?? "").utf8))
    guard let socket = response.descriptor.take() else { throw .noDescriptor(answer: reason) }
    StandardStreams.complain(
      "Got \(fields["protocol"] ?? "") \(response.fields["address"] ?? "") as fd \(socket.rawValue). "
        + reason)
    return socket
  }
}
