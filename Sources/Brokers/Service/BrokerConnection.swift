public import FDPassing
public import SystemPackage

/// A client's connection to a service.
public struct BrokerConnection: ~Copyable {
  /// The socket, connected.
  public let socket: UnixSocket

  /// A reply, and the descriptor that came with it.
  public struct Response: ~Copyable {
    /// The fields of the reply.
    public let fields: Fields
    /// Why it was allowed, if the server says so.
    public let reason: String?
    /// What was asked for.
    public var descriptor: OwnedDescriptor?
  }

  /// Connects to the service at a path.
  public init(to path: FilePath) throws(BrokerError) {
    socket = try passing { () throws(PassingError) in
      let socket = try UnixSocket(.seqpacket)
      try socket.connect(to: .path(path))
      return socket
    }
  }

  /// Asks, and waits for the answer.
  ///
  /// - Throws: `refused` with the server's reason; others when there is no answer or it cannot be
  ///   understood.
  public borrowing func ask(_ request: Request) throws(BrokerError) -> Response {
    try send(request.bytes)
    // There is room for one descriptor: what nobody asked for does not come in.
    var message = try socket.receiveWhatIsLeft(
      maxBytes: WireText.maximumLength, maxDescriptors: 1)
    if message.isEndOfFile { throw .noAnswer }
    let reply: Reply
    do throws(WireError) { reply = try Reply(parsing: message.bytes) } catch {
      throw .strangeAnswer(error)
    }
    switch reply {
    case .error(let sentence): throw .refused(printable(Array(sentence.utf8)))
    case .ok(let fields, let reason):
      let descriptor = message.descriptors.takeFirst()
      if descriptor == nil && message.isControlTruncated { throw .noRoom }
      return Response(fields: fields, reason: reason, descriptor: descriptor)
    }
  }

  private borrowing func send(_ bytes: [UInt8]) throws(BrokerError) {
    do throws(PassingError) { try socket.send(bytes) } catch {
      // Whoever is sent away at once finds the reason in the queue.
      if error.code != .brokenPipe && error.code != .connectionReset { throw .passing(error) }
    }
  }
}
