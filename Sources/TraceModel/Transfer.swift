/// One send paired with the receive that took its descriptors.
public struct Transfer: Sendable, Hashable {
  /// How we know that what was received is what was sent.
  public enum Proof: String, Sendable, Hashable {
    /// kcmp(2) said that both numbers refer to the same open file description.
    case kcmp
    /// Same device and inode and opened the same way, but the two numbers could not be compared.
    /// Files that share an inode with others (eventfd, epoll and their like) never get this far.
    case inferred
    /// Nothing more than the order in the queue.
    case none
  }

  /// One descriptor's two numbers.
  public struct Pair: Sendable, Hashable {
    /// The number in the sender's table when it was sent.
    public var sent: Int32
    /// The number in the receiver's table.
    public var received: Int32
    /// How we know that they are the same.
    public var proof: Proof
    /// Where what was received comes from, this transfer being the last hop; nil when unknown.
    public var origin: Origin?

    /// Makes a pair.
    public init(sent: Int32, received: Int32, proof: Proof, origin: Origin? = nil) {
      self.sent = sent
      self.received = received
      self.proof = proof
      self.origin = origin
    }
  }

  /// The sequence number of the send.
  public var send: Int
  /// The sequence number of the receive.
  public var receive: Int
  /// The descriptors that arrived, in order.
  public var descriptors: [Pair]
  /// How many were sent and did not arrive.
  public var lost: Int
  /// Whether the receive only looked (MSG_PEEK): the descriptors it got are additional ones, and
  /// what was sent is still in flight.
  public var isPeek: Bool

  /// Makes a transfer.
  public init(
    send: Int, receive: Int, descriptors: [Pair], lost: Int = 0, isPeek: Bool = false
  ) {
    self.send = send
    self.receive = receive
    self.descriptors = descriptors
    self.lost = lost
    self.isPeek = isPeek
  }
}
