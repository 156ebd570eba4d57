import TextUI
import TraceModel

/// Calls that make, name and join sockets.
extension Scene {
  func explainConnecting(_ call: CallRecord) -> String {
    switch call.name {
    case "socket": madeSocket(call)
    case "socketpair": madePair(call)
    case "bind": bound(call)
    case "listen": listens(call)
    case "connect": connected(call)
    case "shutdown": shutDown(call)
    default: accepted(call)
    }
  }

  private func madeSocket(_ call: CallRecord) -> String {
    let fd = call.created.first ?? Int32(truncatingIfNeeded: call.result ?? 0)
    return Wording.join(
      "\(actor) made a socket. Its number is \(fd), the lowest one free in \(actor)'s table.",
      "The socket has no name yet and is joined to nobody.", closeOnExec(fd))
  }

  private func madePair(_ call: CallRecord) -> String {
    let ends = Wording.list(call.created.map { String($0) })
    return Wording.join(
      "\(actor) made two sockets that are already joined: \(ends).",
      "What is sent into one comes out of the other.",
      "A child that \(actor) forks will have both, and usually each process closes one.")
  }

  private func bound(_ call: CallRecord) -> String {
    let fd = call.fd.map { "its \($0)" } ?? "a socket"
    guard let path = boundName(call) else { return "\(actor) gave \(fd) a name." }
    if path.hasPrefix("@") {
      return "\(actor) gave \(fd) the abstract name \(path). No file is made, no file permissions "
        + "protect it, and it vanishes with the socket."
    }
    return "\(actor) gave \(fd) the name \(path). The kernel made a socket file there: others find "
      + "the socket by it, and its mode says who may connect. No data is ever in that file."
  }

  /// The name in the arguments or on the socket; empty for an autobind.
  private func boundName(_ call: CallRecord) -> String? {
    if let path = call.socket?.path, !path.isEmpty { return visible(path) }
    return call.firstArgument.flatMap { $0.isEmpty ? nil : visible($0) }
  }

  private func listens(_ call: CallRecord) -> String {
    let backlog = call.firstArgument.map { visible($0) }
    let place = call.socket?.path.map { " at \(visible($0))" } ?? ""
    return Wording.join(
      "\(actor)'s \(call.fd.map { String($0) } ?? "socket") now listens\(place).",
      "The kernel queues connections until \(actor) accepts them"
        + (backlog.map { "; the backlog asked for is \($0)." } ?? "."),
      "A client can connect, and even send, before that.")
  }

  private func connected(_ call: CallRecord) -> String {
    let path = boundName(call).map { " to \($0)" } ?? ""
    let place =
      call.firstArgument.flatMap { listener(at: $0) }.map { list([$0]) } ?? "the listening socket"
    return Wording.join(
      "\(actor) connected its \(call.fd.map { String($0) } ?? "socket")\(path).",
      "The connection waits in the queue of \(place) until it is accepted.",
      "\(actor) need not wait for that: what it sends now is kept for the other side.")
  }

  private func listener(at path: String) -> DescriptorHolder? {
    let tables = timeline.tables(at: moment)
    for pid in tables.keys.sorted() {
      let row = tables[pid]?.rows.first {
        $0.socket?.isListening == true && $0.socket?.path == path
      }
      if let row { return DescriptorHolder(pid: pid, fd: row.fd) }
    }
    return nil
  }

  private func accepted(_ call: CallRecord) -> String {
    let fd = call.created.first ?? Int32(truncatingIfNeeded: call.result ?? 0)
    let other = row(fd)?.socket.flatMap { peer(of: $0) }
    return Wording.join(
      "\(actor) took one waiting connection from its \(call.fd.map { String($0) } ?? "socket").",
      "Its end is a new socket with the lowest free number, \(fd)"
        + (other.map { "; the other end is \(list([$0]))." } ?? "."),
      "\(call.fd.map { String($0) } ?? "The socket") goes on listening.", closeOnExec(fd))
  }

  private func closeOnExec(_ fd: Int32) -> String? {
    row(fd)?.closeOnExec == true ? "An exec will close \(fd)." : nil
  }

  private func shutDown(_ call: CallRecord) -> String {
    let how = call.firstArgument ?? ""
    let fd = call.fd.map { "its \($0)" } ?? "a socket"
    let meaning =
      switch how {
      case "SHUT_RD", "0":
        "It will receive nothing more there, and a send from the other side fails."
      case "SHUT_WR", "1":
        "It will send nothing more there; the other side reads end of file after what is queued."
      default: "Neither side can send any more; each reads end of file after what is queued."
      }
    return "\(actor) shut down \(fd)\(how.isEmpty ? "" : " (\(visible(how)))"). \(meaning) "
      + "Descriptors already in flight can still be received, and the number stays open."
  }
}
