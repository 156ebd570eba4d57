public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// The three descriptors that a program starts with.
public enum StandardStreams {
  /// Makes sure that 0, 1 and 2 are taken, so that no socket gets one of these numbers: it would
  /// be written to, or passed, as if it were the stream.
  ///
  /// - Parameters:
  ///   - needed: The stream the program is about.
  ///   - name: Its name in the error.
  /// - Throws: `closedStream` when the needed one is not open. Others become `/dev/null`.
  public static func prepare(
    needed: FileDescriptor, named name: String
  ) throws(BrokerError) {
    // A peer that goes away is an error to report, not a reason to die without a word.
    _ = signal(SIGPIPE, SIG_IGN)
    let isClosed = fcntl(needed.rawValue, F_GETFD) == -1
    try fillGaps()
    if isClosed { throw .closedStream(name) }
  }

  /// Makes those of 0, 1 and 2 that are not open `/dev/null`.
  public static func fillGaps() throws(BrokerError) {
    let null = FilePath("/dev/null")
    for number in Int32(0)...2 where fcntl(number, F_GETFD) == -1 {
      // The lowest free number is this one.
      _ = try file("open \(null)") { try FileDescriptor.open(null, .readWrite) }
    }
  }

  /// Writes a line to standard output, at once and without a buffer.
  public static func print(_ line: String) throws(BrokerError) {
    try file("write to standard output") { try write(line, to: .standardOutput) }
  }

  /// Writes a line to standard error, after the program's name. If it cannot, nobody is to be told.
  public static func complain(_ line: String) {
    let program = CommandLine.arguments.first.flatMap { FilePath($0).lastComponent?.string }
    try? write("\(program ?? "fdpass"): \(line)", to: .standardError)
  }

  private static func write(_ line: String, to stream: FileDescriptor) throws {
    let bytes = Array((line + "\n").utf8)
    try unsafe bytes.withUnsafeBytes { try unsafe stream.writeAllWaiting($0) }
  }
}
