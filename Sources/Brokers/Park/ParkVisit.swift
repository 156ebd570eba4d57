import FDPassing
public import SystemPackage

/// One connection's way into a park and back, step by step, in one process that is both of its ends:
/// a server with an idle client, and that client.
public enum ParkVisit {
  private static let token = "visit 1"
  private static let longestLine = 4096

  /// Parks one end of a connection, sends what is read from `input` to the other, and shows what
  /// comes back. At the end of the input the other end hangs up instead.
  ///
  /// - Parameters:
  ///   - path: Where the park is.
  ///   - input: The words of the client far away.
  /// - Throws: `BrokerError`.
  public static func run(path: FilePath, input: FileDescriptor = .standardInput) throws(BrokerError)
  {
    let park = try ParkConnection(to: path)
    try park.serve()
    _ = try granted(park)
    let far = try leave(at: park)
    try StandardStreams.print("Type a line for the other end; Ctrl-D hangs it up")
    let words = try line(from: input)
    if words.isEmpty {
      try hangUp(far)
      return try comeBack(from: park)
    }
    _ = try file("write to the other end") { try far.fileDescriptor.writeAll(words) }
    try comeBack(from: park)
    // Not before: the other end stays to hear an answer.
    try hangUp(far)
  }

  /// Gives an end away, and keeps the other one.
  private static func leave(at park: ParkConnection) throws(BrokerError) -> UnixSocket {
    let pair = try passing { () throws(PassingError) in try UnixSocket.pair(.stream) }
    let near = pair.first
    let number = near.fileDescriptor.rawValue
    try park.park(near.fileDescriptor, token: Array(token.utf8))
    let ticket = try granted(park).map { "\($0)" } ?? ""
    // Only now: what is not granted would be lost with this descriptor.
    try hangUp(near)
    try StandardStreams.print("Parked fd \(number) as \(ticket), token “\(token)”, and closed it")
    return pair.second
  }

  private static func hangUp(_ end: consuming UnixSocket) throws(BrokerError) {
    do throws(PassingError) { try end.close() } catch { throw .passing(error) }
  }

  private static func granted(_ park: ParkConnection) throws(BrokerError) -> Ticket? {
    switch try park.next() {
    case .done(let ticket): return ticket
    case .refused(let sentence): throw .refused(sentence)
    default: throw .noAnswer
    }
  }

  private static func line(from input: FileDescriptor) throws(BrokerError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: longestLine)
    let count = try file("read standard input") {
      try unsafe bytes.withUnsafeMutableBytes { try unsafe input.read(into: $0) }
    }
    return Array(bytes[..<count])
  }

  private static func comeBack(from park: ParkConnection) throws(BrokerError) {
    switch try park.next() {
    case .back(let ticket, let token, let connection):
      // First this, then a byte: a park that does not hear it hands the connection to the next.
      try park.take(ticket)
      let words = try line(from: connection.fileDescriptor)
      try StandardStreams.print(
        "\(ticket) came back as fd \(connection.rawValue), token “\(printable(token))”: "
          + printable(words))
    case .gone(let ticket, let token, let why):
      try StandardStreams.print("\(ticket) is gone, token “\(printable(token))”: \(why.rawValue)")
    case .refused(let sentence): throw .refused(sentence)
    default: throw .noAnswer
    }
  }
}
