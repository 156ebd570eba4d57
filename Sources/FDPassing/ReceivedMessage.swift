public import ControlMessages

/// What one receive brought. What is not taken out of it is closed with it.
///
/// The descriptors can be moved out one by one. Read the computed properties before.
@frozen
public struct ReceivedMessage: ~Copyable, Sendable {
  /// The data; empty when it was received into memory of the caller.
  public var bytes: [UInt8] {
    get { extras.bytes ?? [] }
    set { extras.bytes = newValue }
  }
  /// How many bytes of data were received.
  public var count: Int
  /// The descriptors, in the order of the sender.
  public var descriptors: DescriptorBatch
  /// A descriptor of the sending process, if the socket was told to ask for it. Linux only.
  public var pidDescriptor: OwnedDescriptor?
  /// Who sent it, if the socket was told to ask for it. Linux only.
  public var credentials: SocketCredentials?
  /// Control messages of other kinds, as options set elsewhere may add.
  public var otherMessages: [ControlMessage] {
    get { extras.otherMessages ?? [] }
    set { extras.otherMessages = newValue }
  }
  /// Where a datagram came from.
  public var sender: SocketAddress? {
    get { extras.sender }
    set { extras.sender = newValue }
  }
  /// The message had more data than there was room for; the rest is lost (`MSG_TRUNC`).
  public var isDataTruncated: Bool
  /// There were more descriptors or other control messages than there was room for, or the
  /// process's descriptor table is full. The missing ones are closed (`MSG_CTRUNC`).
  public var isControlTruncated: Bool
  /// The other end will send no more. A connection of seqpacket kind says the same for an empty
  /// message without descriptors: the kernel does not tell them apart.
  public var isEndOfFile: Bool

  var extras: Extras

  /// What most messages are: data, and descriptors or none.
  @inline(__always)
  init(
    count: Int, descriptors: consuming DescriptorBatch, sender: SocketAddress?,
    isDataTruncated: Bool, isControlTruncated: Bool, isEndOfFile: Bool
  ) {
    self.count = count
    self.descriptors = descriptors
    pidDescriptor = nil
    self.isDataTruncated = isDataTruncated
    self.isControlTruncated = isControlTruncated
    self.isEndOfFile = isEndOfFile
    extras = Extras(sender: sender)
  }
}

/// What few messages have.
///
/// Its `deinit` makes it one call to destroy all this. As fields of the message they would be
/// destroyed by everybody who drops one, each through the metadata of its type.
@usableFromInline
struct Extras: ~Copyable, Sendable {
  var bytes: [UInt8]?
  var otherMessages: [ControlMessage]?
  var sender: SocketAddress?

  deinit {}
}
