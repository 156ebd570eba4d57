/// Why naming and joining sockets fails.
extension ErrorCause {
  static func bind(_ failure: Failure, _ error: String) -> String? {
    switch error {
    case "EADDRINUSE":
      "\(failure.place) exists already. A socket file outlives its socket: if nobody listens "
        + "there any more, remove it first."
    case "EACCES":
      "\(failure.actor) may not make a file there: the directory must be writable and every "
        + "directory above it searchable."
    case "EINVAL":
      "the socket has a name already, or the address is malformed: a path has room for 108 bytes."
    case "EADDRNOTAVAIL", "ENOENT": "a directory in \(failure.place) does not exist."
    case "EROFS": "\(failure.place) is on a file system that cannot be written."
    case "ENOSPC": "the file system has no room for the socket file."
    case "ENOTDIR": "a part of \(failure.place) is a file, not a directory."
    case "EPERM": "the file system there cannot hold socket files."
    default: nil
    }
  }

  static func connect(_ failure: Failure, _ error: String) -> String? {
    switch error {
    case "ENOENT": "nothing has the name \(failure.place). Is the server running?"
    case "ECONNREFUSED":
      "the name \(failure.place) is there, but nobody listens. A socket file outlives its socket: "
        + "start the server again."
    case "EACCES", "EPERM":
      "connecting needs write permission on the socket file and search permission on every "
        + "directory above it."
    case "EAGAIN", "EWOULDBLOCK":
      "the listener's queue (its backlog) is full and the socket does not wait. Try again later."
    case "EPROTOTYPE":
      "the socket at \(failure.place) is of another type: stream, datagram and seqpacket do not "
        + "mix."
    case "EISCONN": "this socket is connected already."
    case "EINVAL": "the address is malformed, or this socket itself listens."
    case "EAFNOSUPPORT": "the address is not of family AF_UNIX."
    case "EADDRINUSE": "no free name was left to give to this socket."
    case "EALREADY": "an earlier connect on this socket has not ended."
    case "EINPROGRESS":
      "the socket does not wait; poll says when it is connected. Unix sockets never do this."
    case "EINTR": "a signal interrupted it while it waited for room in the listener's queue."
    case "ETIMEDOUT": "no answer came in time."
    case "ENETUNREACH": "no network leads there."
    case "ENOTDIR": "a part of \(failure.place) is a file, not a directory."
    default: nil
    }
  }

  static func listen(_ failure: Failure, _ error: String) -> String? {
    switch error {
    case "EINVAL":
      "the socket has no name, or is connected. A Unix socket must be bound before it listens."
    case "EADDRINUSE": "another socket listens under this name."
    case "EOPNOTSUPP": "datagram sockets have no connections to wait for."
    default: nil
    }
  }

  static func accept(_ failure: Failure, _ error: String) -> String? {
    switch error {
    case "EAGAIN", "EWOULDBLOCK":
      "no connection waits, and the socket does not wait either (O_NONBLOCK or a timeout)."
    case "EINVAL": "\(failure.number) does not listen: listen must come first."
    case "ECONNABORTED": "the connection was given up before it was accepted."
    case "EMFILE":
      "\(failure.actor)'s table has no free number. The connection stays in the queue."
    case "EOPNOTSUPP": "datagram sockets have no connections to accept."
    case "EPERM": "a firewall rule forbids it."
    case "EPROTO": "the protocol failed."
    default: nil
    }
  }

  static func shutdown(_ failure: Failure, _ error: String) -> String? {
    switch error {
    case "EINVAL": "the second argument must be SHUT_RD, SHUT_WR or SHUT_RDWR."
    case "ENOTCONN": "the socket is not connected, so there is nothing to shut down."
    default: nil
    }
  }
}
