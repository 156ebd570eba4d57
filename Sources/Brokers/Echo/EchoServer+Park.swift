import FDPassing
import SystemPackage

/// What a server has to do to use a park.
extension EchoServer {
  /// A park that is away keeps what it has, or comes back with it. Until then all stays here.
  func findPark() {
    guard let path = options.park else { return }
    do throws(BrokerError) {
      let found = try ParkConnection(to: path)
      try poller.watch(found.fileDescriptor, for: .readable, as: .role(Self.parkKey))
      // First what this server has, so that it is handed to nobody.
      for ticket in tickets.values { try found.take(ticket) }
      try found.serve()
      park = found
      asked = [.serve]
      triesParkAt = nil
      log("Found the park at \(path)")
    } catch {
      triesParkAt = .now + .milliseconds(200)
    }
  }

  /// Hands connections over to the park. They are the park's once it said so.
  func parkAll(where mayGo: (Conversation) -> Bool) {
    guard let park else { return }
    for (number, conversation) in conversations where conversation.isIdle && mayGo(conversation) {
      let connection = conversation.connection.fileDescriptor
      // From here on nothing may be read from it: what comes now is for whoever has it next.
      poller.forget(connection)
      conversation.isLeaving = true
      asked.append(.park(number))
      do throws(BrokerError) {
        try park.park(connection, token: conversation.token)
      } catch { return losePark("\(error)") }
    }
  }

  func hearPark() {
    guard let park else { return }
    do throws(BrokerError) {
      switch try park.next() {
      case .done: granted(isGranted: true)
      case .refused(let sentence):
        log("The park says: \(sentence)")
        granted(isGranted: false)
      case .back(let ticket, let token, let connection):
        comeBack(connection, ticket, token, from: park)
      case .gone(let ticket, _, let why):
        log("The client with ticket \(ticket) is gone: \(why.rawValue)")
      case .ended: losePark("The park is gone.")
      }
    } catch { losePark("\(error)") }
  }

  private func granted(isGranted: Bool) {
    guard let first = asked.first else { return }
    asked.removeFirst()
    guard case .park(let number) = first else { return }
    if isGranted {
      conversations[number] = nil
      tickets[number] = nil
      log("Parked a client; \(conversations.count) are here")
    } else {
      stay(number)
    }
  }

  /// A client whose request is on its way: first the park must know who has it, then it is read.
  private func comeBack(
    _ connection: consuming OwnedDescriptor, _ ticket: Ticket, _ token: [UInt8],
    from park: ParkConnection
  ) {
    do throws(BrokerError) { try park.take(ticket) } catch { return losePark("\(error)") }
    let number = begin(Conversation(connection, token: token, weight: options.weight))
    tickets[number] = ticket
    log("Client \(ticket) is back; \(conversations.count) are here")
    proceed(number)
  }

  /// Takes up what the park did not take.
  private func stay(_ number: UInt32) {
    conversations[number]?.stay()
    listen(to: number)
  }

  private func losePark(_ why: String) {
    log("\(why) \(conversations.count) clients stay here until it is back.")
    if let park { poller.forget(park.fileDescriptor) }
    park = nil
    let left = asked
    asked = []
    for case .park(let number) in left { stay(number) }
    triesParkAt = .now + .milliseconds(200)
  }
}
