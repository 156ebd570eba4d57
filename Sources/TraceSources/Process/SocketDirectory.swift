import FDPassing
import SystemPackage
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the kernel tells of Unix sockets by their inode, through sock_diag(7).
///
/// A socket's peer is known only while both ends are there and accepted, so pairs are remembered
/// from when they were seen: a message can be received long after its sender closed its end.
final class SocketDirectory {
  private let owner: OwnedDescriptor?
  private let netlink: Int32
  private var peers: [UInt64: UInt64] = [:]

  /// Why sockets cannot be looked up, as a sentence; nil when they can.
  let limitation: String?

  init() {
    let number = openDiagnostics()
    owner = number >= 0 ? OwnedDescriptor(adopting: number) : nil
    netlink = number
    limitation =
      number >= 0
      ? nil
      : "Peers of sockets are unknown: sock_diag is not available (\(ErrorNames.name(errno)))."
  }

  /// The socket with this inode; nil when it is no Unix socket of this network namespace.
  func socket(inode: UInt64, fd: Int32) -> SocketInfo? {
    guard limitation == nil, let number = UInt32(exactly: inode), let answer = ask(inode: number)
    else { return nil }
    var info = SocketInfo(fd: fd, inode: inode)
    read(answer, into: &info)
    if let peer = info.peer {
      remember(inode, peer)
    } else {
      info.peer = peers[inode]
    }
    return info
  }

  /// Notes that two sockets are each other's peers.
  func remember(_ one: UInt64, _ other: UInt64) {
    peers[one] = other
    peers[other] = one
  }

  /// SOCK_DIAG_BY_FAMILY (linux/sock_diag.h).
  private static let diagnosticsByFamily: UInt16 = 20
  /// NLM_F_REQUEST (netlink(7)).
  private static let requestFlag: UInt16 = 1

  /// A `struct unix_diag_req` (linux/unix_diag.h) for one inode.
  private static func request(inode: UInt32) -> [UInt8] {
    func bytes<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
      unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
    }
    let unixFamily: UInt8 = 1
    let everyState = UInt32.max
    let nameAndPeer: UInt32 = 0x1 | 0x4  // UDIAG_SHOW_NAME, UDIAG_SHOW_PEER
    let noCookie = UInt64.max
    let body: [UInt8] =
      [unixFamily, 0, 0, 0] + bytes(everyState) + bytes(inode) + bytes(nameAndPeer)
      + bytes(noCookie)
    let header: [UInt8] =
      bytes(UInt32(16 + body.count)) + bytes(diagnosticsByFamily)
      + bytes(requestFlag) + bytes(UInt32(0)) + bytes(UInt32(0))
    return header + body
  }

  private func ask(inode: UInt32) -> [UInt8]? {
    let request = Self.request(inode: inode)
    let sent = unsafe request.withUnsafeBytes { bytes in
      unsafe send(netlink, bytes.baseAddress, bytes.count, 0)
    }
    guard sent == request.count else { return nil }
    let answer = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      unsafe count = max(0, recv(netlink, buffer.baseAddress, buffer.count, 0))
    }
    // nlmsghdr, then unix_diag_msg: family, type, state, pad, inode, cookie[2].
    guard answer.count >= 32, answer.number(at: 4, width: 2) == UInt64(Self.diagnosticsByFamily)
    else { return nil }
    return answer
  }

  private func read(_ answer: [UInt8], into info: inout SocketInfo) {
    info.type =
      switch answer[17] {
      case 1: .stream
      case 2: .datagram
      case 5: .seqpacket
      default: .unknown
      }
    info.isListening = answer[18] == 10  // TCP_LISTEN
    var offset = 32
    while offset + 4 <= answer.count {
      let length = Int(answer.number(at: offset, width: 2))
      guard length >= 4, offset + length <= answer.count else { return }
      let value = Array(answer[(offset + 4)..<(offset + length)])
      switch answer.number(at: offset + 2, width: 2) {
      case 0: info.path = Self.name(value)
      case 2 where value.count == 4:
        let peer = value.number(at: 0, width: 4)
        info.peer = peer == 0 ? nil : peer
      default: break
      }
      offset += (length + 3) & ~3
    }
  }

  private static func name(_ bytes: [UInt8]) -> String? {
    guard let first = bytes.first else { return nil }
    if first == 0 { return "@" + String(decoding: bytes.dropFirst(), as: UTF8.self) }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

// Within the class, `socket` means the method.
private func openDiagnostics() -> Int32 {
  let netlinkFamily: Int32 = 16
  let closeOnExec: Int32 = 0o2000000
  let diagnostics: Int32 = 4  // NETLINK_SOCK_DIAG
  return socket(netlinkFamily, Int32(SOCK_RAW.rawValue) | closeOnExec, diagnostics)
}
