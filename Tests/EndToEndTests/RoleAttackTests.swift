import Foundation
import Glibc
import TestKit
import Testing

/// Clients that mean harm. The server lives on, others are served, and what was taken comes back.
@Suite("Hostile clients of a role", .requires(.python3)) struct RoleAttackTests {
  private let directory: TemporaryDirectory
  private let socket: String

  init() throws {
    directory = try TemporaryDirectory()
    socket = directory.path + "/s"
    try "hello\n".write(toFile: directory.path + "/a", atomically: false, encoding: .utf8)
  }

  /// What stands before each attack: `connect()`, `tell(socket, bytes)`, `answer(socket)`.
  private static let tools = """
    import array, os, socket, sys, time
    def connect():
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.connect(sys.argv[1])
        s.settimeout(60)
        return s
    def tell(s, data, fds=()):
        try:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
            return s.sendmsg([data], rights)
        except OSError as error:
            return error.strerror
    def answer(s):
        try:
            return s.recv(4096).decode()
        except OSError as error:
            return error.strerror

    """

  /// An attack, and what it must be told.
  struct Attack: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let script: String
    let expected: String
    /// How many descriptors the server may have.
    var room = 1024
  }

  static let attacks = [
    Attack(
      testDescription: "300 connections at once",
      script: """
        all = [connect() for _ in range(300)]
        print(sum("has 32 connections already" in answer(s) for s in all[32:]))
        """, expected: "268\n"),
    Attack(
      testDescription: "more silent connections than the server has numbers for",
      script: """
        all = [connect() for _ in range(300)]
        print("Others need the room" in answer(all[0]))
        """, expected: "True", room: 20),
    Attack(
      testDescription: "2,000 connections, one after the other",
      script: """
        for _ in range(2000): connect().close()
        print("done")
        """, expected: "done\n"),
    Attack(
      testDescription: "descriptors by the hundred",
      script: """
        for _ in range(50):
            s = connect()
            tell(s, b"fdpass/1 open path=a\\n", [0] * 253)
            s.close()
        print("done")
        """, expected: "done\n"),
    Attack(
      testDescription: "a request that is never finished",
      script: """
        s = connect()
        tell(s, b"fdpass/1 open pa")
        print(answer(s))
        """, expected: "must be one line that ends with a newline"),
    Attack(
      testDescription: "a request of 1 GB",
      script: """
        s = connect()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
        print(tell(s, b"x" * (1 << 30)))
        """, expected: "Message too long"),
    Attack(
      testDescription: "a request as large as the kernel lets through",
      script: """
        s = connect()
        size = 1 << 27
        while tell(s, b"x" * size) == "Message too long": size //= 2
        print(answer(s))
        """, expected: "longer than 4096 bytes"),
    Attack(
      testDescription: "another version",
      script: """
        s = connect()
        tell(s, b"fdpass/2 open path=a\\n")
        print(answer(s))
        """, expected: "spoken here is fdpass/1"),
    Attack(
      testDescription: "10,000 requests and no answer read",
      script: """
        s = connect()
        s.settimeout(0.2)
        told = [tell(s, b"fdpass/1 open path=a\\n") for _ in range(10000)]
        print(told[-1])
        """, expected: "Broken pipe"),
    Attack(
      testDescription: "noise",
      script: """
        for _ in range(300):
            s = connect()
            tell(s, os.urandom(100))
            assert "fdpass/1 error" in answer(s)
        print("done")
        """, expected: "done"),
  ]

  private func memory(of pid: pid_t) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
  }

  // What a user may have in flight is counted over all of the user's processes, and a server with
  // room for 20 would be refused (ETOOMANYREFS) while other tests have more than that on the way.
  // Root is not counted.
  @Test(
    "The server is as it was", arguments: attacks.filter { $0.room > 20 || geteuid() == 0 })
  func attack(_ attack: Attack) async throws {
    defer { directory.remove() }
    let server = try RunningCommand([
      "prlimit", "--nofile=\(attack.room)", BuiltProducts.path(of: "fdpass-server"), "files",
      "--root", directory.path, "--socket", socket,
    ])
    try await server.waitFor("Server ready on \(socket)\n")
    func expectAnswer() async throws {
      let client = [BuiltProducts.path(of: "fdpass-client"), "open", "a", "--socket", socket]
      try await waitFor("an answer") { try await run(client).output == "hello\n" }
    }
    let before = openDescriptors(of: server.pid)
    try await expectAnswer()
    let memoryBefore = try memory(of: server.pid)

    let attacker = try await run(["python3", "-c", Self.tools + attack.script, socket])
    #expect(attacker.output.contains(attack.expected), "\(attacker)\n\(server.output.suffix(1000))")

    try await expectAnswer()
    try await waitFor("the descriptors of before") { openDescriptors(of: server.pid) == before }
    #expect(try memory(of: server.pid) - memoryBefore < 2 << 20)
    #expect(try await server.end() == 0)
    #expect(server.errorOutput == "")
  }

  @Test("While one user is at it, another is served", .requires(.root))
  func bystander() async throws {
    defer { directory.remove() }
    unsafe chmod(directory.path, 0o755)
    let server = try RunningCommand([
      BuiltProducts.path(of: "fdpass-server"), "files", "--root", directory.path, "--socket",
      socket, "--mode", "666",
    ])
    try await server.waitFor("Server ready on \(socket)\n")
    let script = """
      silent = [connect() for _ in range(32)]
      while True:
          s = connect()
          tell(s, b"fdpass/1 open path=a")
      """
    let attacker = try RunningCommand(
      [
        "setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/python3", "-c", Self.tools + script,
        socket,
      ])
    try await server.waitFor("Your user has 32 connections already")
    for _ in 0..<5 {
      let served = try await run(
        [BuiltProducts.path(of: "fdpass-client"), "open", "a", "--socket", socket])
      #expect(served.output == "hello\n", "\(served)")
    }
    try await attacker.end(SIGKILL)
    #expect(try await server.end() == 0)
  }
}
