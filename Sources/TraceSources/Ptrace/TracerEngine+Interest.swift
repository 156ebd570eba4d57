import ControlMessages
import TraceModel

/// Which calls matter.
extension TracerEngine {
  /// Calls on Unix sockets matter, and calls on descriptors that were passed.
  func matters(_ entered: EnteredCall, process: TracedProcess) -> Bool {
    let arguments = entered.arguments
    switch entered.call {
    case .socket, .socketpair: return arguments[0] == 1  // AF_UNIX
    case .exitGroup: return mode == .stepping
    case .ioUringSetup, .closeRange: return true
    case .seccomp: return arguments[0] <= 1  // SECCOMP_SET_MODE_STRICT, _FILTER
    case .prctl: return arguments[0] == 22  // PR_SET_SECCOMP
    case .splice:
      return [arguments[0], arguments[2]].contains {
        interest(of: Int32(truncatingIfNeeded: $0), process: process).isSome
      }
    case .fcntl where !entered.duplicates, .ioctl:
      return entered.flagCommand != nil
        && isPassed(Int32(truncatingIfNeeded: arguments[0]), process)
    default: break
    }
    switch interest(of: Int32(truncatingIfNeeded: arguments[0]), process: process) {
    case .socket: return true
    case .passed: return true
    case .none:
      // Not worth an event, but what was known of a number must not be believed of the next file.
      if entered.call == .close { forget(Int32(truncatingIfNeeded: arguments[0]), process) }
      if entered.call == .dup2 || entered.call == .dup3 {
        let replaced = Int32(truncatingIfNeeded: arguments[1])
        if interest(of: replaced, process: process).isSome { return true }
        forget(replaced, process)
      }
      return entered.call == .sendmsg && passesOverForeignSocket(entered, process)
        || failsOrIsHidden(entered, process)
    }
  }

  /// Whether it is a send or a receive through a number that is no socket, which fails, or that we
  /// are not shown: it may be a Unix socket.
  private func failsOrIsHidden(_ entered: EnteredCall, _ process: TracedProcess) -> Bool {
    guard entered.call.movesMessages, let fd = entered.fd else { return false }
    if let facts = watcher.facts(process.pid, fd) { return facts.kind != .socket }
    if ProcessFiles.descriptors(watcher.thread(of: process.pid)) == nil { noteHidden(process) }
    return true
  }

  /// A process that no other may look into (prctl(2), PR_SET_DUMPABLE) is traced all the same.
  private func noteHidden(_ process: TracedProcess) {
    let sentence =
      "\(process.comm) does not let its own user see its memory and its descriptors (prctl "
      + "PR_SET_DUMPABLE, or a file that may be executed and not read): of its sends and receives "
      + "only the number of the socket and the result are known. Run fdpass-tui as root to see all."
    if !notes.contains(sentence) { notes.append(sentence) }
  }

  /// Whether a descriptor refers to what was passed, be it a Unix socket or another file.
  private func isPassed(_ fd: Int32, _ process: TracedProcess) -> Bool {
    guard !passed.isEmpty else { return false }
    return switch interest(of: fd, process: process) {
    case .none: false
    case .passed: true
    case .socket: watcher.facts(process.pid, fd)?.description.map(passed.contains) == true
    }
  }

  /// Whether somebody tries to pass descriptors over a socket that is no Unix socket. The kernel
  /// does not always refuse, and they never arrive.
  private func passesOverForeignSocket(_ entered: EnteredCall, _ process: TracedProcess) -> Bool {
    guard let fd = entered.fd, watcher.facts(process.pid, fd)?.kind == .socket,
      foreignProtocol(process.pid, fd) != nil,
      let header = MessageHeader(at: entered.arguments[1], abi: entered.abi, in: memory),
      header.controlLength > 0
    else { return false }
    let control = header.control(capacity: header.controlLength, in: memory)
    return control?.descriptors.isEmpty == false
  }

  /// The name of the protocol of a socket that is no Unix socket; nil for all else.
  func foreignProtocol(_ pid: Int32, _ fd: Int32) -> String? {
    let name = ProcessFiles.socketProtocol(watcher.thread(of: pid), fd)
    return name.flatMap { $0.hasPrefix("UNIX") ? nil : $0 }
  }

  /// Why calls on a descriptor matter, looked up once as long as it stays what it is.
  func interest(of fd: Int32, process: TracedProcess) -> Interest {
    if !process.sharesTable, let known = process.interests[fd] { return known }
    let found: Interest
    if let facts = watcher.facts(process.pid, fd) {
      found = interest(of: facts)
    } else {
      return .none
    }
    process.interests[fd] = found
    return found
  }

  /// A socket got a name or a peer, under whatever numbers it is known.
  func lookAgain(at fd: Int32, _ process: TracedProcess) {
    watcher.lookAgain(process.pid, fd)
    sockets.nameAppeared()
    guard case .socket(let socket) = process.interests.removeValue(forKey: fd),
      socket.type == .datagram
    else { return }
    for holder in processes.values {
      for (other, interest) in holder.interests {
        guard case .socket(let same) = interest, same.inode == socket.inode else { continue }
        holder.interests[other] = nil
        watcher.lookAgain(holder.pid, other)
      }
    }
  }

  private func interest(of facts: DescriptorFacts) -> Interest {
    if let socket = facts.socket { return .socket(socket) }
    return facts.description.map(passed.contains) == true ? .passed : .none
  }

  /// Who became whose peer: the two sockets of a new pair, whoever else can tell that, and the two
  /// ends of a connection.
  func notePeers(_ bodies: [TraceEvent.Body], of pid: Int32) {
    for case .call(let record) in bodies where record.result != nil {
      let thread = watcher.thread(of: pid)
      let inodes = record.created.compactMap { ProcessFiles.socketInode(thread, $0) }
      switch record.name {
      case "socketpair" where inodes.count == 2: sockets.remember(inodes[0], inodes[1])
      case "accept", "accept4":
        // To be looked at for its peer: the kernel tells it only while the other end is there.
        guard let listener = record.socket?.inode, let fd = record.created.first else { continue }
        watcher.lookAgain(pid, fd)
        for inode in inodes { sockets.noteAccepted(inode, from: listener) }
      case "connect":
        guard let socket = record.socket, socket.type != .datagram,
          let address = record.arguments.first
        else { continue }
        sockets.noteConnection(of: socket.inode, to: address, by: pid)
      default: continue
      }
    }
  }
}

extension Interest {
  fileprivate var isSome: Bool { if case .none = self { false } else { true } }
}

extension TracedProcess {
  /// Looks again at what did not matter.
  func forgetDull() {
    interests = interests.filter(\.value.isSome)
  }
}

/// The descriptors of one live process.
struct ProcessDescriptors: DescriptorLookup {
  let process: TracedProcess
  /// Whether the calling thread has left the table of its process, of whose rows it tells nothing then.
  let hasOwnTable: Bool
  let engine: TracerEngine

  func facts(of fd: Int32) -> DescriptorFacts? {
    hasOwnTable ? nil : engine.watcher.facts(process.pid, fd)
  }

  func foreignProtocol(of fd: Int32) -> String? { engine.foreignProtocol(process.pid, fd) }

  func user() -> UInt32? { ProcessFiles.user(process.pid) }

  func room() -> DescriptorRoom? { ProcessFiles.room(engine.watcher.thread(of: process.pid)) }

  func destination(_ address: String) -> UInt64? {
    engine.sockets.destination(address, of: process.pid)
  }

  func received(_ fd: Int32, from sender: UInt64?, closeOnExec: Bool) -> DescriptorFacts? {
    if hasOwnTable { return nil }
    process.interests[fd] = nil
    return engine.watcher.received(process.pid, fd, from: sender, closeOnExec: closeOnExec)
  }

  func socket(of fd: Int32) -> SocketInfo? {
    guard case .socket(let known) = engine.interest(of: fd, process: process) else { return nil }
    if known.peer != nil || known.isListening || known.type == .datagram { return known }
    // It may have got a name or a peer by now.
    process.interests[fd] = nil
    engine.watcher.lookAgain(process.pid, fd)
    guard case .socket(let now) = engine.interest(of: fd, process: process) else { return nil }
    return now
  }
}
