import TextUI
import TraceModel

/// Calls other than sends and receives: which sentences fit which call.
extension Scene {
  func explain(_ call: CallRecord) -> String {
    if let error = call.error { return failed(call, error) }
    return switch call.name {
    case "socket", "socketpair", "bind", "listen", "connect", "accept", "accept4", "shutdown":
      explainConnecting(call)
    case "close", "close_range", "dup", "dup2", "dup3", "fcntl", "ioctl", "open", "openat",
      "openat2",
      "creat", "pipe", "pipe2":
      explainNumbers(call)
    case "read", "readv", "pread64", "preadv", "preadv2", "recvfrom", "recv": read(call)
    case "write", "writev", "pwrite64", "pwritev", "pwritev2", "sendto", "send": wrote(call)
    case "exit", "exit_group":
      "\(actor) asks to end with status \(call.arguments.first.map { visible($0) } ?? "0"). The "
        + "kernel will close all its descriptors."
    case "seccomp", "prctl":
      "\(actor) restricts itself: from now on the kernel asks a filter about each of its calls. One "
        + "that the filter refuses does not happen, and is not shown where fdpass-tui launched it."
    default: other(call)
    }
  }

  private func failed(_ call: CallRecord, _ error: String) -> String {
    let place = call.fd.map { " on its \(descriptor($0))" } ?? ""
    let cause = ErrorCause.sentence(ErrorCause.Failure(call: call, actor: actor), error)
    if ErrorCause.isInterruption(error) { return "\(actor)'s \(visible(call.name)): \(cause)" }
    return "\(actor) called \(visible(call.name))\(place), and it failed with \(visible(error)): "
      + cause
  }

  private func other(_ call: CallRecord) -> String {
    let arguments = (call.fd.map { [String($0)] } ?? []) + call.arguments.map { visible($0) }
    let what =
      call.arguments.isEmpty
      ? Wording.call(call.name, on: call.fd)
      : "\(visible(call.name))(\(arguments.joined(separator: ", ")))"
    return Wording.join(
      "\(actor) called \(what)"
        + (call.result.map { ", and it returned \($0)." } ?? "."),
      call.created.isEmpty
        ? nil
        : "New in its table: "
          + Wording.shortList(call.created.map { descriptor($0) }) + ".")
  }

  private func read(_ call: CallRecord) -> String {
    let source = call.fd.map { "its \(descriptor($0))" } ?? "a descriptor"
    let isSocket = call.socket != nil
    guard let result = call.result, result > 0 else {
      return "\(actor) read from \(source) and got 0 bytes: "
        + (call.socket.map { emptyOrEnd($0) }
          ?? "end of file. On a terminal this is Ctrl-D; elsewhere nothing is left and no writer "
          + "remains.")
    }
    if call.arguments.contains("MSG_PEEK") {
      return "\(actor) looked at \(Wording.count(result, "byte")) of \(source)"
        + (call.data.map { ": \(Wording.quote($0))." } ?? ".")
        + " MSG_PEEK: nothing was taken, the next read finds the same."
    }
    return Wording.join(
      "\(actor) read \(Wording.count(result, "byte")) from \(source)"
        + (call.data.map { ": \(Wording.quote($0))." } ?? "."),
      isSocket
        ? "A \(visible(call.name)) has no room for control messages, so no descriptor could come "
          + "with them."
        : shared(call))
  }

  private func wrote(_ call: CallRecord) -> String {
    let target = call.fd.map { "its \(descriptor($0))" } ?? "a descriptor"
    let count = Wording.count(call.result ?? 0, "byte")
    return Wording.join(
      "\(actor) wrote \(count) to \(target)"
        + (call.data.map { ": \(Wording.quote($0))." } ?? "."),
      call.socket == nil
        ? shared(call)
        : "A \(visible(call.name)) sends data only: no descriptor can go with it.")
  }

  /// What it means that the open file behind the call's descriptor is also another's.
  private func shared(_ call: CallRecord) -> String? {
    guard let fd = call.fd, let row = row(fd) else { return nil }
    let others = sharers(of: row, except: DescriptorHolder(pid: event.pid, fd: fd))
      .filter { $0.pid != event.pid }
    guard !others.isEmpty else { return nil }
    return "The kernel keeps one open file behind this number and \(list(others)): "
      + consequence(of: row, call, others: Set(others.map(\.pid))) + "."
  }

  private func consequence(
    of row: DescriptorFacts, _ call: CallRecord, others: Set<Int32>
  ) -> String {
    if row.kind == .regular, let position = row.position {
      return "the offset is \(position) for all of them"
    }
    let isTerminal = row.target.hasPrefix("/dev/pts/") || row.target.hasPrefix("/dev/tty")
    if isTerminal, call.name.contains("write"), others.count == 1, let other = others.first {
      return "the bytes appear on that terminal as if \(name(other)) had written them"
    }
    return "the bytes go the same way for all of them"
  }
}

extension CallRecord {
  /// An address, a command, a backlog: what stands after the descriptor.
  var firstArgument: String? { arguments.first }
}
