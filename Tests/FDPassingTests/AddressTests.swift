import FDPassing
import Glibc
import SystemPackage
import TestKit
import Testing

@Suite("Addresses and connections")
struct AddressTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func path(_ name: String) -> SocketAddress {
    .path(FilePath(directory.path).appending(name))
  }

  /// A path in the directory that is so many bytes long.
  private func path(ofLength length: Int) -> SocketAddress {
    path(String(repeating: "x", count: length - directory.path.utf8.count - 1))
  }

  @Test("A server at a path and its client", arguments: [UnixSocket.Kind.stream, .seqpacket])
  func pathConnection(kind: UnixSocket.Kind) throws {
    defer { directory.remove() }
    let server = try UnixSocket(kind)
    try server.bind(to: path("a"))
    try server.listen()
    let client = try UnixSocket(kind)
    try client.connect(to: path("a"))
    let accepted = try server.accept()
    try client.send([1])
    let seen = Seen(try accepted.receive(maxBytes: 9))
    #expect(seen.bytes == [1])
    let addresses = [
      try server.localAddress(), try client.peerAddress(), try accepted.localAddress(),
      try client.localAddress(), try accepted.peerAddress(),
    ]
    #expect(addresses == [path("a"), path("a"), path("a"), .unnamed, .unnamed])
    let descriptors = [
      server.fileDescriptor, client.fileDescriptor, accepted.fileDescriptor,
    ]
    #expect(descriptors.allSatisfy(isClosedOnExec))
  }

  @Test("A server with an abstract name leaves nothing behind")
  func abstract() async throws {
    defer { directory.remove() }
    let name = SocketAddress.abstract(name: Array("fdpassing \(getpid())".utf8) + [0, 0xff])
    do {
      let server = try UnixSocket(.stream)
      try server.bind(to: name)
      try server.listen()
      let client = try UnixSocket(.stream)
      try client.connect(to: name)
      #expect(try client.peerAddress() == name)
      #expect(name.description == "@fdpassing \(getpid())\\x00\\xff")
    }
    // A child that another test starts has copies of all for a moment, until it is a program.
    try await waitFor("nobody to listen there") {
      do throws(PassingError) {
        let late = try UnixSocket(.stream)
        try late.connect(to: name)
        return false
      } catch { return error.code == .connectionRefused }
    }
  }

  @Test("A datagram says where it came from, and can be answered there")
  func datagrams() throws {
    defer { directory.remove() }
    let first = try UnixSocket(.datagram)
    let second = try UnixSocket(.datagram)
    try first.bind(to: path("a"))
    try second.bind(to: path("b"))
    try first.send([1], descriptors: [.standardError], to: path("b"))
    let question = try second.receive(maxBytes: 9, maxDescriptors: 1)
    let found = question.sender
    let sender = try #require(found)
    #expect(sender == path("a"))
    try second.send([2], to: sender)
    let answer = Seen(try first.receive(maxBytes: 9))
    #expect(answer.bytes == [2])
  }

  @Test("107 bytes of path are bound and found again, 108 are refused with a sentence")
  func length() throws {
    defer { directory.remove() }
    let server = try UnixSocket(.stream)
    try server.bind(to: path(ofLength: 107))
    #expect(try server.localAddress() == path(ofLength: 107))

    let long = path(ofLength: 108)
    let other = try UnixSocket(.stream)
    let error = #expect(throws: PassingError.self) { try other.bind(to: long) }
    #expect(error?.reason == .addressTooLong(count: 108, limit: 107))
    #expect(
      error?.description == """
        Cannot bind a socket to \(long): its 108 bytes are more than the 107 that fit in a socket \
        address; choose a shorter one.
        """)
  }

  @Test("A path need not be text")
  func bytesInPath() throws {
    defer { directory.remove() }
    let bytes = (directory.path + "/").utf8.map(CChar.init(bitPattern:)) + [-1, -2, 0]
    let name = FilePath(platformString: bytes)
    let server = try UnixSocket(.stream)
    try server.bind(to: .path(name))
    #expect(try server.localAddress() == .path(name))
  }

  @Test("The mode of the file is what was asked for")
  func permissions() throws {
    defer { directory.remove() }
    let server = try UnixSocket(.stream)
    try server.bind(to: path("a"), permissions: [.ownerReadWrite])
    let status = try FilePath(directory.path).appending("a").stat()
    #expect(status.permissions == [.ownerReadWrite])
  }

  @Test(
    "A failure to connect says what to do",
    arguments: [
      ("missing", "No such file or directory. There is no such socket: start the server"),
      ("stale", "Connection refused. Nobody listens there"),
      ("messages", "The socket there is of another kind"),
    ])
  func cannotConnect(name: String, sentence: String) throws {
    defer { directory.remove() }
    do {
      let stale = try UnixSocket(.stream)
      try stale.bind(to: path("stale"))
    }
    let messages = try UnixSocket(.datagram)
    try messages.bind(to: path("messages"))
    let client = try UnixSocket(.stream)
    let error = #expect(throws: PassingError.self) { try client.connect(to: path(name)) }
    #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
  }
}
