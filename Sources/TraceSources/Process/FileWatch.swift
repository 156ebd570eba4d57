import CLinux
import FDPassing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Knows an open file description again without keeping it open.
///
/// A copy of somebody's descriptor is put into an epoll instance and closed. The kernel takes the
/// file out of it when the last descriptor goes, in whatever process or queue, as if nobody watched;
/// until then kcmp(2) compares with it. Regular files and directories cannot be watched.
///
/// Source: epoll(7), kcmp(2) `KCMP_EPOLL_TFD`, pidfd_getfd(2).
final class FileWatch {
  private let epoll: OwnedDescriptor
  /// The number that the copy had.
  private let number: Int32

  /// Nil when the kernel or the file does not allow it, or the number has another file by now.
  init?(pid: Int32, fd: Int32, device: UInt64, inode: UInt64) {
    let process = clinux_pidfd_open(pid)
    guard process >= 0 else { return nil }
    let pidfd = OwnedDescriptor(adopting: process)
    let copied = clinux_pidfd_getfd(pidfd.rawValue, fd)
    guard copied >= 0 else { return nil }
    let copy = OwnedDescriptor(adopting: copied)
    var status = stat()
    guard unsafe fstat(copied, &status) == 0, UInt64(status.st_dev) == device,
      UInt64(status.st_ino) == inode
    else { return nil }
    let watch = clinux_watch_file(copy.rawValue)
    guard watch >= 0 else { return nil }
    epoll = OwnedDescriptor(adopting: watch)
    number = copied
  }

  /// How the kernel orders the file of a descriptor and the watched one; nil when one has gone.
  func order(of holder: OpenFileIdentities.Holder) -> OpenFileIdentities.Order? {
    OpenFileIdentities.Order(
      rawValue: Int(clinux_kcmp_watched(holder.pid, holder.fd, epoll.rawValue, number)))
  }
}
