import FDPassing
import Foundation
import Glibc
import SystemPackage
import TestKit
import Testing

@testable import Brokers

@Suite("Passing ports")
struct PortRoleTests {
  private let directory: TemporaryDirectory
  private let rules: FilePath

  init() throws {
    directory = try TemporaryDirectory()
    rules = FilePath(directory.path).appending("rules")
  }

  private func write(_ text: String, permissions: Int = 0o600) throws {
    try text.write(toFile: rules.string, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: permissions], ofItemAtPath: rules.string)
  }

  private func start(_ text: String) throws -> ServiceRun {
    try write(text)
    return try ServiceRun { [rules] _ in try PortRole(rules: rules, log: { _ in }) }
  }

  private var allowsMe: String { "allow user \(geteuid()) tcp 0 on 127.0.0.1 ::1\n" }

  /// Asks, and takes the descriptor out of the response: number and port. It must be closed.
  private func ask(_ service: ServiceRun, _ fields: Fields) throws -> (Int32, Fields) {
    let client = try BrokerConnection(to: service.path)
    var response = try client.ask(Request("port", fields))
    let fields = response.fields
    guard let descriptor = response.descriptor.take() else { return (-1, fields) }
    return (descriptor.release(), fields)
  }

  @Test(
    "A socket that the rules allow listens where it was asked for",
    arguments: ["127.0.0.1:0", "[::1]:0"])
  func listens(address: String) throws {
    defer { directory.remove() }
    let service = try start(allowsMe)
    let (listener, fields) = try ask(service, ["address": address])
    defer { close(listener) }
    #expect(fields["rule"] == "1")
    let bound = try #require(fields["address"])
    #expect(bound.hasPrefix(address.dropLast()) && !bound.hasSuffix(":0"))

    var listening: Int32 = 0
    var length = socklen_t(4)
    _ = unsafe getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length)
    #expect(listening == 1)
    #expect(fcntl(listener, F_GETFD) == FD_CLOEXEC)
    #expect(fcntl(listener, F_GETFL) & O_NONBLOCK == 0)

    // The port is taken now, and the answer says so.
    try write("allow tcp 0-65535\n")
    let again = try start("allow tcp 0-65535\n")
    let error = #expect(throws: BrokerError.self) { _ = try ask(again, ["address": bound]) }
    #expect(error?.description.contains("Address already in use") == true)
    try again.end()
    try service.end()
  }

  @Test("A socket of UDP is bound")
  func udp() throws {
    defer { directory.remove() }
    let service = try start("allow udp 0\n")
    let (socket, fields) = try ask(service, ["address": "127.0.0.1:0", "protocol": "udp"])
    defer { close(socket) }
    var kind: Int32 = 0
    var length = socklen_t(4)
    _ = unsafe getsockopt(socket, SOL_SOCKET, SO_TYPE, &kind, &length)
    #expect(kind == Int32(SOCK_DGRAM.rawValue))
    #expect(fields["address"]?.hasSuffix(":0") == false)
    try service.end()
  }

  @Test(
    "What is not allowed is refused with the rule, or the lack of one",
    arguments: [
      (["address": "127.0.0.1:81"], "Line 2 of the rules forbids tcp 127.0.0.1:81: deny tcp 81"),
      (["address": "127.0.0.2:0"], "No rule is about user "),
      (["address": "127.0.0.1:0", "protocol": "udp"], "No rule is about user "),
      (["address": "127.0.0.1:0", "protocol": "sctp"], "The protocol must be tcp or udp."),
      (["address": "localhost:0"], "The address must be such as 127.0.0.1:80 or [::1]:80"),
      ([:], "The address must be such as 127.0.0.1:80 or [::1]:80"),
      (["address": "127.0.0.1:0", "owner": "me"], "A request for a port has no field owner."),
    ] as [([String: String], String)])
  func refused(request: [String: String], sentence: String) throws {
    defer { directory.remove() }
    let service = try start(allowsMe + "deny tcp 81\n")
    var fields = Fields()
    for (key, value) in request { fields[key] = value }
    let asked = fields
    let error = #expect(throws: BrokerError.self) { _ = try ask(service, asked) }
    let said = error?.description ?? ""
    #expect(said.hasPrefix("The server refused: \(sentence)"), "\(said)")
    try service.end()
  }

  @Test("Rules are read again, and wrong ones change nothing")
  func reload() throws {
    defer { directory.remove() }
    try write("allow tcp 1\n")
    final class Lines { var all: [String] = [] }
    let said = Lines()
    let role = try PortRole(rules: rules, log: { said.all.append($0) })
    try write("allow tcp 1\nallow tcp 2\n")
    role.reload()
    try write("allow tcp 1\nnonsense\n")
    role.reload()
    #expect(
      said.all == [
        "Read 2 rules from \(rules).",
        "Cannot use the rules. \(rules):2:1: a rule begins with allow or deny, not “nonsense”."
          + " The rules read before stay in force.",
      ])
  }

  @Test("Another user's file is no rules for a server of root", .requires(.root))
  func foreign() throws {
    defer { directory.remove() }
    try write("allow tcp 1\n")
    unsafe chown(rules.string, 65534, 65534)
    let error = #expect(throws: BrokerError.self) { _ = try PortRole(rules: rules, log: { _ in }) }
    #expect(error?.description.contains("this file belongs to another user") == true)
  }

  @Test("A file that others may write to, a pipe, and none at all are no rules")
  func untrusted() throws {
    defer { directory.remove() }
    try write("allow tcp 1\n", permissions: 0o622)
    let open = #expect(throws: BrokerError.self) { _ = try PortRole(rules: rules, log: { _ in }) }
    #expect(open?.description.contains("others may write to this file") == true)
    let pipe = FilePath(directory.path).appending("pipe")
    unsafe mkfifo(pipe.string, 0o600)
    let fifo = #expect(throws: BrokerError.self) { _ = try PortRole(rules: pipe, log: { _ in }) }
    #expect(fifo == .badRules("\(pipe): this is no regular file."))
    #expect(throws: BrokerError.file("read the rules in /nowhere", .noSuchFileOrDirectory)) {
      _ = try PortRole(rules: "/nowhere", log: { _ in })
    }
  }
}
