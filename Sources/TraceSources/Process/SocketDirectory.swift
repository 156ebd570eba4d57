import SystemPackage
import TraceModel

/// What the kernel tells of Unix sockets by their inode.
///
/// A socket's peer is known only while both ends are there and accepted, so pairs are remembered
/// from when they were seen: a message can be received long after its sender closed its end.
final class SocketDirectory {
  private let diagnostics: SocketDiagnostics?
  private var peers: [UInt64: UInt64] = [:]

  /// Why sockets cannot be looked up, as a sentence; nil when they can.
  let limitation: String?

  init() {
    do throws(Errno) {
      diagnostics = try SocketDiagnostics()
      limitation = nil
    } catch {
      diagnostics = nil
      limitation = Self.sentence(error)
    }
  }

  static func sentence(_ error: Errno) -> String {
    "Peers of sockets are unknown: sock_diag is not available "
      + "(\(ErrorNames.name(error.rawValue)))."
  }

  /// The socket with this inode; nil when it is no Unix socket of this network namespace.
  func socket(inode: UInt64, fd: Int32) -> SocketInfo? {
    guard let number = UInt32(exactly: inode), let found = diagnostics?.socket(inode: number) else {
      return nil
    }
    if let peer = found.peer { remember(inode, peer) }
    return SocketInfo(
      fd: fd, type: found.type, inode: inode, peer: found.peer ?? peers[inode], path: found.path,
      isListening: found.isListening)
  }

  /// Notes that two sockets are each other's peers.
  func remember(_ one: UInt64, _ other: UInt64) {
    peers[one] = other
    peers[other] = one
  }
}
