import FDPassing
import Glibc
import SystemPackage
import TestKit
import Testing

@testable import Brokers

/// A connection: `client` is somebody far away, `server` is what a server has of it.
private struct Connection: ~Copyable {
  let client: OwnedDescriptor
  var server: OwnedDescriptor?

  init() throws {
    let pair = try UnixSocket.pair(.stream)
    client = pair.first.releaseDescriptor()
    server = pair.second.releaseDescriptor()
  }

  func say(_ text: String) throws { try client.fileDescriptor.writeAll(text.utf8) }

  /// Gives the server's end to the park, and closes it here.
  mutating func park(_ park: ParkConnection, token: String) throws -> Ticket {
    guard let server = server.take() else { throw Errno.badFileDescriptor }
    try park.park(server.fileDescriptor, token: Array(token.utf8))
    guard case .done(let ticket?) = try park.next() else { throw Errno.noMessage }
    return ticket
  }
}

private func serve(_ service: ServiceRun) throws -> ParkConnection {
  let park = try ParkConnection(to: service.path)
  try park.serve()
  guard case .done(nil) = try park.next() else { throw Errno.noMessage }
  return park
}

/// What came back, with all that can be read of it.
private struct Back: Equatable {
  var ticket: Ticket
  var token: String
  var text: String
}

private func back(_ park: ParkConnection, taking: Bool = true) throws -> Back {
  guard case .back(let ticket, let token, let connection) = try park.next() else {
    throw Errno.noMessage
  }
  if taking { try park.take(ticket) }
  return Back(
    ticket: ticket, token: String(decoding: token, as: UTF8.self),
    text: text(in: connection.fileDescriptor, taking: taking))
}

/// What can be read.
private func text(in descriptor: FileDescriptor, taking: Bool) -> String {
  var bytes = [UInt8](repeating: 0, count: 256)
  let flags = Int32(MSG_DONTWAIT) | (taking ? 0 : Int32(MSG_PEEK))
  let count = unsafe recv(descriptor.rawValue, &bytes, bytes.count, flags)
  return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
}

private func status(_ service: ServiceRun) throws -> String {
  let fields = try BrokerConnection(to: service.path).ask(Request("status")).fields
  return "\(fields["parked"] ?? "?") parked, \(fields["waiting"] ?? "?") waiting"
}

@Suite("The park")
struct ParkRoleTests {
  private func start(capacity: Int = 100) throws -> ServiceRun {
    try ServiceRun { try ParkRole(poller: $0, capacity: capacity, log: { _ in }) }
  }

  @Test("hands a connection back with its token and every byte, once there is one")
  func handsBack() async throws {
    let service = try start()
    do {
      let park = try serve(service)
      var first = try Connection()
      var second = try Connection()
      let tickets = [
        try first.park(park, token: "one; 100%"), try second.park(park, token: "two"),
      ]
      #expect(tickets[0] != tickets[1])
      try second.say("hello")
      #expect(try back(park) == Back(ticket: tickets[1], token: "two", text: "hello"))
      try first.say("me too")
      #expect(try back(park) == Back(ticket: tickets[0], token: "one; 100%", text: "me too"))
      try await waitFor("the park to be empty") { try status(service) == "0 parked, 0 waiting" }
      // The park has closed its own: the other end sees the end as soon as this one is gone.
      var byte: UInt8 = 0
      #expect(unsafe recv(first.client.rawValue, &byte, 1, 0) == 0)
    }
    try service.end()
  }

  @Test("closes a connection whose other end hangs up, and tells")
  func hangUp() throws {
    let service = try start()
    do {
      let park = try serve(service)
      let ticket = try {
        var connection = try Connection()
        return try connection.park(park, token: "bye")
      }()
      guard case .gone(let gone, let token, let why) = try park.next() else {
        throw Errno.noMessage
      }
      #expect(gone == ticket && token == Array("bye".utf8) && why == .closed)
      #expect(try status(service) == "0 parked, 0 waiting")
    }
    try service.end()
  }

  @Test("A hang-up with unread bytes before it is no end: they are handed back")
  func lastWords() throws {
    let service = try start()
    do {
      let park = try serve(service)
      let ticket = try {
        var connection = try Connection()
        let ticket = try connection.park(park, token: "")
        try connection.say("last words")
        return ticket
      }()
      #expect(try back(park) == Back(ticket: ticket, token: "", text: "last words"))
    }
    try service.end()
  }

  @Test("keeps everything while no server is there, also what becomes active meanwhile")
  func noServer() async throws {
    let service = try start()
    do {
      var first = try Connection()
      var second = try Connection()
      let tickets: [Ticket]
      do {
        let park = try serve(service)
        tickets = [try first.park(park, token: "0"), try second.park(park, token: "1")]
      }
      try second.say("anybody?")
      try await waitFor("it to wait") { try status(service) == "2 parked, 1 waiting" }
      let next = try serve(service)
      #expect(try back(next) == Back(ticket: tickets[1], token: "1", text: "anybody?"))
      try first.say("and me")
      #expect(try back(next) == Back(ticket: tickets[0], token: "0", text: "and me"))
    }
    try service.end()
  }

  @Test("What a server was handed and did not take goes to the next, with every byte")
  func notTaken() throws {
    let service = try start()
    do {
      var connection = try Connection()
      let ticket: Ticket
      do {
        let park = try serve(service)
        ticket = try connection.park(park, token: "t")
        try connection.say("x")
        _ = try back(park, taking: false)
      }
      let next = try serve(service)
      #expect(try back(next) == Back(ticket: ticket, token: "t", text: "x"))
    }
    try service.end()
  }

  @Test("The server that came last gets what becomes active; when it goes, the one before")
  func newest() throws {
    let service = try start()
    do {
      let old = try serve(service)
      var first = try Connection()
      var second = try Connection()
      let tickets = [try first.park(old, token: ""), try second.park(old, token: "")]
      do {
        let new = try serve(service)
        try first.say("1")
        #expect(try back(new).ticket == tickets[0])
      }
      try second.say("2")
      #expect(try back(old).ticket == tickets[1])
    }
    try service.end()
  }

  @Test("What a server parked and then ended counts, even if it left messages unread")
  func lastWish() async throws {
    let service = try start()
    do {
      var connection = try Connection()
      do {
        let park = try ParkConnection(to: service.path)
        try park.serve()
        // Its answer stays unread: the kernel then resets the connection.
        try await waitFor("the answer") {
          !text(in: park.fileDescriptor, taking: false).isEmpty
        }
        let server = connection.server.take()
        if let server { try park.park(server.fileDescriptor, token: Array("kept".utf8)) }
      }
      try await waitFor("it to be parked") { try status(service) == "1 parked, 0 waiting" }
      try connection.say("still here")
      #expect(try back(serve(service)).text == "still here")
    }
    try service.end()
  }

  @Test("says what it does not take")
  func refusals() throws {
    let service = try start(capacity: 1)
    do {
      let park = try ParkConnection(to: service.path)
      func refusal(_ descriptor: FileDescriptor, token: Int = 0) throws -> String? {
        try park.park(descriptor, token: [UInt8](repeating: 1, count: token))
        return if case .refused(let sentence) = try park.next() { sentence } else { nil }
      }
      let pipe = try FileDescriptor.pipe()
      #expect(try refusal(pipe.readEnd) == "What came is no socket.")
      let datagrams = try UnixSocket.pair(.datagram)
      #expect(try refusal(datagrams.first.fileDescriptor) == "What came is no stream.")
      let listener = try UnixSocket(.stream)
      try listener.bind(to: .unnamed)
      try listener.listen()
      #expect(
        try refusal(listener.fileDescriptor)
          == "What came is a listening socket, not a connection.")
      let pair = try UnixSocket.pair(.stream)
      #expect(
        try refusal(pair.first.fileDescriptor, token: 1025)
          == "The token has 1025 bytes; at most 1024 are kept.")
      #expect(try refusal(pair.first.fileDescriptor, token: 1024) == nil)
      #expect(
        try refusal(pair.second.fileDescriptor)
          == "The park is full: it holds 1 connections. Raise `ulimit -n`.")
      for end in [pipe.readEnd, pipe.writeEnd] { try end.close() }
    }
    try service.end()
  }

  @Test("Three hundred at once come back in the order in which they became active")
  func many() throws {
    let service = try start(capacity: 300)
    do {
      let park = try serve(service)
      let longToken = String(repeating: "%", count: 300)
      var clients: [Int32] = []
      var tickets: [Ticket] = []
      for index in 0..<300 {
        var connection = try Connection()
        tickets.append(try connection.park(park, token: "\(index)\(longToken)"))
        clients.append(try connection.client.duplicate().release())
      }
      for client in clients { try FileDescriptor(rawValue: client).writeAll([1]) }
      // Much more than a socket's queue holds: the park hands over what is taken, and no more.
      for index in 0..<300 {
        let found = try back(park)
        #expect(found.ticket == tickets[index])
        #expect(found.token.hasPrefix("\(index)%"))
      }
      for client in clients { try FileDescriptor(rawValue: client).close() }
    }
    try service.end()
  }
}
