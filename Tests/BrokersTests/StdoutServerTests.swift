import FDPassing
import Glibc
import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Brokers

/// The roles in threads of this process; `EndToEndTests` has the programs.
@Suite("Server and client")
struct StdoutServerTests {
  private let directory: TemporaryDirectory
  private let path: FilePath
  private let log = Log()

  init() throws {
    directory = try TemporaryDirectory()
    path = FilePath(directory.path).appending("s")
  }

  /// What was said so far, by anyone.
  private final class Log: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    @Sendable func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  /// A server that passes this process's standard error. It ends when asked by the name of `end`.
  private func startServer() throws -> BackgroundThread<Void> {
    let ready = Mutex(false)
    let thread = BackgroundThread { [path, log] in
      let listener = try ServerSocket.listen(at: path)
      ready.withLock { $0 = true }
      var server = StdoutServer(
        on: listener, passing: .standardError,
        print: { (line) throws(BrokerError) in
          if line.hasSuffix("end") { throw .noAnswer }
          log.add(line)
        }, complain: log.add)
      try server.run()
    }
    for _ in 0..<60_000 where !ready.withLock({ $0 }) { usleep(1000) }
    return thread
  }

  /// Ends the server, and returns what was said.
  private func end(_ server: BackgroundThread<Void>) throws -> [String] {
    try connection().send(Array("end".utf8))
    #expect(throws: BrokerError.noAnswer) { try server.join() }
    directory.remove()
    return log.all.filter { !$0.hasPrefix("New Client") && !$0.hasPrefix("Server ready") }
  }

  private func connection() throws -> UnixSocket {
    let socket = try UnixSocket(.stream)
    try socket.connect(to: .path(path))
    return socket
  }

  private func receive(_ socket: borrowing UnixSocket) throws -> (String, Int) {
    let message = try socket.receive(maxBytes: 100, maxDescriptors: 3)
    return (String(decoding: message.bytes, as: UTF8.self), message.descriptors.count)
  }

  @Test("A request is answered with one descriptor")
  func answer() throws {
    let server = try startServer()
    let client = try connection()
    try client.send(Array("Send me your Stdout".utf8))
    let (text, count) = try receive(client)
    #expect(text == "Here is my stdout")
    #expect(count == 1)
    #expect(try end(server) == ["Client Request: Send me your Stdout"])
  }

  @Test("A silent client keeps nobody waiting, and is answered when it asks")
  func silent() throws {
    let server = try startServer()
    let silent = try connection()
    for _ in 0..<3 {
      let client = try connection()
      try client.send([0x61])
      #expect(try receive(client).1 == 1)
    }
    try silent.send([0x62])
    #expect(try receive(silent).1 == 1)
    #expect(
      try end(server) == ["a", "a", "a", "b"].map { "Client Request: \($0)" })
  }

  @Test("Among too many silent clients the oldest has to go")
  func tooMany() throws {
    let server = try startServer()
    let first = try connection()
    var others: [OwnedConnection] = []
    for _ in 0..<100 { others.append(OwnedConnection(try connection())) }
    let isGone = try first.receive(maxBytes: 1).isEndOfFile
    #expect(isGone)
    try others[0].socket.send([0x61])
    #expect(try receive(others[0].socket).1 == 1)
    others = []
    let said = try end(server)
    #expect(said.contains { $0.hasSuffix("asked for nothing and had to give way to others.") })
  }

  @Test("What a client sends does nothing to the terminal, and its descriptors do not come in")
  func hostile() throws {
    let server = try startServer()
    let client = try connection()
    try client.send(
      Array("\u{1b}[2J\u{9b}π\n".utf8) + [0xff],
      descriptors: [FileDescriptor](repeating: .standardError, count: 10))
    #expect(try receive(client).1 == 1)
    #expect(try end(server) == ["Client Request: \\u{1B}[2J\\u{009B}π\\n\u{fffd}"])
  }

  @Test("A client that leaves is reported, and the next one served")
  func leaving() throws {
    let server = try startServer()
    try connection().shutdownSending()
    do {
      let hasty = try connection()
      try hasty.send([0x61])
    }
    let client = try connection()
    try client.send([0x62])
    #expect(try receive(client).1 == 1)
    let said = try end(server)
    #expect(said.contains { $0.hasSuffix("left without a request.") })
    #expect(said.contains("Client Request: b"))
  }

  @Test(
    "A client whose server passes nothing says what came instead",
    arguments: [
      ("", BrokerError.noAnswer), ("No\u{7}", .noDescriptor(answer: "No\\u{07}")),
    ])
  func noDescriptor(answer: String, expected: BrokerError) throws {
    defer { directory.remove() }
    let listener = try ServerSocket.listen(at: path)
    let client = BackgroundThread { [path, log] in
      try StdoutClient.run(
        path: path, print: { (line) throws(BrokerError) in log.add(line) }, complain: log.add)
    }
    do {
      let accepted = try listener.socket.accept()
      let (request, _) = try receive(accepted)
      #expect(request == "Send me your Stdout")
      if !answer.isEmpty { try accepted.send(Array(answer.utf8)) }
    }
    #expect(throws: expected) { try client.join() }
    #expect(log.all == [])
  }

  @Test("More descriptors than one are closed, and the first is used")
  func moreThanOne() throws {
    defer { directory.remove() }
    let listener = try ServerSocket.listen(at: path)
    let pipe = try FileDescriptor.pipe()
    defer { try? pipe.readEnd.close() }
    let client = BackgroundThread { [path, log] in
      let input = try FileDescriptor.open(FilePath("/proc/self/comm"), .readOnly)
      defer { try? input.close() }
      try StdoutClient.run(
        path: path, input: input, print: { (line) throws(BrokerError) in log.add(line) },
        complain: log.add)
    }
    do {
      let accepted = try listener.socket.accept()
      _ = try receive(accepted)
      try accepted.send([0x61], descriptors: [pipe.writeEnd, .standardError, .standardError])
    }
    try pipe.writeEnd.close()
    try client.join()
    var text = [UInt8](repeating: 0, count: 64)
    let count = try unsafe text.withUnsafeMutableBytes { try unsafe pipe.readEnd.read(into: $0) }
    #expect(count > 0)
    #expect(log.all.count == 2)
    #expect(log.all.first?.contains("more than one descriptor") == true)
  }

  /// A socket in an array.
  private final class OwnedConnection {
    let socket: UnixSocket
    init(_ socket: consuming UnixSocket) { self.socket = socket }
  }
}
