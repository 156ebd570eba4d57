import FDPassing
public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Passes a descriptor, normally its standard output, to every client that asks.
///
/// One thread serves all, and without any time limit, so that it can be stepped through for as
/// long as one likes. It waits in `accept` while nobody is connected, and a client that asks at
/// once is served before the next is accepted. Only while a connected client is silent does it
/// wait for all of them together: so none of them keeps another waiting.
public struct StdoutServer: ~Copyable {
  /// A connected client that has not asked yet.
  private final class Client {
    let connection: UnixSocket
    let name: String

    init(_ connection: consuming UnixSocket) {
      name = (try? connection.peerCredentials()).map(Self.name) ?? "unknown"
      self.connection = connection
    }

    private static func name(_ peer: PeerCredentials) -> String {
      (peer.pid.map { "pid \($0), " } ?? "") + "uid \(peer.uid)"
    }
  }

  /// What the server answers with the descriptor.
  public static let answer = "Here is my stdout"
  private static let maximumRequest = 1024
  /// One more, and the client that has been silent for longest has to go.
  private static let maximumSilent = 100

  private let server: ServerSocket
  private let passed: FileDescriptor
  private let print: (String) throws(BrokerError) -> Void
  private let complain: (String) -> Void
  private var silent: [Client] = []

  /// Prepares to serve.
  ///
  /// - Parameters:
  ///   - server: Where the clients come.
  ///   - passed: The descriptor to pass; it is lent.
  ///   - print: Takes the lines that tell what happens.
  ///   - complain: Takes a line when a client failed; the others are served on.
  public init(
    on server: consuming ServerSocket, passing passed: FileDescriptor,
    print: @escaping (String) throws(BrokerError) -> Void = StandardStreams.print,
    complain: @escaping (String) -> Void = StandardStreams.complain
  ) {
    self.server = server
    self.passed = passed
    self.print = print
    self.complain = complain
  }

  /// Serves clients until something fails that is not about one of them.
  public mutating func run() throws(BrokerError) -> Never {
    try print("Server ready on \(server.path)")
    while true { try serveOnce() }
  }

  /// Takes one client, or hears those that have something to say.
  mutating func serveOnce() throws(BrokerError) {
    if silent.isEmpty { return try acceptClient() }
    var entries = [Self.entry(for: server.socket.fileDescriptor)]
    entries += silent.map { Self.entry(for: $0.connection.fileDescriptor) }
    guard unsafe poll(&entries, nfds_t(entries.count), -1) > 0 else { return }
    for (client, entry) in zip(silent, entries.dropFirst()) where entry.revents != 0 {
      silent.removeAll { $0 === client }
      try answer(client)
    }
    if entries[0].revents != 0 { try acceptClient() }
  }

  private static func entry(for descriptor: FileDescriptor) -> pollfd {
    pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
  }

  private mutating func acceptClient() throws(BrokerError) {
    let connection: UnixSocket
    do throws(PassingError) { connection = try server.socket.accept() } catch {
      return try giveWay(after: error)
    }
    let client = Client(connection)
    silent.append(client)
    try print("New Client: \(client.name)")
    if silent.count > Self.maximumSilent { dropLongestSilent() }
  }

  /// Not getting one client is no reason to end, unless waiting makes no difference.
  private mutating func giveWay(after error: PassingError) throws(BrokerError) {
    switch error.code {
    case .connectionAbort: return
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .noBufferSpace:
      if silent.isEmpty { throw .passing(error) }
      dropLongestSilent()
    default: throw .passing(error)
    }
  }

  private mutating func dropLongestSilent() {
    let client = silent.removeFirst()
    complain("Client \(client.name) asked for nothing and had to give way to others.")
  }

  /// Reads the request and answers it. The connection ends with the client, on return.
  private func answer(_ client: Client) throws(BrokerError) {
    let text: String
    do throws(PassingError) {
      let request = try client.connection.receive(maxBytes: Self.maximumRequest)
      if request.isEndOfFile {
        return complain("Client \(client.name) left without a request.")
      }
      text = printable(request.bytes)
    } catch { return complain("Client \(client.name): \(error)") }

    try print("Client Request: \(text)")
    do throws(PassingError) {
      try client.connection.sendAll(Array(Self.answer.utf8), descriptors: [passed])
    } catch { complain("Client \(client.name): \(error)") }
  }
}
