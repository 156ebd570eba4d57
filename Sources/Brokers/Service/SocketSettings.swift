import SystemPackage

#if canImport(Musl)
  import Musl
#elseif canImport(Glibc)
  import Glibc
#endif

/// Sets whether calls on a descriptor wait: `O_NONBLOCK`, for all who share the open file.
func setBlocking(_ descriptor: FileDescriptor, _ waits: Bool) {
  let flags = fcntl(descriptor.rawValue, F_GETFL)
  if flags == -1 { return }
  _ = fcntl(descriptor.rawValue, F_SETFL, waits ? flags & ~O_NONBLOCK : flags | O_NONBLOCK)
}

/// Makes the kernel refuse to queue descriptors to the socket, and to those accepted from it: their
/// sender gets EPERM. Linux 6.16 and later; elsewhere what comes is closed unseen by `recvmsg`.
func refuseDescriptors(_ socket: FileDescriptor) {
  /// `SO_PASSRIGHTS`, which older C headers lack. Source: `asm-generic/socket.h`.
  let option: Int32 = 83
  var off: Int32 = 0
  _ = unsafe setsockopt(
    socket.rawValue, SOL_SOCKET, option, &off, socklen_t(MemoryLayout<Int32>.size))
}
