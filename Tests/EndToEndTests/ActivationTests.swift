import Foundation
import TestKit
import Testing

/// Servers that a service manager starts, with a socket that listens already.
@Suite("Started by a service manager", .requires(.python3))
struct ActivationTests {
  private static let server = BuiltProducts.path(of: "fdpass-server")
  private static let client = BuiltProducts.path(of: "fdpass-client")

  /// Executes a program with a listening Unix socket as descriptor 3: KIND PATH PID PROGRAM ARGUMENT…
  private static let manager = """
    import os, socket, sys
    kind, path, pid = sys.argv[1:4]
    listener = socket.socket(socket.AF_UNIX, getattr(socket, kind))
    listener.bind(path)
    listener.listen()
    os.dup2(listener.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=pid or str(os.getpid()), LISTEN_FDNAMES="any")
    os.execv(sys.argv[4], sys.argv[4:])
    """

  private func command(
    _ kind: String, _ path: String, pid: String = "", _ words: [String]
  ) -> [String] {
    ["python3", "-c", Self.manager, "SOCK_" + kind, path, pid, Self.server] + words
  }

  @Test(
    "The server for standard output serves on the socket that it was given, and leaves its file")
  func stdout() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/s"
    let server = try RunningCommand(command("STREAM", path, []))
    try await server.waitFor("Server ready on \(path)")
    let result = try await run([Self.client, "--socket", path], input: "hello\n")
    #expect(result.status == 0, "\(result)")
    try await server.waitFor("hello")
    try await server.end()
    #expect(FileManager.default.fileExists(atPath: path))
    directory.remove()
  }

  @Test("A socket that was meant for another process is left alone")
  func otherProcess() async throws {
    let directory = try TemporaryDirectory()
    let words = ["park", "--socket", directory.path + "/own"]
    let server = try RunningCommand(
      command("SEQPACKET", directory.path + "/s", pid: "1", words))
    try await server.waitFor("Server ready on \(directory.path)/own")
    #expect(try await server.end() == 0)
    directory.remove()
  }

  @Test("A socket of another type is refused with what to do")
  func otherType() async throws {
    let directory = try TemporaryDirectory()
    let result = try await run(command("STREAM", directory.path + "/s", ["park"]))
    #expect(result.status == 1)
    #expect(
      result.errorOutput == """
        fdpass-server: The service manager passed a socket of type stream, where seqpacket is \
        needed. Give this service one socket unit, of the right type.

        """)
    directory.remove()
  }
}
