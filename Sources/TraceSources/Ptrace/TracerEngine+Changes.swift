import CLinux
import TraceModel

/// What a call that has returned changes in what we know of the processes.
extension TracerEngine {
  /// Looks what else is different now, while somebody looks at every step.
  func lookElsewhere(than pid: Int32) {
    guard mode == .stepping else { return }
    for other in processes.keys.sorted() where other != pid {
      let calls = threads.values.filter { $0.pid == other && !$0.isHeld }.compactMap(\.call)
      if calls.isEmpty {
        watcher.refresh(other, touched: [])
      } else {
        watcher.refresh(other, inCallsOn: Set(calls.compactMap(\.fd)))
      }
    }
  }

  /// Numbers that a call closed, or gave another meaning.
  func forgetReplaced(
    _ entered: EnteredCall, _ outcome: CallOutcome, _ bodies: [TraceEvent.Body],
    process: TracedProcess
  ) {
    // A call that failed has closed nothing.
    guard outcome.result != nil else { return watcher.dropLastLooks(process.pid) }
    if entered.call == .close, let fd = entered.fd { forget(fd, process) }
    for case .call(let record) in bodies where record.disconnects {
      if let socket = record.socket { sockets.noteDisconnected(socket.inode) }
    }
    if entered.call == .connect || entered.call == .bind, let fd = entered.fd {
      lookAgain(at: fd, process)
    }
    if entered.call == .closeRange { forgetRange(entered.arguments, process) }
    // Whatever was known of a new number was about its predecessor.
    for case .call(let record) in bodies {
      for fd in record.created { forget(fd, process) }
    }
  }

  private func forgetRange(_ arguments: CallArguments, _ process: TracedProcess) {
    let first = UInt32(truncatingIfNeeded: arguments[0])
    let last = UInt32(truncatingIfNeeded: arguments[1])
    let closesOnExec = arguments[2] & Self.closeRangeOnExec != 0
    for fd in watcher.known(process.pid) where (first...last).contains(UInt32(bitPattern: fd)) {
      if closesOnExec { watcher.lookAgain(process.pid, fd) } else { forget(fd, process) }
    }
    // Not all that mattered was looked at.
    for fd in process.interests.keys where UInt32(bitPattern: fd) >= first {
      process.interests[fd] = nil
    }
  }

  func forget(_ fd: Int32, _ process: TracedProcess) {
    process.interests[fd] = nil
    watcher.closed(process.pid, fd)
  }

  func notePassed(_ bodies: [TraceEvent.Body], by pid: Int32) {
    for case .send(let message) in bodies where message.result != nil {
      note(message)
      if let queue = message.socket.peer, !message.descriptors.isEmpty {
        if fed.count > 4096 { fed = [] }
        fed.insert(queue)
      }
      watcher.sent(
        pid, message.descriptors.map(\.fd), through: message.socket.inode)
    }
    for case .receive(let message) in bodies { note(message) }
    func note(_ message: MessageRecord) {
      let before = passed.count
      passed.formUnion(message.descriptors.compactMap(\.description))
      // A file that was of no interest may have become one, under any number.
      guard passed.count != before else { return }
      for process in processes.values { process.forgetDull() }
      // Closed by everybody: it will never be met again.
      if passed.count.isMultiple(of: 1024) { passed = passed.filter(watcher.isHeld) }
    }
  }

  /// Looks a last time at what waits in the queues of sockets that a call is about to close.
  ///
  /// An exec is not stopped at before it has closed some.
  func takeLastLooks(before call: clinux_syscall_info, by thread: TracedThread) {
    guard !fed.isEmpty else { return }
    let process = thread.process
    var isQueued = false
    func look(_ fd: Int32) {
      guard case .socket(let socket) = interest(of: fd, process: process),
        fed.contains(socket.inode)
      else { return }
      if watcher.takeLastLook(process.pid, fd) != 0 { isQueued = true }
    }
    let first = Int32(truncatingIfNeeded: call.arguments.0)
    let second = Int32(truncatingIfNeeded: call.arguments.1)
    switch thread.numbering?.call(call.number) {
    case .close: look(first)
    case .dup2, .dup3:
      if first != second, watcher.facts(process.pid, first) != nil { look(second) }
    case .closeRange:
      let (from, to) = (UInt32(bitPattern: first), UInt32(bitPattern: second))
      guard call.arguments.2 & Self.closeRangeOnExec == 0, from <= to else { return }
      for fd in watcher.known(process.pid) where (from...to).contains(UInt32(bitPattern: fd)) {
        look(fd)
      }
    case .exitGroup: for fd in watcher.known(process.pid) { look(fd) }
    default: break
    }
    // Nothing is lost that a child still holds.
    if isQueued { meetChildren(besides: thread) }
  }

  /// CLOSE_RANGE_CLOEXEC (linux/close_range.h): nothing is closed now.
  private static let closeRangeOnExec: UInt64 = 4

  static func touched(_ entered: EnteredCall, _ bodies: [TraceEvent.Body]) -> [Int32] {
    var numbers = entered.call == .close ? [] : [entered.fd].compactMap { $0 }
    for body in bodies {
      switch body {
      case .call(let record): numbers += record.created
      case .receive(let message): numbers += message.descriptors.map(\.fd)
      default: break
      }
    }
    return numbers
  }

  func listenerIsThere() {
    for process in processes.values { process.waitsForListener = false }
    if mode == .running { releaseHeld() }
  }
}

extension CallRecord {
  /// Whether it takes a datagram socket's peer away.
  fileprivate var disconnects: Bool { name == "connect" && arguments.first == "AF_UNSPEC" }
}
