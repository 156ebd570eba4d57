import FDPassing
public import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Asks a server to open a file.
public enum FileClient {
  /// Asks for a file and copies it to standard output.
  ///
  /// - Parameters:
  ///   - server: Where the server listens.
  ///   - path: The file, from the server's root.
  /// - Throws: `BrokerError`, as with the server's refusal.
  public static func copy(server: FilePath, path: FilePath) throws(BrokerError) {
    let opened = try ask(server, path, writable: false)
    try copyAll(from: opened.fileDescriptor, to: .standardOutput)
  }

  /// Asks for a file and executes a command that has it as its standard input.
  ///
  /// - Parameters:
  ///   - server: Where the server listens.
  ///   - path: The file, from the server's root.
  ///   - writable: Whether it is to be written to as well.
  ///   - command: The program and its arguments.
  /// - Throws: `BrokerError`; otherwise there is no return.
  public static func execute(
    server: FilePath, path: FilePath, writable: Bool, command: [String]
  ) throws(BrokerError) -> Never {
    let opened = try ask(server, path, writable: writable)
    try SocketActivation.execute(command, passing: opened, as: STDIN_FILENO)
  }

  /// Asks, and makes sure that the answer is a file as it was asked for.
  static func ask(
    _ server: FilePath, _ path: FilePath, writable: Bool
  ) throws(BrokerError) -> OwnedDescriptor {
    let connection = try BrokerConnection(to: server)
    var fields = Fields()
    fields.set(
      "path",
      to: unsafe path.withPlatformString {
        unsafe UnsafeBufferPointer(start: $0, count: path.length).map(UInt8.init(bitPattern:))
      })
    fields["mode"] = writable ? "write" : "read"
    var response = try connection.ask(Request("open", fields))
    let reason = printable(Array((response.reason ?? "").utf8))
    guard let opened = response.descriptor.take() else { throw .noDescriptor(answer: reason) }
    try check(opened, writable: writable)
    StandardStreams.complain("Got \(path) as fd \(opened.rawValue). \(reason)")
    return opened
  }

  /// A descriptor is whatever the sender made it: what was not asked for may block, or be shared
  /// in ways that do harm.
  private static func check(
    _ opened: borrowing OwnedDescriptor, writable: Bool
  ) throws(BrokerError) {
    let descriptor = opened.fileDescriptor
    let status = try file("look at what the server passed") { try descriptor.stat() }
    let mode = fcntl(descriptor.rawValue, F_GETFL) & O_ACCMODE
    if status.type != .regular { throw .unexpectedFile("it is no regular file") }
    if mode != (writable ? O_RDWR : O_RDONLY) {
      throw .unexpectedFile("it is not open for \(writable ? "reading and writing" : "reading")")
    }
  }
}
