import Glibc
import TestKit
import Testing

/// The server and the client against other people's programs, for which a short script stands in.
@Suite(.requires(.python3)) struct PairWireTests {
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
    try await server.waitFor("Server ready")
    return server
  }

  /// Runs a script that finds the path in `path`.
  private func python(_ script: String) async throws -> CommandResult {
    let start = "import array, os, socket, struct, sys, time\npath = sys.argv[1]\n"
    return try await run(["python3", "-c", start + script, socket])
  }

  private func startPythonServer(answer: String) async throws -> RunningCommand {
    let server = try RunningCommand([
      "python3", "-c",
      """
      import array, os, socket, struct, sys
      listener = socket.socket(socket.AF_UNIX)
      listener.bind(sys.argv[1])
      listener.listen()
      print("ready", flush=True)
      client, _ = listener.accept()
      print(client.recv(100).decode(), flush=True)
      \(answer)
      client.close()
      """, socket,
    ])
    try await server.waitFor("ready")
    return server
  }

  @Test("Our server answers a client that asks in its own words")
  func theirClient() async throws {
    defer { directory.remove() }
    let server = try await startServer()
    let client = try await python(
      """
      s = socket.socket(socket.AF_UNIX)
      s.connect(path)
      s.sendall(b"May I?")
      data, fds, flags, _ = socket.recv_fds(s, 100, 8)
      print(data.decode(), len(fds), flags)
      os.write(fds[0], b"written by python\\n")
      print(s.recv(10))
      """)
    #expect(client.output == "Here is my stdout 1 0\nb''\n", "\(client)")
    #expect(server.output.hasSuffix("Client Request: May I?\nwritten by python\n"))
    try await server.end()
  }

  @Test(
    "Our client takes the first descriptor, whatever comes with it",
    arguments: [
      #"socket.send_fds(client, [b"Here is my stdout"], [1])"#,
      #"socket.send_fds(client, [b"x"], [1, 2, 0])"#,
      // Two messages of rights, credentials, and one of another protocol, which the kernel skips.
      """
      client.sendmsg([b"x"], [
        (socket.SOL_IP, 77, b"odd"),
        (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1])),
        (socket.SOL_SOCKET, 2, struct.pack("iII", os.getpid(), os.getuid(), os.getgid())),
        (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [2]))])
      """,
      // The socket and everything else is gone before the client looks.
      #"socket.send_fds(client, [b"x"], [1]); client.close(); listener.close()"#,
    ])
  func theirServer(answer: String) async throws {
    defer { directory.remove() }
    let server = try await startPythonServer(answer: answer)
    let client = try await run(
      [BuiltProducts.path(of: "fdpass-client"), "--socket", socket], input: "typed\n")
    #expect(client.status == 0, "\(client)")
    #expect(client.output == "Sending my Stdin to Server's Stdout as fd 4\n", "\(client)")
    try await server.waitFor("Send me your Stdout\ntyped\n")
    #expect(try await server.end(0) == 0)
  }

  @Test(
    "A server that passes nothing makes our client say so",
    arguments: [
      (#"client.sendall(b"No.")"#, "No descriptor came with the server's answer “No.”."),
      ("pass", "The server closed the connection without an answer."),
      (
        "client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))",
        "The server closed the connection without an answer."
      ),
    ])
  func nothingPassed(answer: String, sentence: String) async throws {
    defer { directory.remove() }
    let server = try await startPythonServer(answer: answer)
    let client = try await run(
      [BuiltProducts.path(of: "fdpass-client"), "--socket", socket], input: "typed\n")
    #expect(client.status == 1)
    #expect(client.output == "")
    #expect(client.errorOutput.contains(sentence), "\(client)")
    try await server.end(0)
  }

  @Test(
    "A client that vanishes at any point harms nothing",
    arguments: [
      "s.close()",
      "s.shutdown(socket.SHUT_RDWR)",
      "s.sendall(b'x'); s.close()",
      "s.sendall(b'x' * 5000); s.close()",
      "s.sendall(b'x'); s.shutdown(socket.SHUT_RD); time.sleep(0.01)",
      "s.sendall(b'x'); s.recv(100)",
      "s.sendall(b'x'); os.kill(os.getpid(), 9)",
      "socket.send_fds(s, [b'x'], [0, 1, 2, s.fileno()]); s.close()",
      "socket.send_fds(s, [b'x'], [s.fileno()]); socket.recv_fds(s, 100, 1); s.close()",
    ])
  func vanishing(action: String) async throws {
    defer { directory.remove() }
    let server = try await startServer()
    let before = openDescriptors(of: server.pid)?.count
    for _ in 0..<3 {
      _ = try await python("s = socket.socket(socket.AF_UNIX)\ns.connect(path)\n\(action)")
    }
    let client = try await run(
      [BuiltProducts.path(of: "fdpass-client"), "--socket", socket], input: "still there\n")
    #expect(client.status == 0, "\(client)")
    // What it says of those that vanished may come later.
    #expect(server.output.contains("\nstill there\n"), "\(server.output)")
    try await waitFor("all connections to end") {
      openDescriptors(of: server.pid)?.count == before
    }
    try await server.end()
  }

  @Test("Many silent clients keep nobody waiting")
  func silentClients() async throws {
    defer { directory.remove() }
    let server = try await startServer()
    let result = try await python(
      """
      silent = []
      for number in range(300):
        s = socket.socket(socket.AF_UNIX)
        s.connect(path)
        silent.append(s)
      s = socket.socket(socket.AF_UNIX)
      s.connect(path)
      s.sendall(b"me")
      print(len(socket.recv_fds(s, 100, 1)[1]))
      silent[-1].sendall(b"late")
      print(len(socket.recv_fds(silent[-1], 100, 1)[1]))
      """)
    #expect(result.output == "1\n1\n", "\(result)")
    try await server.end()
  }
}
