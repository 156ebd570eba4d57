import SystemPackage

extension PassingError: CustomStringConvertible {
  /// One or two sentences for a person: what failed, why, and what to do.
  public var description: String {
    "Cannot \(operation.phrase): \(reason.phrase).\(advice.map { " " + $0 } ?? "")"
  }

  private var advice: String? {
    guard let code else { return nil }
    switch (operation, code) {
    case (_, .tooManyOpenFiles):
      return "All descriptors of this process are in use; close some, or raise `ulimit -n`."
    case (_, .tooManyOpenFilesInSystem):
      return "All file handles of the system are in use; see /proc/sys/fs/file-max."
    case (.connect, _): return connectAdvice(code)
    case (.bind, _): return bindAdvice(code)
    case (.send(let descriptors), _): return sendAdvice(code, descriptors: descriptors)
    case (.receive, .connectionReset):
      return "The other end closed without reading all it was sent."
    default: return nil
    }
  }

  private func connectAdvice(_ code: Errno) -> String? {
    switch code {
    case .connectionRefused: "Nobody listens there: the server has ended, or it is not up yet."
    case .noSuchFileOrDirectory: "There is no such socket: start the server, or check the path."
    case .permissionDenied: "Connecting needs write permission on the socket and its directories."
    case .protocolWrongTypeForSocket:
      "The socket there is of another kind: stream, datagram or seqpacket."
    default: nil
    }
  }

  private func bindAdvice(_ code: Errno) -> String? {
    switch code {
    case .addressInUse: "Another socket or file has this name; remove it or choose another name."
    case .noSuchFileOrDirectory: "The directory does not exist; make it, or check the path."
    case .permissionDenied: "Making a socket needs write permission on its directory."
    default: nil
    }
  }

  private func sendAdvice(_ code: Errno, descriptors: Int) -> String? {
    switch code {
    case .badFileDescriptor where descriptors > 0:
      "One of the descriptors is not open in this process; nothing was sent."
    case .invalidArgument where descriptors > 0:
      "The kernel does not pass such a descriptor (io_uring is one); nothing was sent."
    case .tooManyReferences:
      "Too many descriptors of this user are in flight; their receivers must take some first."
    case .brokenPipe, .connectionReset: "The other end has closed the connection."
    case .notPermitted:
      "Foreign credentials need privileges, and a receiver may refuse descriptors (SO_PASSRIGHTS)."
    default: nil
    }
  }
}

extension PassingError.Operation {
  fileprivate var phrase: String {
    switch self {
    case .create: "make a Unix socket"
    case .adopt(let number): "use descriptor \(number) as a Unix socket"
    case .bind(let address): "bind a socket to \(address)"
    case .listen: "listen on the socket"
    case .accept: "accept a client"
    case .connect(let address): "connect to \(address)"
    case .send(0): "send a message"
    case .send(1): "send a message with 1 descriptor"
    case .send(let count): "send a message with \(count) descriptors"
    case .receive: "receive a message"
    case .configure: "read or set an option of the socket"
    case .shutdown: "shut the connection down"
    case .duplicate: "duplicate the descriptor"
    case .close: "close the descriptor"
    }
  }
}

extension PassingError.Reason {
  fileprivate var phrase: String {
    switch self {
    case .system(let code): code.description
    case .addressTooLong(let count, let limit):
      "its \(count) bytes are more than the \(limit) that fit in a socket address;"
        + " choose a shorter one"
    case .addressEmpty: "an address needs at least one byte"
    case .noDataForDescriptors:
      "without at least one byte of data a stream socket loses the descriptors"
    case .tooManyDescriptors(let limit): "one message carries at most \(limit)"
    case .notUnixSocket: "it is no Unix socket of kind stream, datagram or seqpacket"
    case .unsupported: "this operating system does not support it"
    }
  }
}
