import Foundation
import Glibc
import TestKit
import Testing

/// The roles of fdpass-server as programs.
@Suite("Ports and files") struct RoleTests {
  private let directory: TemporaryDirectory
  private let socket: String
  private static let server = BuiltProducts.path(of: "fdpass-server")
  private static let client = BuiltProducts.path(of: "fdpass-client")

  init() throws {
    directory = try TemporaryDirectory()
    socket = directory.path + "/s"
  }

  private func write(_ text: String, to name: String) throws -> String {
    let path = "\(directory.path)/\(name)"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return path
  }

  private func start(_ arguments: [String]) async throws -> RunningCommand {
    let server = try RunningCommand([Self.server] + arguments + ["--socket", socket])
    try await server.waitFor("Server ready on \(socket)\n")
    return server
  }

  private func ask(_ arguments: [String]) async throws -> CommandResult {
    // Options come before the command.
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return try await run(
      [Self.client] + arguments[..<end] + ["--socket", socket] + arguments[end...])
  }

  @Test("A port comes as by socket activation, and the rule is named on both sides")
  func port() async throws {
    defer { directory.remove() }
    let rules = try write("# mine\nallow user \(geteuid()) tcp 0 on 127.0.0.1\n", to: "rules")
    let server = try await start(["ports", "--rules", rules])
    let script = """
      echo "$LISTEN_FDS $((LISTEN_PID - $$)) $LISTEN_FDNAMES"
      readlink /proc/$$/fd/3; ls /proc/$$/fd | tr '\\n' ' '
      """
    let got = try await ask(["port", "127.0.0.1:0", "--", "sh", "-c", script])
    #expect(got.status == 0, "\(got)")
    #expect(got.output.contains(#/^1 0 tcp\nsocket:\[\d+\]\n0 1 2 3 /#), "\(got)")
    let reason = "ine 2 of the rules allows it: allow user \(geteuid()) tcp 0 on 127.0.0.1\n"
    #expect(got.errorOutput.hasSuffix(reason), "\(got)")

    let refused = try await ask(["port", "127.0.0.2:0", "--", "true"])
    #expect(refused.status == 1)
    #expect(
      refused.errorOutput == """
        fdpass-client: The server refused: No rule is about user \(geteuid()) and tcp 127.0.0.2:0, so it is not allowed.

        """)
    #expect(try await server.end() == 0)
    #expect(server.errorOutput == "")
    #expect(unsafe access(socket, F_OK) == -1)
  }

  @Test("The server's log names who, what and by which rule; SIGHUP brings new rules")
  func log() async throws {
    defer { directory.remove() }
    let rules = try write("allow user \(geteuid()) udp 0\n", to: "rules")
    let server = try await start(["ports", "--rules", rules])
    #expect(try await ask(["port", "[::1]:0", "--udp", "--", "true"]).status == 0)
    try await server.waitFor("uid \(geteuid()): passed udp [::1]:")
    #expect(server.output.hasSuffix(", by line 1: allow user \(geteuid()) udp 0\n"))

    _ = try write("deny tcp 1-10\nalow\n", to: "rules")
    kill(server.pid, SIGHUP)
    try await server.waitFor("rules:2:1: a rule begins with allow or deny, not “alow”.")
    #expect(try await ask(["port", "[::1]:0", "--udp", "--", "true"]).status == 0)

    _ = try write("deny user \(geteuid())\n", to: "rules")
    kill(server.pid, SIGHUP)
    try await server.waitFor("Read 1 rules from ")
    let refused = try await ask(["port", "[::1]:0", "--udp", "--", "true"])
    #expect(refused.errorOutput.contains("Line 1 of the rules forbids udp [::1]:0"), "\(refused)")
    #expect(try await server.end() == 0)
  }

  @Test(
    "Another user is decided by its own rule, whatever it says", .requires(.root, .python3),
    arguments: [
      ("--groups=4242", "fdpass/1 ok protocol=tcp address=127.0.0.1:", 1),
      ("--clear-groups", "fdpass/1 error Line 2 of the rules forbids tcp 127.0.0.1:0", 0),
    ])
  func otherUser(groups: String, answer: String, descriptors: Int) async throws {
    defer { directory.remove() }
    unsafe chmod(directory.path, 0o755)
    let rules = try write(
      "allow user 65534 group 4242 tcp 0\ndeny user 65534\nallow user 0 tcp 0\n", to: "rules")
    let server = try await start(["ports", "--rules", rules])
    // It claims to be somebody else, and has no program of ours.
    let script = """
      import os, socket, struct, sys
      s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
      s.connect(sys.argv[1])
      s.send(b"fdpass/1 port address=127.0.0.1:0\\n")
      data, fds, flags, address = socket.recv_fds(s, 4096, 4)
      print(len(fds), data.decode(), end="")
      """
    let asked = try await run(
      [
        "setpriv", "--reuid=65534", "--regid=65534", groups, "/usr/bin/python3", "-c", script,
        socket,
      ])
    #expect(asked.output.hasPrefix("\(descriptors) \(answer)"), "\(asked)")
    #expect(try await server.end() == 0)
  }

  @Test("Files are for this user alone, unless --mode says more", .requires(.root, .python3))
  func modes() async throws {
    defer { directory.remove() }
    unsafe chmod(directory.path, 0o755)
    let connect = "import socket, sys; socket.socket(1, 5).connect(sys.argv[1])"
    for (arguments, isAllowed) in [([], false), (["--mode", "666"], true)] {
      let server = try await start(["files", "--root", directory.path] + arguments)
      let result = try await run(
        ["setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/python3", "-c", connect, socket])
      #expect((result.status == 0) == isAllowed, "\(result)")
      #expect(isAllowed || result.errorOutput.contains("PermissionError"), "\(result)")
      #expect(try await server.end() == 0)
    }
  }

  @Test("A file goes to standard output, or to a command")
  func file() async throws {
    defer { directory.remove() }
    try FileManager.default.createDirectory(
      atPath: directory.path + "/root", withIntermediateDirectories: false)
    _ = try write("hello\n", to: "root/a")
    _ = try write(String(repeating: "x", count: 2000), to: "root/big")
    let server = try await start(["files", "--root", directory.path + "/root", "--max-size", "1K"])
    let printed = try await ask(["open", "a"])
    #expect(printed.output == "hello\n", "\(printed)")
    #expect(try await ask(["open", "a", "--", "wc", "-c"]).output == "6\n")
    // Read-only, whatever the command does.
    let written = try await ask(["open", "a", "--", "sh", "-c", "echo x >&0"])
    #expect(written.status != 0, "\(written)")
    for (arguments, reason) in [
      (["open", "big"], "big: It has 2000 bytes, and --max-size is 1K bytes."),
      (["open", "../s"], "../s: The path leads out of the root, or to another file system."),
      (["open", "a", "--write", "--", "true"], "it was started without --write."),
    ] {
      let refused = try await ask(arguments)
      #expect(refused.status == 1 && refused.output == "", "\(refused)")
      #expect(refused.errorOutput.contains(reason), "\(refused)")
    }
    #expect(try await server.end() == 0)
  }

  @Test("With --write a command changes the file in place")
  func write() async throws {
    defer { directory.remove() }
    _ = try write("hello\n", to: "a")
    let server = try await start(["files", "--root", directory.path, "--write"])
    let written = try await ask(["open", "a", "--write", "--", "sh", "-c", "printf HELLO >&0"])
    #expect(written.status == 0, "\(written)")
    #expect(try String(contentsOfFile: directory.path + "/a", encoding: .utf8) == "HELLO\n")
    #expect(try await server.end() == 0)
  }

  @Test(
    "Wrong words are status 64, wrong files status 1",
    arguments: [
      (["ports"], 64, "Missing expected argument '--rules <file>'"),
      (["files", "--root", "/tmp", "--max-size", "1MB"], 64, "“1MB” is no number with a unit"),
      (["files", "--root", "/tmp", "--mode", "9"], 64, "The permissions must be octal digits"),
      (["files", "--root", "/nowhere"], 1, "Cannot open the root /nowhere: No such file"),
      (["files", "--root", "/proc"], 1, "Cannot serve files below /proc: what stands there"),
      (["ports", "--rules", "/nowhere"], 1, "Cannot read the rules in /nowhere: No such file"),
      (["ports", "--rules", "/tmp"], 1, "Cannot use the rules. /tmp: this is no regular file."),
    ] as [([String], Int32, String)])
  func mistakes(arguments: [String], status: Int32, sentence: String) async throws {
    defer { directory.remove() }
    let result = try await run([Self.server] + arguments + ["--socket", socket])
    #expect(result.status == status, "\(result)")
    #expect(result.errorOutput.contains(sentence), "\(result)")
    #expect(unsafe access(socket, F_OK) == -1)
  }
}
