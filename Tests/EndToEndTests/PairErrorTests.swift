import Glibc
import TestKit
import Testing

/// What the server and the client say when they are used in the wrong way or the wrong place.
@Suite struct PairErrorTests {
  private static let commands = ["fdpass-server", "fdpass-client"]

  @Test("Wrong usage is exit status 64", arguments: commands)
  func usage(command: String) async throws {
    for arguments in [["--nonsense"], ["--socket"], ["stray"]] {
      let result = try await run([BuiltProducts.path(of: command)] + arguments)
      #expect(result.status == 64, "\(result)")
      #expect(result.errorOutput.hasPrefix("Error: "), "\(result)")
      #expect(result.output == "")
    }
  }

  @Test("Help and version", arguments: commands)
  func help(command: String) async throws {
    let help = try await run([BuiltProducts.path(of: command), "--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("USAGE: \(command) [--socket <path>]"))
    let version = try await run([BuiltProducts.path(of: command), "--version"])
    #expect(version.status == 0)
    #expect(version.output.split(separator: ".").count == 3)
  }

  @Test(
    "A path that cannot be used is one sentence and exit status 1",
    arguments: [
      ("fdpass-server", "/nowhere/s", "Cannot bind a socket to /nowhere/s: No such file or"),
      ("fdpass-client", "/nowhere/s", "Cannot connect to /nowhere/s: No such file or directory."),
      ("fdpass-server", "", "Cannot bind a socket to : an address needs at least one byte."),
      (
        "fdpass-server", "/tmp/" + String(repeating: "x", count: 103),
        "its 108 bytes are more than the 107 that fit in a socket address"
      ),
      (
        "fdpass-client", "/tmp/" + String(repeating: "x", count: 103),
        "its 108 bytes are more than the 107 that fit in a socket address"
      ),
    ])
  func badPath(command: String, path: String, sentence: String) async throws {
    let result = try await run([BuiltProducts.path(of: command), "--socket", path])
    #expect(result.status == 1, "\(result)")
    #expect(result.output == "")
    #expect(result.errorOutput.hasPrefix("\(command): "), "\(result)")
    #expect(result.errorOutput.contains(sentence), "\(result)")
    #expect(result.errorOutput.split(separator: "\n").count == 1, "\(result)")
  }

  @Test("Without permission on the directory", .requires(.unprivileged))
  func forbidden() async throws {
    let result = try await run([BuiltProducts.path(of: "fdpass-server"), "--socket", "/s"])
    #expect(result.status == 1)
    #expect(result.errorOutput.contains("needs write permission on its directory"), "\(result)")
  }

  @Test("A closed standard stream is an error, and no socket takes its number")
  func closedStreams() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let socket = directory.path + "/s"
    let server = try await run([
      "sh", "-c", "exec \(BuiltProducts.path(of: "fdpass-server")) --socket \(socket) >&-",
    ])
    #expect(server.status == 1)
    #expect(server.errorOutput.contains("The standard output is closed"), "\(server)")
    let client = try await run([
      "sh", "-c", "exec \(BuiltProducts.path(of: "fdpass-client")) --socket \(socket) <&-",
    ])
    #expect(client.status == 1)
    #expect(client.errorOutput.contains("The standard input is closed"), "\(client)")
  }

  @Test("The standard place is in the runtime directory, or private under /tmp")
  func standardPlace() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let client = BuiltProducts.path(of: "fdpass-client")
    let here = try await run([client], environment: ["XDG_RUNTIME_DIR": directory.path])
    #expect(here.errorOutput.contains("Cannot connect to \(directory.path)/fdpass.sock"))
    // A relative path is against the specification of that variable, and ignored.
    for value in [nil, "", "relative/path"] {
      let there = try await run([client], environment: ["XDG_RUNTIME_DIR": value])
      #expect(there.errorOutput.contains("/tmp/fdpass-\(geteuid())/fdpass.sock"), "\(there)")
    }
  }

  @Test("A client whose server's output has no reader reports it and does not die of it")
  func brokenPipe() async throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let socket = directory.path + "/s"
    let server = try RunningCommand([
      "sh", "-c",
      "\(BuiltProducts.path(of: "fdpass-server")) --socket \(socket) | "
        + "{ head -n 3; exec <&-; echo no reader; }",
    ])
    let client = BuiltProducts.path(of: "fdpass-client")
    // What the server says before it listens comes when head has ended.
    try await waitFor("a server") {
      try await run([client, "--socket", socket], input: "").status == 0
    }
    // Its third line is all that head reads.
    try await server.waitFor("Client Request")
    try await server.waitFor("no reader")
    let result = try await run([client, "--socket", socket], input: "lost")
    #expect(result.status == 1, "\(result)")
    #expect(!result.errorOutput.isEmpty)
    // The server cannot speak any more, ends with status 1, and removes its socket.
    try await waitFor("the end of the server") { unsafe access(socket, F_OK) != 0 }
    try await server.end(0)
  }
}
