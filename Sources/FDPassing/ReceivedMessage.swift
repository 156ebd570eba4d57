public import ControlMessages

/// What one receive brought. What is not taken out of it is closed with it.
///
/// The fields can be moved out one by one.
@frozen
public struct ReceivedMessage: ~Copyable, Sendable {
  /// The data; empty when it was received into memory of the caller.
  public var bytes: [UInt8]
  /// How many bytes of data were received.
  public var count: Int
  /// The descriptors, in the order of the sender.
  public var descriptors: DescriptorBatch
  /// A descriptor of the sending process, if the socket was told to ask for it. Linux only.
  public var pidDescriptor: OwnedDescriptor?
  /// Who sent it, if the socket was told to ask for it. Linux only.
  public var credentials: SocketCredentials?
  /// Control messages of other kinds, as options set elsewhere may add.
  public var otherMessages: [ControlMessage]
  /// Where a datagram came from.
  public var sender: SocketAddress?
  /// The message had more data than there was room for; the rest is lost (`MSG_TRUNC`).
  public var isDataTruncated: Bool
  /// There were more descriptors or other control messages than there was room for, or the
  /// process's descriptor table is full. The missing ones are closed (`MSG_CTRUNC`).
  public var isControlTruncated: Bool
  /// The other end will send no more. A connection of seqpacket kind says the same for an empty
  /// message without descriptors: the kernel does not tell them apart.
  public var isEndOfFile: Bool
}
