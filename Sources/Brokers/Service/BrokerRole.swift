public import FDPassing

/// Why a request is not granted: the sentence of the reply.
public struct Refusal: Error, Hashable, Sendable {
  /// One or two sentences for the person who asked.
  public let sentence: String

  /// A refusal with this sentence.
  public init(_ sentence: String) { self.sentence = sentence }
}

/// What a role answers, and the descriptor that goes with it.
public struct Answer: ~Copyable {
  /// The text.
  public let reply: Reply
  /// Passed with the text, and then closed here.
  public let descriptor: OwnedDescriptor?

  /// An answer, with or without a descriptor.
  public init(_ reply: Reply, passing descriptor: consuming OwnedDescriptor? = nil) {
    self.reply = reply
    self.descriptor = descriptor
  }
}

/// What a service is for. The service takes clients, bounds what they may use, and reads and writes
/// messages; the role decides. All of it happens in one thread.
public protocol BrokerRole: AnyObject {
  /// How many descriptors may come with a request. Where it is none, the kernel refuses to queue
  /// any, if it knows how.
  var maximumDescriptors: Int { get }

  /// Whether answers pass descriptors. A client must then read each before it asks again: what is
  /// in flight counts against this process, and nobody else would get any.
  var passesDescriptors: Bool { get }

  /// When `deadlinePassed` is to be called; nil for never. Asked again after every event.
  var deadline: ContinuousClock.Instant? { get }

  /// Decides about a request.
  ///
  /// - Parameters:
  ///   - request: What is asked.
  ///   - descriptors: What came with it; what is left in it is closed.
  ///   - peer: Who asks, by the kernel's word.
  /// - Returns: The answer; nil for a request that has none.
  /// - Throws: The reason against it; it becomes the answer.
  func answer(
    _ request: Request, descriptors: inout DescriptorBatch, from peer: ConnectedPeer
  ) throws(Refusal) -> Answer?

  /// A peer is gone; nothing can be sent to it any more.
  func peerLeft(_ peer: ConnectedPeer)

  /// There is room again for a peer to which `ConnectedPeer.send` found none.
  func peerHasRoom(_ peer: ConnectedPeer)

  /// Something happened to one of the role's own descriptors in the poller.
  func ready(_ key: UInt32, _ events: PollEvents)

  /// The deadline passed.
  func deadlinePassed()

  /// SIGHUP came: read the configuration again, and keep the old one if the new is wrong.
  func reload()
}

// What a role does unless it says otherwise.
extension BrokerRole {
  /// No descriptors.
  public var maximumDescriptors: Int { 0 }
  /// No.
  public var passesDescriptors: Bool { false }
  /// Never.
  public var deadline: ContinuousClock.Instant? { nil }
  /// Nothing.
  public func peerLeft(_ peer: ConnectedPeer) {}
  /// Nothing.
  public func peerHasRoom(_ peer: ConnectedPeer) {}
  /// Nothing.
  public func ready(_ key: UInt32, _ events: PollEvents) {}
  /// Nothing.
  public func deadlinePassed() {}
  /// Nothing.
  public func reload() {}
}
