/// A system call other than a send or a receive of messages.
public struct CallRecord: Sendable, Hashable {
  /// The call's name without decoration: `socket`, `accept4`, `close`.
  public var name: String
  /// The descriptor the call is about, where it has one.
  public var fd: Int32?
  /// The arguments after ``fd`` as text in the order of the call, numbers given their names.
  public var arguments: [String]
  /// What the call returned when it succeeded; nil when it failed or has not returned.
  public var result: Int64?
  /// The error's name (`EBADF`) when the call failed.
  public var error: String?
  /// The descriptors the call made: one for `accept`, two for `socketpair`.
  public var created: [Int32]
  /// The socket behind ``fd``, where it is a Unix socket.
  public var socket: SocketInfo?
  /// The address that a `sendto` named; see ``MessageRecord/address``.
  public var address: String?
  /// What a `read` or a `write` moved.
  public var data: DataExcerpt?

  /// Makes the record of a call.
  public init(
    name: String, fd: Int32? = nil, arguments: [String] = [], result: Int64? = nil,
    error: String? = nil, created: [Int32] = [], socket: SocketInfo? = nil,
    address: String? = nil, data: DataExcerpt? = nil
  ) {
    self.name = name
    self.fd = fd
    self.arguments = arguments
    self.result = result
    self.error = error
    self.created = created
    self.socket = socket
    self.address = address
    self.data = data
  }
}

/// The first bytes of some data, and how much there was in all.
public struct DataExcerpt: Sendable, Hashable {
  /// The bytes that were read from the process, from the beginning.
  public var bytes: [UInt8]
  /// How many bytes there were in all.
  public var length: Int
  /// How many bytes the buffers offered (the sum of `iov_len`).
  public var capacity: Int
  /// How many buffers they were in (`msg_iovlen`).
  public var buffers: Int

  /// Whether ``bytes`` is not everything.
  public var isCut: Bool { bytes.count < length }

  /// Makes an excerpt; `length` is that of `bytes` unless more is known.
  public init(bytes: [UInt8], length: Int? = nil, capacity: Int? = nil, buffers: Int = 1) {
    self.bytes = bytes
    self.length = length ?? bytes.count
    self.capacity = capacity ?? self.length
    self.buffers = buffers
  }
}
