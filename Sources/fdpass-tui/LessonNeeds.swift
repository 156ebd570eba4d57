import CLinux
import Glibc

/// What some lessons need of a machine.
enum LessonNeeds {
  /// Whether we may call chroot(2): as root, or as root of a namespace of our own. A child tries.
  static var hasUserNamespaces: Bool { geteuid() == 0 || clinux_can_make_user_namespace() == 0 }

  /// Whether sockets have SO_PASSPIDFD (Linux 6.5).
  static var hasPidDescriptors: Bool {
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(socket) }
    var value: Int32 = 1
    return unsafe setsockopt(socket, SOL_SOCKET, 76, &value, 4) == 0
  }
}
