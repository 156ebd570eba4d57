import Glibc
import TestKit
import Testing

/// The server and the client as programs, in the hands of a user.
@Suite struct PairTests {
  private let directory: TemporaryDirectory
  private let socket: String

  init() throws {
    directory = try TemporaryDirectory()
    socket = directory.path + "/s"
  }

  private func startServer() async throws -> RunningCommand {
    let server = try RunningCommand([
      BuiltProducts.path(of: "fdpass-server"), "--socket", socket,
    ])
    try await server.waitFor("Server ready on \(socket)\n")
    return server
  }

  private func runClient(input: String = "") async throws -> CommandResult {
    try await run(
      [BuiltProducts.path(of: "fdpass-client"), "--socket", socket], input: input)
  }

  private var socketExists: Bool { unsafe access(socket, F_OK) == 0 }

  @Test("What is typed to the client shows up at the server, byte by byte")
  func pair() async throws {
    defer { directory.remove() }
    let server = try await startServer()
    let typed = "hello through a passed descriptor\nno newline at the end: \u{1}\u{1b}[31mπ"
    let client = try await runClient(input: typed)
    #expect(client.status == 0, "\(client)")
    #expect(client.output == "Sending my Stdin to Server's Stdout as fd 4\n", "\(client)")
    #expect(client.errorOutput == "", "\(client)")

    let lines = server.output.split(separator: "\n", maxSplits: 3).map(String.init)
    #expect(lines[0] == "Server ready on \(socket)")
    #expect(lines[1].hasPrefix("New Client: pid "))
    #expect(lines[2] == "Client Request: Send me your Stdout")
    #expect(lines[3] == typed)
    #expect(server.errorOutput == "")
    try await server.end()
  }

  @Test("A megabyte arrives as it was sent")
  func large() async throws {
    defer { directory.remove() }
    let server = try await startServer()
    let line = String(repeating: "0123456789abcde", count: 70_000)
    #expect(try await runClient(input: line).status == 0)
    #expect(server.output.hasSuffix("Stdout\n" + line))
    try await server.end()
  }

  @Test(
    "A signal ends the server and removes its socket",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func signals(signal: Int32) async throws {
    defer { directory.remove() }
    let server = try await startServer()
    #expect(socketExists)
    #expect(try await server.end(signal) == 128 + signal)
    #expect(!socketExists)
  }

  @Test("A killed server leaves a stale socket, which the next one replaces")
  func stale() async throws {
    defer { directory.remove() }
    try await startServer().end(SIGKILL)
    #expect(socketExists)
    let client = try await runClient()
    #expect(client.status == 1)
    #expect(
      client.errorOutput == """
        fdpass-client: Cannot connect to \(socket): Connection refused. Nobody listens there: the \
        server has ended, or it is not up yet.

        """)
    let server = try await startServer()
    #expect(try await runClient().status == 0)
    try await server.end()
  }

  @Test("Fifty clients in a row and twenty at once leave the server as it was")
  func many() async throws {
    defer { directory.remove() }
    let server = try await startServer()
    let before = openDescriptors(of: server.pid)?.keys.sorted()
    for number in 1...50 {
      #expect(try await runClient(input: "row \(number)\n").status == 0)
    }
    try await withThrowingTaskGroup { group in
      for number in 1...20 {
        group.addTask {
          let client = try await runClient(input: "once \(number)\n")
          #expect(client.status == 0, "\(client)")
        }
      }
      try await group.waitForAll()
    }
    let said = Set(server.output.split(separator: "\n").map(String.init))
    #expect(said.isSuperset(of: (1...50).map { "row \($0)" } + (1...20).map { "once \($0)" }))
    // A client may have its answer before the server has closed the connection.
    try await waitFor("all connections to end") {
      openDescriptors(of: server.pid)?.keys.sorted() == before
    }
    #expect(server.errorOutput == "")
    try await server.end()
  }

  @Test("A second server says that the place is taken, and the first serves on")
  func occupied() async throws {
    defer { directory.remove() }
    let server = try await startServer()
    let second = try await run([BuiltProducts.path(of: "fdpass-server"), "--socket", socket])
    #expect(second.status == 1)
    #expect(
      second.errorOutput == """
        fdpass-server: Cannot serve at \(socket): another server listens there. Stop it, or choose \
        another --socket.

        """)
    #expect(second.output == "")
    #expect(try await runClient().status == 0)
    try await server.end()
  }

  @Test(
    "Something else at the path is never removed",
    arguments: ["echo precious > $0", "mkdir $0", "ln -s /nowhere $0", "mkfifo $0"])
  func otherFile(command: String) async throws {
    defer { directory.remove() }
    #expect(try await run(["sh", "-c", command, socket]).status == 0)
    let before = try await run(["ls", "-li", directory.path])
    let server = try await run([BuiltProducts.path(of: "fdpass-server"), "--socket", socket])
    #expect(server.status == 1)
    #expect(server.errorOutput.contains("something is there that is no socket"), "\(server)")
    #expect(try await run(["ls", "-li", directory.path]).output == before.output)
  }
}
