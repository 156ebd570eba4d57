import Foundation
import Glibc
import TestKit
import Testing

@Suite("A park and its servers")
struct ParkTests {
  private static let server = BuiltProducts.path(of: "fdpass-server")
  private static let client = BuiltProducts.path(of: "fdpass-client")
  private static let tracees = BuiltProducts.path(of: "tracees")

  private func park(in directory: TemporaryDirectory) async throws -> RunningCommand {
    let park = try RunningCommand([
      Self.server, "park", "--quiet", "--socket", directory.path + "/park",
    ])
    try await park.waitFor("Server ready")
    return park
  }

  @Test("No byte is lost while the server is killed again and again")
  func kills() async throws {
    let directory = try TemporaryDirectory()
    let park = try await park(in: directory)
    let result = try await run([
      Self.tracees, "parking", directory.path + "/park", "200", "5000", "8", "100",
    ])
    #expect(result.errorOutput == "")
    // A kill that comes while the server is busy is put off, the last ones for ever.
    #expect(result.output.contains(/^5000 rounds, (9\d|100) kills/), "\(result)")
    #expect(try await park.end() == 0)
    directory.remove()
  }

  @Test(
    "Its connections outlive its own restart in the service manager's store", .requires(.python3))
  func store() async throws {
    let result = try await run(["python3", "Tests/Foreign/service_manager.py", Self.server])
    #expect(result.errorOutput == "")
    #expect(result.output.hasSuffix("300 connections came through\n"))
    #expect(result.status == 0)
  }

  @Test("Another user is refused, whoever may connect", .requires(.root, .python3))
  func otherUser() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/park"
    unsafe chmod(directory.path, 0o755)
    let park = try RunningCommand([Self.server, "park", "--mode", "666", "--socket", path])
    try await park.waitFor("Server ready")
    let script = """
      import socket, sys
      park = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
      park.connect(sys.argv[1])
      park.send(b"fdpass/1 serve\\n")
      print(park.recv(4096).decode(), end="")
      """
    let result = try await run([
      "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c",
      script, path,
    ])
    #expect(
      result.output == "fdpass/1 error This park holds connections for user 0 only.\n",
      "\(result)")
    try await park.end()
    directory.remove()
  }

  @Test(
    "A client notices nothing when the server ends and the next goes on",
    arguments: [SIGKILL, SIGTERM])
  func serverEnds(signal: Int32) async throws {
    let directory = try TemporaryDirectory()
    let park = try await park(in: directory)
    let command = [
      Self.client, "serve", "127.0.0.1:0", "--socket", directory.path + "/park", "--idle",
      signal == SIGKILL ? "0.05" : "60",
    ]
    let first = try RunningCommand(command)
    try await first.waitFor("Found the park")
    let text = first.output.firstMatch(of: /port (\d+)/)?.1 ?? ""
    let client = try EchoClient(port: #require(UInt16(text)))
    try client.say("one\ntw")
    #expect(try client.hear() == "one\n")
    if signal == SIGKILL {
      // On a slow machine it was parked before it said a word, too, and came back.
      try await waitFor("the client to be parked again") {
        first.output.split(separator: "\n").last { $0.contains("are here") }?
          .hasPrefix("Parked a client; 0") == true
      }
    }
    #expect(try await first.end(signal) == (signal == SIGKILL ? 128 + SIGKILL : 0))
    try client.say("o\n")
    let second = try RunningCommand(command)
    #expect(try client.hear() == "two\n")
    try await second.end()
    try await park.end()
    directory.remove()
  }

  @Test("The echo server runs on a port that was passed to it")
  func passedPort() async throws {
    let directory = try TemporaryDirectory()
    let (rules, path) = (directory.path + "/rules", directory.path + "/ports")
    try "allow user \(geteuid()) tcp 0 on 127.0.0.1\n".write(
      toFile: rules, atomically: false, encoding: .utf8)
    let ports = try RunningCommand([Self.server, "ports", "--rules", rules, "--socket", path])
    try await ports.waitFor("Server ready")
    let serve = try RunningCommand([
      Self.client, "port", "127.0.0.1:0", "--socket", path, "--", Self.client, "serve", "--no-park",
    ])
    try await serve.waitFor("Serving on port")
    let text = serve.output.firstMatch(of: /port (\d+)/)?.1 ?? ""
    let client = try EchoClient(port: #require(UInt16(text)))
    try client.say("hello\n")
    #expect(try client.hear() == "hello\n")
    #expect(try await serve.end() == 0)
    #expect(try await ports.end() == 0)
    directory.remove()
  }
}

/// A client of the echo server.
private struct EchoClient: ~Copyable {
  private let number: Int32

  init(port: UInt16) throws {
    number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let number = number
    let result = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    #expect(result == 0)
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    unsafe setsockopt(
      number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(number) }

  func say(_ text: String) throws {
    #expect(unsafe send(number, text, text.utf8.count, Int32(MSG_NOSIGNAL)) > 0)
  }

  /// Waits for what comes, up to a newline.
  func hear() throws -> String {
    var text = ""
    var byte: UInt8 = 0
    while !text.hasSuffix("\n"), unsafe recv(number, &byte, 1, 0) == 1 {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    }
    return text
  }
}
