import TextUI
import TraceModel

/// Why a call failed, in a sentence that says what to do where something can be done.
///
/// The manual pages list causes by error and call; `unix(7)` decides what each means for a Unix
/// socket, and the kernel's `net/unix/af_unix.c` where the pages are silent.
enum ErrorCause {
  /// A call that failed, as far as the cause depends on it.
  struct Failure {
    let name: String
    let fd: Int32?
    let actor: String
    let address: String?

    init(call: CallRecord, actor: String) {
      name = call.name
      fd = call.fd
      self.actor = actor
      address = call.firstArgument.map { visible($0) }
    }

    init(message: MessageRecord, actor: String) {
      name = message.call
      fd = message.socket.fd
      self.actor = actor
      address = message.socket.path.map { visible($0) }
    }

    var number: String { fd.map { String($0) } ?? "the number" }
    var place: String { address ?? "the address" }
  }

  /// Whether the error is the kernel's own sign that a signal interrupted the call.
  static func isInterruption(_ error: String) -> Bool { error.hasPrefix("ERESTART") }

  /// The cause of `error`; what is known of the call decides between several.
  static func sentence(_ failure: Failure, _ error: String) -> String {
    if isInterruption(error) {
      return "a signal interrupted the call while it waited. The kernel lets it start over after "
        + "the signal has been handled."
    }
    let special: String? =
      switch failure.name {
      case "bind": bind(failure, error)
      case "connect": connect(failure, error)
      case "listen": listen(failure, error)
      case "accept", "accept4": accept(failure, error)
      case "shutdown": shutdown(failure, error)
      case "socket", "socketpair": socket(error)
      case "sendmsg", "sendmmsg", "sendto", "send": send(failure, error)
      case "recvmsg", "recvmmsg", "recvfrom", "recv": receive(failure, error)
      case "read", "readv", "preadv2", "write", "writev", "pwritev2": readOrWrite(failure, error)
      case "dup", "dup2", "dup3", "fcntl": duplicate(error)
      default: nil
      }
    return special ?? general(failure, error) ?? "the kernel gives no more reason than this name."
  }

  private static func general(_ failure: Failure, _ error: String) -> String? {
    switch error {
    case "EBADF": "\(failure.number) is not an open descriptor of \(failure.actor)."
    case "ENOTSOCK": "\(failure.number) is open but no socket."
    case "EFAULT": "a pointer in the call points outside \(failure.actor)'s memory."
    case "EINTR":
      "a signal interrupted it before anything was done. Call it again."
    case "EINVAL": "an argument has a value that the call does not take."
    case "EMFILE":
      "\(failure.actor)'s table is full. Close descriptors, or raise the limit (ulimit -n)."
    case "ENFILE": "the whole system has no room for more open files."
    case "ENOMEM", "ENOBUFS": "the kernel had no memory for it."
    case "EACCES": "file permissions do not allow \(failure.actor) to do it."
    case "EPERM": "\(failure.actor) lacks the privilege for it."
    case "ENOENT": "no file has this name, or a directory in the path is missing."
    case "ENOTDIR": "a part of the path is no directory."
    case "ELOOP": "the path runs through too many symbolic links."
    case "ENAMETOOLONG": "the path is too long."
    case "ENOTCONN": "the socket is not connected."
    case "EOPNOTSUPP": "this type of socket cannot do it."
    case "EIO": "the device reported an error; a terminal does so when its other side is gone."
    default: nil
    }
  }

  private static func socket(_ error: String) -> String? {
    switch error {
    case "EAFNOSUPPORT": "this kernel does not know the address family."
    case "EPROTONOSUPPORT": "the protocol must be 0 or PF_UNIX for a Unix socket."
    case "ESOCKTNOSUPPORT":
      "Unix sockets are SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET, nothing else."
    case "EPROTOTYPE", "EINVAL": "the type or its flags are unknown."
    case "EOPNOTSUPP": "this address family has no socket pairs."
    case "EACCES": "a security policy forbids such a socket."
    default: nil
    }
  }

  private static func readOrWrite(_ failure: Failure, _ error: String) -> String? {
    switch error {
    case "EAGAIN", "EWOULDBLOCK":
      "nothing can be moved now, and O_NONBLOCK says not to wait. That flag belongs to the open "
        + "file: whoever shares it can have set it."
    case "EPIPE":
      "nobody is left who could read it. Unless ignored, SIGPIPE ends the writer."
    case "EBADF":
      "\(failure.number) is not open in \(failure.actor), or not opened for this direction."
    case "ECONNRESET": "the other side closed its socket while data for it was still unread."
    case "EISDIR": "\(failure.number) refers to a directory."
    case "ENOSPC": "the file system is full."
    case "EDQUOT": "the user's disk quota is used up."
    case "EFBIG": "the file would become larger than allowed."
    case "EPERM": "a file seal forbids it."
    case "EDESTADDRREQ": "the socket is not connected, and a write names no receiver."
    case "ESPIPE": "sockets and pipes have no positions: only the offset -1 is for them."
    default: nil
    }
  }

  private static func duplicate(_ error: String) -> String? {
    switch error {
    case "EBUSY": "another thread was just opening that number. Try again."
    case "EINVAL": "the two numbers are equal, a flag is unknown, or the command is."
    case "EBADF": "the old number is not open, or the new one is beyond the limit (ulimit -n)."
    default: nil
    }
  }
}
