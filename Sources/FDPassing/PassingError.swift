public import SystemPackage

/// Why a descriptor or a socket could not do what was asked.
///
/// Its `description` is a whole sentence: what failed, why, and what can be done about it.
public struct PassingError: Error, Hashable, Sendable {
  /// What was tried.
  public enum Operation: Hashable, Sendable {
    /// Making a socket, or a pair of them: socket(2), socketpair(2).
    case create
    /// Taking over a descriptor as a Unix socket.
    case adopt(Int32)
    /// Giving a socket its address: bind(2).
    case bind(SocketAddress)
    /// Waiting for clients: listen(2).
    case listen
    /// Taking the next client: accept(2).
    case accept
    /// Reaching a server: connect(2).
    case connect(SocketAddress)
    /// Sending a message with so many descriptors: sendmsg(2).
    case send(descriptors: Int)
    /// Receiving a message: recvmsg(2).
    case receive
    /// Asking a socket about itself, or setting an option: getsockopt(2), getsockname(2), …
    case configure
    /// Shutting down one direction: shutdown(2).
    case shutdown
    /// Copying a descriptor within this process: fcntl(2) `F_DUPFD_CLOEXEC`.
    case duplicate
    /// Closing a descriptor: close(2).
    case close
  }

  /// Why it failed.
  public enum Reason: Hashable, Sendable {
    /// The kernel said no, with this error number.
    case system(Errno)
    /// An address of `count` bytes where the kernel has room for `limit`.
    case addressTooLong(count: Int, limit: Int)
    /// An address without a single byte.
    case addressEmpty
    /// Descriptors without data on a stream: the kernel would lose them in silence.
    case noDataForDescriptors
    /// More descriptors than the `limit` that one message can carry.
    case tooManyDescriptors(limit: Int)
    /// The descriptor is a socket of another family or kind.
    case notUnixSocket
    /// This operating system cannot do it.
    case unsupported
  }

  /// What was tried.
  public let operation: Operation
  /// Why it failed.
  public let reason: Reason

  /// The kernel's error number, or nil if the request never got that far.
  public var code: Errno? {
    if case .system(let code) = reason { code } else { nil }
  }

  init(_ operation: Operation, code: Errno) {
    self.init(operation, .system(code))
  }

  init(_ operation: Operation, _ reason: Reason) {
    self.operation = operation
    self.reason = reason
  }
}
