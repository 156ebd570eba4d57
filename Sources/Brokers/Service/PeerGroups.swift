import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// The groups of a process that connected, as the kernel noted them at its connect(2).
enum PeerGroups {
  /// `SO_PEERGROUPS`, since Linux 4.13. Source: `asm-generic/socket.h`.
  private static let option: Int32 = 59

  /// All but the effective group; none where the kernel does not tell.
  static func supplementary(of socket: FileDescriptor) -> [UInt32] {
    var groups = [gid_t](repeating: 0, count: 32)
    while true {
      var length = socklen_t(groups.count * MemoryLayout<gid_t>.size)
      let result = unsafe getsockopt(socket.rawValue, SOL_SOCKET, option, &groups, &length)
      let count = Int(length) / MemoryLayout<gid_t>.size
      if result == 0 { return Array(groups.prefix(count)) }
      // Too little room: the kernel says how much it takes.
      guard errno == ERANGE, count > groups.count else { return [] }
      groups = Array(repeating: 0, count: count)
    }
  }
}
