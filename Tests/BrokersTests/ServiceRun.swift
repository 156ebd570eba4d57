import FDPassing
import Glibc
import Synchronization
import SystemPackage
import TestKit
import Testing

@testable import Brokers

/// A service in a thread of this process, and what it said.
final class ServiceRun: Sendable {
  let path: FilePath
  private let directory: TemporaryDirectory
  private let stopper: Stopper
  private let lines = Mutex<[String]>([])
  private let thread = Mutex<BackgroundThread<Void>?>(nil)

  /// Starts a service; the role is made in its thread.
  init(
    limits: ServiceLimits = ServiceLimits(),
    _ makeRole: @escaping @Sendable (Poller) throws -> any BrokerRole
  ) throws {
    directory = try TemporaryDirectory()
    path = FilePath(directory.path).appending("s")
    stopper = try Stopper()
    let ready = Mutex(false)
    let thread = BackgroundThread { [path, stopper] in
      defer { ready.withLock { $0 = true } }
      let poller = try Poller()
      let service = try Service(
        makeRole(poller), on: ServerSocket.listen(at: path, kind: .seqpacket), poller: poller,
        limits: limits, stopper: stopper, log: { line in self.lines.withLock { $0.append(line) } })
      ready.withLock { $0 = true }
      try service.run()
    }
    self.thread.withLock { $0 = thread }
    for _ in 0..<60_000 where !ready.withLock({ $0 }) { usleep(1000) }
  }

  /// What the service logged so far.
  var log: [String] { lines.withLock { $0 } }

  func connect() throws -> UnixSocket {
    let socket = try UnixSocket(.seqpacket)
    try socket.connect(to: .path(path))
    return socket
  }

  /// Ends the service, and throws what ended it before.
  func end() throws {
    stopper.stop()
    try thread.withLock { $0 }?.join()
    directory.remove()
  }
}

/// The text of a message, up to its newline; nil at the end.
func reply(from socket: borrowing UnixSocket) throws -> String? {
  let message = try socket.receive(maxBytes: WireText.maximumLength)
  return message.isEndOfFile
    ? nil : String(decoding: message.bytes, as: UTF8.self).replacing("\n", with: "")
}
