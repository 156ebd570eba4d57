import FDPassing

/// A server that parks connections or takes them, as the park sees it.
final class ParkingServer {
  /// The most connections that it may have been handed and not have taken yet: so many more
  /// descriptors are in flight, which the kernel counts against the user.
  private static let maximumGiven = 64
  /// The most answers that wait for it to read; one more, and it has to go.
  private static let maximumReplies = 1024

  let peer: ConnectedPeer
  /// Whether connections may be handed to it.
  var isServing = false
  /// The places of what it was handed and has not taken yet.
  var given: Set<UInt32> = []
  private var replies: [[UInt8]] = []

  init(_ peer: ConnectedPeer) { self.peer = peer }

  /// Whether one more may be handed to it.
  var hasRoom: Bool { replies.isEmpty && given.count < Self.maximumGiven }

  /// Answers. What is on its way to the server may leave no room for an answer: then it waits.
  ///
  /// - Returns: The answer again, when too many wait; the service then knows what to do.
  func reply(_ reply: Reply) -> Answer? {
    if replies.count >= Self.maximumReplies { return Answer(reply) }
    replies.append(reply.bytes)
    _ = sendReplies()
    return nil
  }

  /// Sends the answers that wait, and says whether none is left.
  func sendReplies() -> Bool {
    let left = replies.drop { peer.send($0) == .sent }
    replies = Array(left)
    return replies.isEmpty
  }
}
