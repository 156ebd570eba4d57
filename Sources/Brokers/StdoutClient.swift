import FDPassing
public import SystemPackage

/// Asks a server for its standard output, and writes to it what the user types.
public enum StdoutClient {
  /// What the client asks with.
  public static let request = "Send me your Stdout"
  private static let maximumAnswer = 1024

  /// Connects, asks, and copies until end of file.
  ///
  /// - Parameters:
  ///   - path: Where the server listens.
  ///   - input: What to copy, byte by byte.
  ///   - print: Takes the line that tells the descriptor's number.
  ///   - complain: Takes a line about what is odd and no failure.
  /// - Throws: `BrokerError`, as when nobody listens or no descriptor came.
  public static func run(
    path: FilePath, input: FileDescriptor = .standardInput,
    print: (String) throws(BrokerError) -> Void = StandardStreams.print,
    complain: (String) -> Void = StandardStreams.complain
  ) throws(BrokerError) {
    let server = try passing { () throws(PassingError) in
      let server = try UnixSocket(.stream)
      try server.connect(to: .path(path))
      try server.sendAll(Array(request.utf8))
      return server
    }
    let output = try receiveDescriptor(from: server, complain: complain)
    try print("Sending my Stdin to Server's Stdout as fd \(output.rawValue)")
    try copyAll(from: input, to: output.fileDescriptor)
    do throws(PassingError) {
      try output.close()
      try server.close()
    } catch { throw .passing(error) }
  }

  private static func receiveDescriptor(
    from server: borrowing UnixSocket, complain: (String) -> Void
  ) throws(BrokerError) -> OwnedDescriptor {
    // There is room for one descriptor: what nobody asked for does not come in.
    var answer = try server.receiveWhatIsLeft(maxBytes: maximumAnswer, maxDescriptors: 1)
    if answer.isEndOfFile { throw .noAnswer }
    guard let output = answer.descriptors.takeFirst() else {
      throw answer.isControlTruncated ? .noRoom : .noDescriptor(answer: printable(answer.bytes))
    }
    if answer.isControlTruncated {
      complain("The server passed more than one descriptor; the others were closed unseen.")
    }
    return output
  }
}
