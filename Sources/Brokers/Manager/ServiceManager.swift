import FDPassing
public import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// What supervises this process and listens to its state: systemd, or whatever set `NOTIFY_SOCKET`.
///
/// Each message is a datagram of lines `NAME=value`, perhaps with descriptors. Source: sd_notify(3),
/// sd_pid_notify_with_fds(3).
public final class ServiceManager {
  private let socket: UnixSocket
  private let address: SocketAddress

  /// The one that started this process, if one did. The variable stays, as children may have a word
  /// to say too.
  /// - Throws: `BrokerError`.
  public static func fromEnvironment() throws(BrokerError) -> ServiceManager? {
    guard let value = unsafe getenv("NOTIFY_SOCKET"), unsafe value.pointee != 0 else { return nil }
    let text = unsafe String(cString: value)
    // A path, or the name of an abstract socket.
    if text.hasPrefix("@") { return try ServiceManager(at: .abstract(String(text.dropFirst()))) }
    return try ServiceManager(at: .path(FilePath(text)))
  }

  init(at address: SocketAddress) throws(BrokerError) {
    self.address = address
    socket = try passing { () throws(PassingError) in try UnixSocket(.datagram) }
  }

  /// Tells the state: the service is ready, and what it does.
  public func tellReady(_ status: String) throws(BrokerError) {
    try notify(["READY=1", "STATUS=\(status)"])
  }

  /// Tells that the service is about to end.
  public func tellStopping() throws(BrokerError) { try notify(["STOPPING=1"]) }

  /// Has descriptors kept until this service starts again; it then inherits them.
  ///
  /// The manager does not watch them: one that hung up may still have bytes to read.
  ///
  /// - Parameters:
  ///   - descriptors: Any number.
  ///   - name: They are inherited under this name, and removed by it.
  /// - Throws: `BrokerError`.
  public func store(_ descriptors: [FileDescriptor], as name: String) throws(BrokerError) {
    var rest = descriptors[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(Self.maximumDescriptors))
      rest = rest.dropFirst(part.count)
      try notify(["FDSTORE=1", "FDNAME=\(name)", "FDPOLL=0"], part)
    }
  }

  /// `SCM_MAX_FD`, the most in one message.
  private static let maximumDescriptors = 253

  /// Has all descriptors of a name closed that are kept for this service.
  public func removeStored(_ name: String) throws(BrokerError) {
    try notify(["FDSTOREREMOVE=1", "FDNAME=\(name)"])
  }

  /// Waits until the manager has worked through everything that was said so far. What a process
  /// says and then ends, the manager could not tell whose it was.
  ///
  /// - Parameter seconds: How long to wait at most.
  /// - Returns: Whether it did in time.
  /// - Throws: `BrokerError`.
  public func waitUntilHeard(seconds: Int32 = 5) throws(BrokerError) -> Bool {
    let (reader, writer) = try file("make a pipe") { try FileDescriptor.pipe() }
    defer { try? reader.close() }
    do throws(BrokerError) { try notify(["BARRIER=1"], [writer]) } catch {
      try? writer.close()
      throw error
    }
    try? writer.close()
    // The manager closes its end when it comes to this message.
    var entry = pollfd(fd: reader.rawValue, events: 0, revents: 0)
    return unsafe poll(&entry, 1, seconds * 1000) == 1
  }

  private func notify(
    _ lines: [String], _ descriptors: [FileDescriptor] = []
  ) throws(BrokerError) {
    let bytes = Array(lines.joined(separator: "\n").utf8)
    _ = try passing { () throws(PassingError) in
      try socket.send(bytes, descriptors: descriptors, to: address)
    }
  }
}
