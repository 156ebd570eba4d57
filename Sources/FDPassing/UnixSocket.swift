public import SystemPackage

/// A Unix socket, closed when its owner is done with it.
///
/// Sending borrows descriptors, receiving owns them:
///
/// ```swift
/// import FDPassing
/// import SystemPackage
///
/// let pair = try UnixSocket.pair(.stream)
/// try pair.first.send(Array("take this".utf8), descriptors: [.standardOutput])
///
/// var message = try pair.second.receive(maxBytes: 64, maxDescriptors: 1)
/// if let output = message.descriptors.takeFirst() {
///   try output.fileDescriptor.writeAll("hello through a passed descriptor\n".utf8)
/// }
/// ```
///
/// All descriptors made or received here are closed on exec.
///
/// Source: unix(7).
public struct UnixSocket: ~Copyable, Sendable {
  /// How the socket carries data.
  public enum Kind: Hashable, Sendable, CaseIterable {
    /// A stream of bytes: `SOCK_STREAM`. A message with descriptors is a barrier in it: one
    /// receive returns no bytes from beyond them.
    case stream
    /// Messages, without connection: `SOCK_DGRAM`. On Unix sockets none is lost or reordered.
    case datagram
    /// Messages over a connection: `SOCK_SEQPACKET`. Not on macOS.
    case seqpacket
  }

  /// The kernel also tells about the sender when the receiver asked for it.
  struct SenderReports: OptionSet, Sendable {
    let rawValue: Int32
    static let credentials = SenderReports(rawValue: 1)
    static let pidDescriptor = SenderReports(rawValue: 2)
  }

  /// How the socket carries data.
  public let kind: Kind
  let descriptor: OwnedDescriptor
  var reports: SenderReports

  /// Makes a socket that is neither bound nor connected.
  public init(_ kind: Kind) throws(PassingError) {
    let descriptor = try Platform.socket(kind)
    self.init(descriptor, kind)
  }

  /// Becomes the owner of a socket that came from elsewhere: inherited, received, from `systemd`.
  ///
  /// - Throws: `notUnixSocket` when it is something else; the descriptor is closed then.
  public init(adopting descriptor: consuming OwnedDescriptor) throws(PassingError) {
    let number = descriptor.rawValue
    let kind = try Platform.unixKind(of: number)
    self.init(descriptor, kind, reports: try Platform.senderReports(of: number))
  }

  init(_ descriptor: consuming OwnedDescriptor, _ kind: Kind, reports: SenderReports = []) {
    self.descriptor = descriptor
    self.kind = kind
    self.reports = reports
  }

  /// Makes two sockets that are connected with each other.
  public static func pair(_ kind: Kind) throws(PassingError) -> UnixSocketPair {
    try Platform.pair(kind)
  }

  /// The descriptor, lent: for `poll`, an option that is not here, or to send it. Do not close it.
  public var fileDescriptor: FileDescriptor { descriptor.fileDescriptor }

  /// Gives the descriptor of the socket away.
  public consuming func releaseDescriptor() -> OwnedDescriptor { descriptor }

  /// Closes the socket and reports what the end of its life would ignore.
  public consuming func close() throws(PassingError) {
    try descriptor.close()
  }
}

/// Two connected sockets: socketpair(2).
///
/// The fields can be moved out one by one.
@frozen
public struct UnixSocketPair: ~Copyable, Sendable {
  /// One end.
  public var first: UnixSocket
  /// The other end.
  public var second: UnixSocket

  @usableFromInline
  init(first: consuming UnixSocket, second: consuming UnixSocket) {
    self.first = first
    self.second = second
  }
}
