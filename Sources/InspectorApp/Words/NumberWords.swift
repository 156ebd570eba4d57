import TextUI
import TraceModel

/// Calls that give and take numbers: open, duplicate, close.
extension Scene {
  func explainNumbers(_ call: CallRecord) -> String {
    switch call.name {
    case "close", "close_range": closed(call)
    case "dup", "dup2", "dup3": duplicated(call)
    case "fcntl", "ioctl":
      call.arguments.contains { $0.hasPrefix("F_DUPFD") } ? duplicated(call) : controlled(call)
    case "pipe", "pipe2":
      "\(actor) made a pipe: what is written to \(call.created.last.map { String($0) } ?? "its end") "
        + "is read from \(call.created.first.map { String($0) } ?? "the other")."
    default: opened(call)
    }
  }

  private func opened(_ call: CallRecord) -> String {
    let fd = call.created.first ?? Int32(truncatingIfNeeded: call.result ?? 0)
    return "\(actor) opened \(row(fd).map { target($0) } ?? "a file"). Its number is \(fd), the "
      + "lowest one free. What may be done with the open file was decided now; passing it on "
      + "checks nothing again."
  }

  private func closed(_ call: CallRecord) -> String {
    let rows = gone
    guard let row = rows.first(where: { $0.fd == call.fd }) ?? rows.first else {
      return "\(actor) closed \(call.fd.map { "its \($0)" } ?? "descriptors"). The number is free "
        + "again; the open file ends when nothing refers to it any more."
    }
    let numbers = Wording.shortList((rows.count > 1 ? rows : [row]).map { String($0.fd) })
    return Wording.join(
      "\(actor) closed its \(numbers) (\(target(row))). "
        + (rows.count > 1 ? "The numbers are free again." : "The number is free again."),
      afterwards(row))
  }

  private func afterwards(_ row: DescriptorFacts) -> String {
    let others = sharers(of: row, except: DescriptorHolder(pid: event.pid, fd: row.fd))
    if !others.isEmpty {
      let refer = others.count == 1 ? "refers" : "refer"
      return "The open file lives on: \(list(others)) \(refer) to it too."
    }
    if let socket = row.socket, socket.isListening {
      return "Nobody can connect there any more; the socket file stays until it is removed."
    }
    if let socket = row.socket, let peer = peer(of: socket) {
      return afterwards(peer, socket.type)
    }
    return "The open file ends when no other descriptor and no message in flight refers to it."
  }

  /// What the other end of a closed socket can still do. Of queued data nobody tells; of descriptors
  /// the kernel does.
  private func afterwards(_ peer: DescriptorHolder, _ type: SocketType) -> String {
    guard type != .datagram else {
      return "\(list([peer])) is not told: datagrams know no end of file."
    }
    let queued = self.row(peer.fd, of: peer.pid)?.queued ?? 0
    return queued > 0
      ? "\(list([peer])) can still receive what is queued, \(Wording.count(queued, "descriptor")) "
        + "included; after that it reads end of file."
      : "\(list([peer])) reads end of file, after any data that is still queued."
  }

  private func duplicated(_ call: CallRecord) -> String {
    let new = call.created.first ?? Int32(truncatingIfNeeded: call.result ?? 0)
    let old = call.fd.map { String($0) } ?? "the old one"
    return Wording.join(
      "\(actor)'s \(old) and \(new) now refer to the same open file"
        + (row(new).map { ", \(target($0))." } ?? "."),
      "They share its offset and status flags; close-on-exec belongs to each number alone.",
      call.name == "dup2" || call.name == "dup3"
        ? "If \(new) was open before, the kernel closed it first." : nil)
  }

  private func controlled(_ call: CallRecord) -> String {
    let fd = call.fd.map { "its \($0)" } ?? "a descriptor"
    let command = call.firstArgument.map { visible($0) } ?? visible(call.name)
    switch command {
    case "F_SETFD", "FIOCLEX", "FIONCLEX":
      let isSet = command == "FIOCLEX" || call.arguments.contains("FD_CLOEXEC")
      return "\(actor) \(isSet ? "set" : "cleared") close-on-exec of \(fd): an exec "
        + "\(isSet ? "closes it" : "leaves it open"). The flag belongs to the number and does not "
        + "travel with a passed descriptor."
    case "F_SETFL":
      return "\(actor) set status flags of the open file behind \(fd). Every descriptor that "
        + "refers to it has them now, also in other processes."
    default: return "\(actor) called \(visible(call.name)) with \(command) on \(fd)."
    }
  }
}
