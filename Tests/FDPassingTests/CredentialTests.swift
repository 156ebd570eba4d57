import ControlMessages
import FDPassing
import Glibc
import SystemPackage
import TestKit
import Testing

@Suite("Who is at the other end")
struct CredentialTests {
  private let own = SocketCredentials(pid: getpid(), uid: geteuid(), gid: getegid())

  @Test("The peer of a pair is this process")
  func peer() throws {
    let pair = try UnixSocket.pair(.stream)
    let peer = try pair.first.peerCredentials()
    #expect(peer.pid == getpid())
    #expect(peer.uid == geteuid())
    #expect(peer.gid == getegid())
  }

  @Test("Credentials, descriptors and a pidfd in one message", arguments: 0...3)
  func all(count: Int) throws {
    var pair = try UnixSocket.pair(.stream)
    try pair.second.setReceivesCredentials(true)
    try pair.second.setReceivesPidDescriptor(true)
    let lent = [FileDescriptor](repeating: .standardError, count: count)
    try pair.first.send([1], descriptors: lent, credentials: own)

    let message = try pair.second.receive(maxBytes: 9, maxDescriptors: count)
    let seen = Seen(message)
    #expect(seen.credentials == own)
    #expect(seen.descriptors.count == count)
    #expect(seen.hasPidDescriptor)
    #expect(!seen.isControlTruncated)
    if case .some(let process) = message.pidDescriptor {
      let number = process.rawValue
      #expect(openDescriptors()?[number] == "anon_inode:[pidfd]")
      #expect(isClosedOnExec(process.fileDescriptor))
    }
  }

  @Test("Accepted sockets receive them as their listener was told to")
  func inherited() throws {
    let name = SocketAddress.abstract("fdpassing credentials \(getpid())")
    var server = try UnixSocket(.stream)
    try server.setReceivesCredentials(true)
    try server.bind(to: name)
    try server.listen()
    let client = try UnixSocket(.stream)
    try client.connect(to: name)
    let accepted = try server.accept()
    try client.send([1], descriptors: [.standardError])
    let seen = Seen(try accepted.receive(maxBytes: 9, maxDescriptors: 1))
    #expect(seen.credentials == own)
    #expect(seen.descriptors.count == 1)
  }

  @Test("An adopted socket keeps what it was told")
  func adopted() throws {
    var pair = try UnixSocket.pair(.datagram)
    try pair.second.setReceivesCredentials(true)
    let socket = try UnixSocket(adopting: pair.second.releaseDescriptor())
    let kind = socket.kind
    #expect(kind == .datagram)
    try pair.first.send([1])
    let seen = Seen(try socket.receive(maxBytes: 9))
    #expect(seen.credentials == own)
    #expect(!seen.isControlTruncated)
  }

  @Test("Foreign credentials are refused", .requires(.unprivileged))
  func forged() throws {
    let pair = try UnixSocket.pair(.stream)
    let error = #expect(throws: PassingError.self) {
      try pair.first.send([1], credentials: SocketCredentials(pid: 1, uid: 0, gid: 0))
    }
    #expect(error?.code == .notPermitted)
  }
}
