import CLinux
import FDPassing
import SystemPackage
import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The kernel's own account of Unix sockets: sock_diag(7) over netlink(7).
struct SocketDiagnostics: ~Copyable {
  private let netlink: OwnedDescriptor

  /// The account of our own network namespace.
  ///
  /// - Throws: `Errno` when the kernel has no such account, or does not give it to us.
  init() throws(Errno) {
    let number = openDiagnostics()
    guard number >= 0 else { throw Errno(rawValue: errno) }
    netlink = OwnedDescriptor(adopting: number)
  }

  /// The account of a process's network namespace.
  ///
  /// - Throws: `Errno` when there is none, or we may not enter that namespace.
  init(networkOf pid: Int32) throws(Errno) {
    let number = clinux_socket_in_network_of(
      pid, Netlink.family, Int32(SOCK_RAW.rawValue), Netlink.diagnostics)
    guard number >= 0 else { throw Errno(rawValue: -number) }
    netlink = OwnedDescriptor(adopting: number)
  }

  /// The Unix socket with this inode; nil when this network namespace has none.
  borrowing func socket(inode: UInt32) -> DiagnosedSocket? {
    let show: UInt32 = 0x1 | 0x2 | 0x4  // UDIAG_SHOW_NAME, _VFS, _PEER
    guard ask(inode: inode, flags: Self.requestFlag, show: show), let answer = receive() else {
      return nil
    }
    return Self.messages(answer).firstAnswer { DiagnosedSocket($0) }
  }

  /// Every Unix socket of this network namespace, with everything about it.
  borrowing func allSockets() -> [DiagnosedSocket] {
    let show: UInt32 = 0x1 | 0x2 | 0x4 | 0x8 | 0x10  // also _ICONS, _RQLEN
    guard ask(inode: 0, flags: Self.requestFlag | Self.dumpFlags, show: show) else { return [] }
    var sockets: [DiagnosedSocket] = []
    while let answer = receive() {
      let messages = Self.messages(answer)
      sockets += messages.compactMap { DiagnosedSocket($0) }
      if messages.isEmpty || messages.contains(where: { $0.type != Self.diagnosticsByFamily }) {
        break
      }
    }
    return sockets
  }

  /// One message of an answer.
  struct Message {
    let type: UInt16
    /// What follows the `struct nlmsghdr`.
    let body: ArraySlice<UInt8>
  }

  /// SOCK_DIAG_BY_FAMILY (linux/sock_diag.h).
  static let diagnosticsByFamily: UInt16 = 20
  /// NLM_F_REQUEST, and NLM_F_DUMP (netlink(7)).
  private static let requestFlag: UInt16 = 1
  private static let dumpFlags: UInt16 = 0x300
  private static let headerSize = 16

  /// Sends a `struct unix_diag_req` (linux/unix_diag.h).
  private borrowing func ask(inode: UInt32, flags: UInt16, show: UInt32) -> Bool {
    func bytes<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
      unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
    }
    let unixFamily: UInt8 = 1
    let everyState = UInt32.max
    let noCookie = UInt64.max
    let body: [UInt8] =
      [unixFamily, 0, 0, 0] + bytes(everyState) + bytes(inode) + bytes(show) + bytes(noCookie)
    let request: [UInt8] =
      bytes(UInt32(Self.headerSize + body.count)) + bytes(Self.diagnosticsByFamily)
      + bytes(flags) + bytes(UInt32(0)) + bytes(UInt32(0)) + body
    let sent = unsafe request.withUnsafeBytes { bytes in
      unsafe send(netlink.rawValue, bytes.baseAddress, bytes.count, 0)
    }
    return sent == request.count
  }

  private borrowing func receive() -> [UInt8]? {
    // The kernel makes dumps in pieces of at most 32 KiB.
    let answer = unsafe [UInt8](unsafeUninitializedCapacity: 32 * 1024) { buffer, count in
      unsafe count = max(0, recv(netlink.rawValue, buffer.baseAddress, buffer.count, 0))
    }
    return answer.isEmpty ? nil : answer
  }

  private static func messages(_ answer: [UInt8]) -> [Message] {
    var messages: [Message] = []
    var offset = 0
    while offset + headerSize <= answer.count {
      let length = Int(answer.number(at: offset, width: 4))
      guard length >= headerSize, offset + length <= answer.count else { break }
      messages.append(
        Message(
          type: UInt16(answer.number(at: offset + 4, width: 2)),
          body: answer[(offset + headerSize)..<(offset + length)]))
      offset += (length + 3) & ~3
    }
    return messages
  }
}

/// A Unix socket as sock_diag tells of it.
struct DiagnosedSocket {
  var inode: UInt64 = 0
  var type = SocketType.unknown
  var isListening = false
  /// The name it is bound to: a path, `@name` for an abstract one.
  var path: String?
  /// The file of that name, as the kernel knows it.
  var file: SocketFile?
  var peer: UInt64?
  /// The sockets that have connected to a listening one and are not accepted yet.
  var pending: [UInt64] = []
  /// Bytes, or for a listening socket connections, that wait to be taken.
  var queued = 0

  /// A socket of which nothing is known yet.
  init(inode: UInt64) { self.inode = inode }

  /// Reads a `struct unix_diag_msg` and its attributes; nil when the message is none.
  init?(_ message: SocketDiagnostics.Message) {
    let bytes = Array(message.body)
    // family, type, state, pad, inode, cookie[2]
    guard message.type == SocketDiagnostics.diagnosticsByFamily, bytes.count >= 16 else {
      return nil
    }
    type =
      switch bytes[1] {
      case 1: .stream
      case 2: .datagram
      case 5: .seqpacket
      default: .unknown
      }
    isListening = bytes[2] == 10  // TCP_LISTEN
    inode = bytes.number(at: 4, width: 4)
    var offset = 16
    while offset + 4 <= bytes.count {
      let length = Int(bytes.number(at: offset, width: 2))
      guard length >= 4, offset + length <= bytes.count else { return }
      take(
        Int(bytes.number(at: offset + 2, width: 2)), Array(bytes[(offset + 4)..<(offset + length)]))
      offset += (length + 3) & ~3
    }
  }

  private mutating func take(_ attribute: Int, _ value: [UInt8]) {
    switch attribute {
    case 0: path = Self.name(value)  // UNIX_DIAG_NAME
    case 1 where value.count >= 8:  // UNIX_DIAG_VFS
      file = SocketFile(
        inode: value.number(at: 0, width: 4), kernelDevice: UInt32(value.number(at: 4, width: 4)))
    case 2 where value.count == 4:  // UNIX_DIAG_PEER
      let number = value.number(at: 0, width: 4)
      peer = number == 0 ? nil : number
    case 3:  // UNIX_DIAG_ICONS
      pending = (0..<(value.count / 4)).map { value.number(at: $0 * 4, width: 4) }
    case 4 where value.count >= 4:  // UNIX_DIAG_RQLEN
      queued = Int(value.number(at: 0, width: 4))
    default: break
    }
  }

  private static func name(_ bytes: [UInt8]) -> String? {
    guard let first = bytes.first else { return nil }
    if first == 0 { return "@" + String(decoding: bytes.dropFirst(), as: UTF8.self) }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// A file by its number, as the kernel counts within itself.
struct SocketFile: Hashable {
  var inode: UInt64
  var major: UInt32
  var minor: UInt32

  /// From an inode number, of which sock_diag gives 32 bits, and a `dev_t` of the kernel's own.
  init(inode: UInt64, kernelDevice: UInt32) {
    self.inode = inode
    major = kernelDevice >> 20
    minor = kernelDevice & 0xF_FFFF
  }

  /// From what stat(2) tells (makedev(3)).
  init(_ status: stat) {
    let device = UInt64(status.st_dev)
    inode = UInt64(UInt32(truncatingIfNeeded: status.st_ino))
    major = UInt32(device >> 8 & 0xFFF | device >> 32 & 0xFFFF_F000)
    minor = UInt32(device & 0xFF | device >> 12 & 0xFFFF_FF00)
  }
}

// Within the structure, `socket` means the method.
private func openDiagnostics() -> Int32 {
  let closeOnExec: Int32 = 0o2000000
  return socket(Netlink.family, Int32(SOCK_RAW.rawValue) | closeOnExec, Netlink.diagnostics)
}

/// Numbers of netlink(7), which are macros.
private enum Netlink {
  static let family: Int32 = 16
  /// NETLINK_SOCK_DIAG.
  static let diagnostics: Int32 = 4
}
