import FDPassing
import Glibc
import SystemPackage
import TestKit
import Testing

@testable import Brokers

/// Answers `echo` with what it got, `null` with a descriptor of /dev/null, and counts descriptors.
private final class EchoRole: BrokerRole {
  let maximumDescriptors: Int
  let passesDescriptors: Bool
  init(maximumDescriptors: Int = 0, passesDescriptors: Bool = false) {
    self.maximumDescriptors = maximumDescriptors
    self.passesDescriptors = passesDescriptors
  }

  func answer(
    _ request: Request, descriptors: inout DescriptorBatch, from peer: ConnectedPeer
  ) throws(Refusal) -> Answer? {
    switch request.verb {
    case "echo": return Answer(.ok(request.fields))
    case "count": return Answer(.ok(["count": "\(descriptors.count)"]))
    case "null":
      guard let null = try? FileDescriptor.open(FilePath("/dev/null"), .readWrite)
      else { throw Refusal("none") }
      return Answer(.ok(), passing: OwnedDescriptor(adopting: null.rawValue))
    case "who":
      return Answer(
        .ok(["uid": "\(peer.credentials.uid)", "groups": peer.groups.sorted().description]))
    case "silence": return nil
    default: throw Refusal("Nobody knows \(request.verb).")
    }
  }
}

@Suite("The loop that all roles share")
struct ServiceTests {
  private func start(
    _ limits: ServiceLimits = ServiceLimits(), descriptors: Int = 0
  ) throws -> ServiceRun {
    try ServiceRun(limits: limits) { _ in EchoRole(maximumDescriptors: descriptors) }
  }

  private func limits(_ change: (inout ServiceLimits) -> Void) -> ServiceLimits {
    var limits = ServiceLimits()
    change(&limits)
    return limits
  }

  @Test("Requests are answered, one by one and many on a connection")
  func answers() throws {
    let service = try start()
    do {
      let client = try BrokerConnection(to: service.path)
      for number in 1...3 {
        #expect(try client.ask(Request("echo", ["n": "\(number)"])).fields["n"] == "\(number)")
      }
      #expect(throws: BrokerError.refused("Nobody knows dance.")) {
        _ = try client.ask(Request("dance"))
      }
      let flags: Int32? =
        switch try client.ask(Request("null")).descriptor {
        case .some(let null): fcntl(null.rawValue, F_GETFD)
        case nil: nil
        }
      #expect(flags == FD_CLOEXEC)
    }
    #expect(service.log.count == 1)
    #expect(service.log.first?.hasSuffix("refused dance: Nobody knows dance.") == true)
    try service.end()
  }

  @Test("The kernel says who asks, and in which groups")
  func credentials() throws {
    let service = try start()
    do {
      let fields = try BrokerConnection(to: service.path).ask(Request("who")).fields
      #expect(fields["uid"] == "\(geteuid())")
      var groups = [gid_t](repeating: 0, count: 256)
      let count = unsafe getgroups(256, &groups)
      #expect(fields["groups"] == Set(groups.prefix(Int(count)) + [getegid()]).sorted().description)
    }
    try service.end()
  }

  @Test(
    "Whoever breaks the framing is told why and sent away",
    arguments: [
      ("fdpass/2 echo\n", "begins with “fdpass/2”; spoken here is fdpass/1."),
      ("fdpass/1 ec", "must be one line that ends with a newline."),
      (String(repeating: "x", count: 5000), "longer than 4096 bytes."),
    ])
  func broken(text: String, reason: String) throws {
    let service = try start()
    do {
      let client = try service.connect()
      let bystander = try BrokerConnection(to: service.path)
      try client.send(Array(text.utf8))
      let answer = try #require(try reply(from: client))
      let wire = String(decoding: WireText.escaped(sentence: reason), as: UTF8.self)
      #expect(
        answer.hasPrefix("fdpass/1 error The message ") && answer.hasSuffix(wire), "\(answer)")
      #expect(try reply(from: client) == nil)
      #expect(try bystander.ask(Request("echo")).reason == nil)
    }
    try service.end()
  }

  @Test("A silent client is sent away, one that asks is not")
  func silence() throws {
    // Long enough that one that asks is never taken for silent, however busy the machine.
    let service = try start(limits { $0.silence = .seconds(2) })
    do {
      let silent = try service.connect()
      #expect(try reply(from: silent)?.hasPrefix("fdpass/1 error You asked for nothing") == true)
      #expect(try reply(from: silent) == nil)
      #expect(try BrokerConnection(to: service.path).ask(Request("echo")).fields.all.isEmpty)
    }
    try service.end()
  }

  @Test("One user has only so many connections at a time")
  func perUser() throws {
    let service = try start(limits { $0.connectionsPerUser = 2 })
    do {
      let first = try BrokerConnection(to: service.path)
      let second = try BrokerConnection(to: service.path)
      _ = try first.ask(Request("echo"))
      _ = try second.ask(Request("echo"))
      let third = try service.connect()
      #expect(
        try reply(from: third)
          == "fdpass/1 error Your user has 2 connections already. Close one first.")
      #expect(try reply(from: third) == nil)
      _ = try first.ask(Request("echo"))
      _ = try second.ask(Request("echo"))
    }
    try service.end()
  }

  @Test("A client that asks and never reads has to go, and is no burden")
  func slowReader() throws {
    let service = try start()
    do {
      let client = try service.connect()
      setBlocking(client.fileDescriptor, false)
      let request = Request("echo", ["text": String(repeating: "x", count: 4000)]).bytes
      var sent = 0
      var failure: PassingError?
      while failure == nil && sent < 100_000 {
        do throws(PassingError) {
          try client.send(request)
          sent += 1
        } catch {
          // The service is busy with it; a closed connection is EPIPE.
          if error.code == .wouldBlock { usleep(1000) } else { failure = error }
        }
      }
      #expect(failure?.code == .brokenPipe || failure?.code == .connectionReset)
      _ = try BrokerConnection(to: service.path).ask(Request("echo"))
    }
    #expect(service.log.contains { $0.hasSuffix("does not read its answers, and had to go.") })
    try service.end()
  }

  @Test("Where descriptors are passed, a client has one of them in flight and no more")
  func oneInFlight() throws {
    let service = try ServiceRun { _ in EchoRole(passesDescriptors: true) }
    do {
      let client = try service.connect()
      for _ in 0..<3 {
        try client.send(Request("null").bytes)
        #expect(try reply(from: client) == "fdpass/1 ok")
      }
      let greedy = try service.connect()
      try greedy.send(Request("null").bytes)
      try greedy.send(Request("null").bytes)
      // Nothing is read before the end, which comes without being asked for.
      var entry = pollfd(fd: greedy.fileDescriptor.rawValue, events: 0, revents: 0)
      #expect(unsafe poll(&entry, 1, 10_000) == 1)
      #expect(try reply(from: greedy) == "fdpass/1 ok")
      #expect(try reply(from: greedy) == "fdpass/1 error Read each answer before you ask again.")
      #expect(try reply(from: greedy) == nil)
    }
    try service.end()
  }

  @Test("Descriptors come in only where a role takes them, and only so many", arguments: [0, 2])
  func descriptors(maximum: Int) throws {
    let service = try start(descriptors: maximum)
    let pipe = try FileDescriptor.pipe()
    do {
      let client = try service.connect()
      let bytes = Request("count").bytes
      let lent = [FileDescriptor](repeating: pipe.writeEnd, count: 3)
      if maximum > 0 {
        try client.send(bytes, descriptors: Array(lent.prefix(maximum)))
        #expect(try reply(from: client) == "fdpass/1 ok count=\(maximum)")
      }
      do throws(PassingError) {
        try client.send(bytes, descriptors: lent)
      } catch {
        // Linux 6.16 and later refuse to queue them at all.
        #expect(error.code == .notPermitted)
        #expect(maximum == 0)
        try client.send(Array("x".utf8))
      }
      #expect(try reply(from: client)?.hasPrefix("fdpass/1 error ") == true)
    }
    // Every copy is closed, so the reader meets the end.
    try pipe.writeEnd.close()
    let byte = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
    defer { unsafe byte.deallocate() }
    #expect(try unsafe pipe.readEnd.read(into: byte) == 0)
    try pipe.readEnd.close()
    try service.end()
  }

  @Test("The socket is gone with the service, and the peers are told")
  func ending() throws {
    let service = try start()
    let client = try BrokerConnection(to: service.path)
    _ = try client.ask(Request("echo"))
    try service.end()
    #expect((try? service.path.stat(followTargetSymlink: false)) == nil)
    #expect(throws: BrokerError.noAnswer) { _ = try client.ask(Request("echo")) }
  }
}
