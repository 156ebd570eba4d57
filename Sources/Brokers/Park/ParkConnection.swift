public import FDPassing
public import SystemPackage

/// A server's connection to a park, which holds its idle connections.
///
/// Sending waits until the park has read enough, which it always does. Receiving waits as well:
/// call `next` when `fileDescriptor` is readable.
public final class ParkConnection {
  /// What came from the park.
  public enum Message: ~Copyable {
    /// The longest unanswered request was granted. For `park`, the ticket of the connection: the
    /// park has it now, and the server may close its own.
    case done(Ticket?)
    /// The longest unanswered request was refused, for this reason.
    case refused(String)
    /// A connection has something to read. It is this server's once `take` was called.
    case back(Ticket, token: [UInt8], OwnedDescriptor)
    /// A connection ended while it was parked.
    case gone(Ticket, token: [UInt8], ConnectionEnd)
    /// The park is gone. What it has not granted, it does not have.
    case ended
  }

  private let socket: UnixSocket

  /// Connects to the park at a path.
  public init(to path: FilePath) throws(BrokerError) {
    socket = try passing { () throws(PassingError) in
      let socket = try UnixSocket(.seqpacket)
      try socket.connect(to: .path(path))
      return socket
    }
  }

  /// For a poller. It stays owned here.
  public var fileDescriptor: FileDescriptor { socket.fileDescriptor }

  /// Asks for the connections that become active, after all calls of `take` for what is held
  /// already from an earlier park.
  public func serve() throws(BrokerError) { try send(Request("serve")) }

  /// Gives an idle connection away, once the answer to this came. Until then nothing may be read
  /// from it, and it must not be closed.
  ///
  /// - Parameters:
  ///   - connection: A connected stream socket; it is lent.
  ///   - token: What this or another server needs to go on with it; at most
  ///     `ParkRole.maximumToken` bytes.
  /// - Throws: `BrokerError` when it cannot be sent at all.
  public func park(_ connection: FileDescriptor, token: [UInt8]) throws(BrokerError) {
    var fields = Fields()
    fields.set("token", to: token)
    try send(Request("park", fields), [connection])
  }

  /// Tells the park that it may forget a connection that came back. From then on it lives and dies
  /// with this server; before, the park would hand it to the next one.
  public func take(_ ticket: Ticket) throws(BrokerError) {
    try send(Request("taken", ["id": "\(ticket)"]))
  }

  private func send(
    _ request: Request, _ descriptors: [FileDescriptor] = []
  ) throws(BrokerError) {
    do throws(PassingError) {
      try socket.send(request.bytes, descriptors: descriptors)
    } catch {
      // That it is gone is told by `next`, after what it had sent before.
      if error.code != .brokenPipe && error.code != .connectionReset { throw .passing(error) }
    }
  }

  /// Waits for the next message.
  public func next() throws(BrokerError) -> Message {
    // A park's last message may be the word that it has a connection.
    var message = try socket.receiveWhatIsLeft(
      maxBytes: WireText.maximumLength, maxDescriptors: 1)
    if message.isEndOfFile { return .ended }
    if let text = try? Request(parsing: message.bytes), let notice = ParkNotice(text) {
      switch notice {
      case .gone(let ticket, let token, let why): return .gone(ticket, token: token, why)
      case .back(let ticket, let token):
        // Without it nothing is lost: it was not taken, and comes back once there is room.
        guard let connection = message.descriptors.takeFirst() else { throw .noRoom }
        return .back(ticket, token: token, connection)
      }
    }
    do throws(WireError) {
      switch try Reply(parsing: message.bytes) {
      case .ok(let fields, _): return .done(fields["id"].flatMap(Ticket.init))
      case .error(let sentence): return .refused(printable(Array(sentence.utf8)))
      }
    } catch { throw .strangeAnswer(error) }
  }
}
