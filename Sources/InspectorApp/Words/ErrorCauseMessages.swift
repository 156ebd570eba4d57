import ControlMessages
import TraceModel

/// Why sends and receives fail.
extension ErrorCause {
  static func send(_ failure: Failure, _ error: String) -> String? {
    switch error {
    case "EPIPE":
      "the other side is closed or shut down. Without MSG_NOSIGNAL the kernel also sends SIGPIPE, "
        + "which ends a program that does not expect it."
    case "EAGAIN", "EWOULDBLOCK":
      "the queue is full and the socket does not wait (O_NONBLOCK, MSG_DONTWAIT or a timeout). "
        + "Nothing was queued."
    case "ECONNREFUSED": "the receiving socket is closed, or nobody is behind the name."
    case "ECONNRESET": "the other side closed its socket while data for it was still unread."
    case "ENOTCONN", "EDESTADDRREQ": "the socket is not connected and the call names no receiver."
    case "EISCONN": "the socket is connected, and a receiver was named as well."
    case "EMSGSIZE":
      "a datagram travels whole or not at all, and this one is larger than SO_SNDBUF allows."
    case "ENOBUFS", "ENOMEM":
      "the kernel had no memory for the message, or the control buffer is larger than "
        + "net.core.optmem_max."
    case "EOPNOTSUPP": "a flag does not fit this socket: Unix streams take no address, for one."
    case "ENOENT": "nothing has the name that the datagram was sent to."
    case "EACCES": "sending there needs write permission on the socket file."
    case "EPROTOTYPE": "the socket of that name is of another type."
    case "EALREADY": "another connection attempt is under way."
    case "EPERM":
      "the receiver refuses descriptors (SO_PASSRIGHTS off), is connected to somebody else, or "
        + "the credentials are not \(failure.actor)'s own, which only a privileged process may "
        + "claim."
    case "ESRCH": "the pid in SCM_CREDENTIALS is that of no process."
    case "ETOOMANYREFS":
      "this user has more descriptors in flight than RLIMIT_NOFILE allows. They count until they "
        + "are received, over all of the user's processes."
    case "EINVAL":
      "the kernel refuses the message: a malformed control message, more than "
        + "\(ControlBuffer.maximumDescriptors) descriptors, one that cannot be passed (io_uring), "
        + "or a control type it does not know."
    case "EBADF":
      "\(failure.number) or a descriptor in SCM_RIGHTS is not open in \(failure.actor). Nothing "
        + "was sent."
    case "EINTR": "a signal interrupted it before anything was queued. Call it again."
    default: nil
    }
  }

  static func receive(_ failure: Failure, _ error: String) -> String? {
    switch error {
    case "EAGAIN", "EWOULDBLOCK":
      "nothing is queued, and the socket does not wait (O_NONBLOCK, MSG_DONTWAIT or a timeout)."
    case "ECONNRESET": "the other side closed its socket while data for it was still unread."
    case "ECONNREFUSED": "the other side refused an earlier datagram."
    case "ENOTCONN": "the socket is not connected, so nothing can come."
    case "EINVAL": "the socket cannot receive this way: it may be listening or not connected."
    case "EFAULT":
      "a buffer lies outside \(failure.actor)'s memory. The message stays queued."
    case "EINTR": "a signal interrupted it before anything came. Call it again."
    case "EOPNOTSUPP": "a flag does not fit this socket: Unix sockets have little use for MSG_OOB."
    case "EMSGSIZE": "msg_iovlen is larger than the 1024 buffers that one call may have."
    default: nil
    }
  }
}
