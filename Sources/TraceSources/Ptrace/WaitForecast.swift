import CLinux
import FDPassing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Tells whether the kernel would make a thread wait in the call it is about to make.
enum WaitForecast {
  /// Looks through a copy of the descriptor that lives for the length of one poll(2); the thread
  /// is stopped meanwhile. False when nothing can be known.
  static func wouldWait(_ call: EnteredCall, pid: Int32, isNonBlocking: Bool) -> Bool {
    guard call.call.waitsForInput, !isNonBlocking, let fd = call.fd else { return false }
    let dontWait: UInt64 = 0x40  // MSG_DONTWAIT
    if call.call == .recvmsg, call.arguments[2] & dontWait != 0 { return false }
    // RWF_NOWAIT, or a place that a socket or a pipe does not have.
    if call.call == .preadv2, call.arguments[5] & 8 != 0 || call.offset != -1 { return false }
    let process = clinux_pidfd_open(pid)
    guard process >= 0 else { return false }
    let pidfd = OwnedDescriptor(adopting: process)
    let number = clinux_pidfd_getfd(pidfd.rawValue, fd)
    guard number >= 0 else { return false }
    let copy = OwnedDescriptor(adopting: number)
    var request = pollfd(fd: copy.rawValue, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) == 0
  }
}
