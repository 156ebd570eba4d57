import FDPassing
import SystemPackage

extension Service {
  /// Takes one client, if it may come; the next event brings the next.
  func acceptPeer() throws(BrokerError) {
    let socket: UnixSocket
    do throws(PassingError) { socket = try listener.socket.accept() } catch {
      return try endure(error)
    }
    lastNumber &+= 1
    // Whoever has gone already is nobody to talk about.
    guard let peer = try? ConnectedPeer(socket, number: lastNumber, poller: poller) else { return }
    peers[peer.number] = peer
    let user = peer.credentials.uid
    if peers.count > limits.connections {
      dismiss(peer, "There are \(limits.connections) connections already. Try again later.")
    } else if peers.values.count(where: { $0.credentials.uid == user }) > limits.connectionsPerUser
    {
      dismiss(
        peer, "Your user has \(limits.connectionsPerUser) connections already. Close one first.")
    }
  }

  /// Not getting one client is no reason to end, unless waiting makes no difference.
  private func endure(_ error: PassingError) throws(BrokerError) {
    switch error.code {
    case .wouldBlock, .resourceTemporarilyUnavailable, .connectionAbort: return
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .noBufferSpace:
      let silent = peers.values.filter { !$0.mayStaySilent }
      if let longest = silent.min(by: { $0.lastHeard < $1.lastHeard }) {
        return dismiss(longest, "Others need the room. Try again later.")
      }
      // The listener stays ready, so waiting for it would be no waiting.
      log("\(error)")
      poller.forget(listener.socket.fileDescriptor)
      acceptsAgainAt = .now + .milliseconds(100)
    default: throw .passing(error)
    }
  }

  func handle(_ peer: ConnectedPeer, _ events: PollEvents) {
    if events.contains(.writable) {
      peer.awaitRoom(false)
      role.peerHasRoom(peer)
    }
    // What was sent before the hang-up is still to be read.
    if events.contains(.readable) { return read(from: peer) }
    if !events.isDisjoint(with: [.hangUp, .failure]) { remove(peer) }
  }

  private func read(from peer: ConnectedPeer) {
    var message: ReceivedMessage
    do throws(PassingError) {
      message = try peer.socket.receive(
        maxBytes: WireText.maximumLength, maxDescriptors: role.maximumDescriptors)
    } catch {
      // A peer that ended with messages unread is a reset connection, once: what it had sent before
      // can still be read.
      if error.code != .wouldBlock && error.code != .connectionReset { remove(peer) }
      return
    }
    if message.isEndOfFile { return remove(peer) }
    peer.lastHeard = .now
    if message.isDataTruncated { return dismiss(peer, WireError.tooLong.description) }
    if message.isControlTruncated {
      return dismiss(peer, "More descriptors came than this server takes; all were closed.")
    }
    if role.passesDescriptors && peer.hasUnread {
      return dismiss(peer, "Read each answer before you ask again.")
    }
    do throws(WireError) {
      let request = try Request(parsing: message.bytes)
      answer(request, descriptors: &message.descriptors, from: peer)
    } catch { dismiss(peer, error.description) }
  }

  private func answer(
    _ request: Request, descriptors: inout DescriptorBatch, from peer: ConnectedPeer
  ) {
    do throws(Refusal) {
      guard let answer = try role.answer(request, descriptors: &descriptors, from: peer) else {
        return
      }
      send(answer, to: peer)
    } catch {
      log("\(peer.name): refused \(request.verb): \(error.sentence)")
      send(Answer(.error(error.sentence)), to: peer)
    }
  }

  private func send(_ answer: consuming Answer, to peer: ConnectedPeer) {
    let delivery =
      switch answer.descriptor {
      case .some(let descriptor):
        peer.send(answer.reply.bytes, descriptors: [descriptor.fileDescriptor])
      case nil: peer.send(answer.reply.bytes)
      }
    switch delivery {
    case .sent: break
    case .noRoom:
      log("\(peer.name): does not read its answers, and had to go.")
      remove(peer)
    case .failed(let error):
      log("\(peer.name): \(error)")
      remove(peer)
    }
  }

  /// Sends a client away with a sentence.
  func dismiss(_ peer: ConnectedPeer, _ sentence: String) {
    log("\(peer.name): dismissed: \(sentence)")
    _ = peer.send(Reply.error(sentence).bytes)
    remove(peer)
  }

  func remove(_ peer: ConnectedPeer) {
    guard peers.removeValue(forKey: peer.number) != nil else { return }
    peer.leave()
    role.peerLeft(peer)
  }
}
