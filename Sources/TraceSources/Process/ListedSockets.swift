import TraceModel

/// The Unix sockets that `/proc/PID/net/unix` lists: those of the process's network namespace,
/// without their peers. It can be read where sock_diag(7) cannot be reached.
enum ListedSockets {
  /// The socket with this inode; nil when the process's network has none.
  static func socket(inode: UInt64, of pid: Int32) -> DiagnosedSocket? {
    guard let bytes = ProcessFiles.contents("/proc/\(pid)/net/unix") else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return lines.lazy.compactMap(socket).first { $0.inode == inode }
  }

  /// Whether there is such a list at all.
  static func isReadable(for pid: Int32) -> Bool {
    ProcessFiles.contents("/proc/\(pid)/net/unix", short: true)?.isEmpty == false
  }

  /// Reads "Num RefCount Protocol Flags Type St Inode Path"; nil for the line of titles.
  static func socket(line: some StringProtocol) -> DiagnosedSocket? {
    let words = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: true)
    guard words.count >= 7, let flags = UInt32(words[3], radix: 16),
      let type = Int(words[4], radix: 16), let inode = UInt64(words[6])
    else { return nil }
    var socket = DiagnosedSocket(inode: inode)
    socket.isListening = flags & 0x10000 != 0  // __SO_ACCEPTCON
    socket.type =
      switch type {
      case 1: .stream
      case 2: .datagram
      case 5: .seqpacket
      default: .unknown
      }
    socket.path = words.count > 7 ? String(words[7]) : nil
    return socket
  }
}
