import CLinux
import ControlMessages
import TraceModel

/// The entry and the exit of calls.
extension TracerEngine {
  func atCall(_ thread: TracedThread, _ stop: consuming Stop) {
    guard let info = stop.callInfo() else { return thread.resume(stop) }
    switch info.op {
    case TraceOptions.entryOperation, TraceOptions.filterOperation: entered(thread, info, stop)
    case TraceOptions.exitOperation: returned(thread, info, stop)
    default: thread.resume(stop)
    }
  }

  private func entered(
    _ thread: TracedThread, _ info: clinux_syscall_info, _ stop: consuming Stop
  ) {
    // A filtered thread that runs from call to call stops twice at an entry.
    if info.op == TraceOptions.filterOperation, thread.call != nil { return thread.resume(stop) }
    thread.numbering = CallNumbering(rawValue: info.arch)
    thread.call = traced(info, by: thread)
    guard let entered = thread.call else { return thread.resume(stop) }
    if mode == .stepping, isStoppingPoint(entered, process: thread.process) {
      thread.hold(pendingState(of: thread, entered), stop)
    } else {
      thread.resume(stop)
    }
  }

  /// The call that a thread has entered; nil when it does not matter.
  private func traced(_ info: clinux_syscall_info, by thread: TracedThread) -> EnteredCall? {
    guard let numbering = thread.numbering, thread.process.hasBegun else { return nil }
    let all = info.arguments
    var arguments = [all.0, all.1, all.2, all.3, all.4, all.5]
    var call = numbering.call(info.number)
    let memory = ProcessMemory(pid: thread.pid)
    if info.number == numbering.socketCall {
      call = CallNumbering.socketCall(arguments[0])
      // Six is the most that any of them takes; fewer may be readable.
      let words = memory.read(arguments[1] & 0xFFFF_FFFF, count: 24)
      arguments = (0..<6).map { index in
        words.count >= (index + 1) * 4 ? words.number(at: index * 4, width: 4) : 0
      }
    }
    guard let call, matters(call, arguments, process: thread.process) else { return nil }
    return EnteredCall(call, arguments, abi: numbering.abi, time: now, in: memory)
  }

  /// Before a descriptor moves, before a wait and before the end there is something to see.
  private func isStoppingPoint(_ entered: EnteredCall, process: TracedProcess) -> Bool {
    switch entered.call {
    case .exitGroup: return true
    case .sendmsg, .sendmmsg:
      let memory = ProcessMemory(pid: process.pid)
      return entered.headers.contains { header in
        let control = header.control(capacity: header.controlLength, in: memory)
        return control?.decoding.descriptors.isEmpty == false
      }
    case .recvmsg, .recvmmsg, .recvfrom, .read, .readv:
      let queued = entered.fd.flatMap { watcher.facts(process.pid, $0)?.queued } ?? 0
      return queued > 0 || wouldWait(entered, pid: process.pid)
    default: return wouldWait(entered, pid: process.pid)
    }
  }

  func pendingState(of thread: TracedThread, _ entered: EnteredCall) -> ThreadStatus.State {
    let call = TraceEvent(
      time: entered.time, entered: entered.time, pid: thread.pid, tid: thread.tid,
      comm: thread.process.comm, body: decoder(for: thread.process).pending(entered))
    return .before(call: call, wouldWait: wouldWait(entered, pid: thread.pid))
  }

  func wouldWait(_ entered: EnteredCall, pid: Int32) -> Bool {
    guard entered.call.waitsForInput, let fd = entered.fd, let facts = watcher.facts(pid, fd)
    else { return false }
    return WaitForecast.wouldWait(
      entered, pid: pid, isNonBlocking: facts.flags.names.contains("O_NONBLOCK"))
  }

  private func returned(
    _ thread: TracedThread, _ info: clinux_syscall_info, _ stop: consuming Stop
  ) {
    guard let entered = thread.call else { return thread.resume(stop) }
    thread.call = nil
    let outcome: CallOutcome =
      info.is_error ? .failure(Int32(clamping: -info.result)) : .success(info.result)
    // ERESTARTSYS and its kin (include/linux/errno.h): a signal interrupts the call, and the
    // kernel enters it again afterwards.
    if case .failure(512...516) = outcome { return thread.resume(stop) }
    let sequence = reportCall(thread, entered, outcome)
    if mode == .stepping {
      thread.hold(.after(sequence: sequence), stop)
    } else {
      thread.resume(stop)
    }
  }

  private func reportCall(
    _ thread: TracedThread, _ entered: EnteredCall, _ outcome: CallOutcome
  ) -> Int {
    let process = thread.process
    forgetReplaced(entered, outcome, process: process)
    let bodies = decoder(for: process).returned(entered, outcome: outcome)
    notePassed(bodies)
    var changes = watcher.refresh(process.pid, touched: Self.touched(entered, bodies))
    changes += changesElsewhere(than: process.pid)
    var sequence = 0
    for (index, body) in bodies.enumerated() {
      sequence = report(
        TraceEvent(
          time: now, entered: entered.time, pid: process.pid, tid: thread.tid,
          comm: process.comm, body: body, changes: index == 0 ? changes : []))
    }
    if entered.call == .listen, outcome.result != nil { listenerIsThere() }
    return sequence
  }

  /// What else is different now, while somebody looks at every step.
  func changesElsewhere(than pid: Int32) -> [DescriptorChange] {
    guard mode == .stepping else { return [] }
    var seen: Set<Int32> = [pid]
    return order.compactMap { threads[$0]?.pid }.filter { seen.insert($0).inserted }
      .flatMap { watcher.refresh($0, touched: []) }
  }

  /// Numbers that a call closed, or gave another meaning.
  private func forgetReplaced(
    _ entered: EnteredCall, _ outcome: CallOutcome, process: TracedProcess
  ) {
    guard let result = outcome.result else { return }
    func forget(_ fd: Int32) {
      process.interests[fd] = nil
      watcher.closed(process.pid, fd)
    }
    switch entered.call {
    case .close: if let fd = entered.fd { forget(fd) }
    case .dup2, .dup3: forget(Int32(truncatingIfNeeded: result))
    case .bind, .listen, .connect: if let fd = entered.fd { process.interests[fd] = nil }
    case .closeRange: process.interests = [:]
    default: break
    }
  }

  private func notePassed(_ bodies: [TraceEvent.Body]) {
    for case .send(let message) in bodies where message.result != nil { note(message) }
    for case .receive(let message) in bodies { note(message) }
    func note(_ message: MessageRecord) {
      let before = passed.count
      passed.formUnion(message.descriptors.compactMap(\.description))
      // A file that was of no interest may have become one, under any number.
      if passed.count != before { for process in processes.values { process.forgetDull() } }
    }
  }

  private static func touched(_ entered: EnteredCall, _ bodies: [TraceEvent.Body]) -> [Int32] {
    var numbers = [entered.fd].compactMap { $0 }
    for body in bodies {
      switch body {
      case .call(let record): numbers += record.created
      case .receive(let message): numbers += message.descriptors.map(\.fd)
      default: break
      }
    }
    return numbers
  }

  private func listenerIsThere() {
    for process in processes.values { process.waitsForListener = false }
    if mode == .running { releaseHeld() }
  }

  // MARK: What matters

  /// Calls on Unix sockets matter, and calls on descriptors that were passed.
  private func matters(
    _ call: TracedCall, _ arguments: [UInt64], process: TracedProcess
  ) -> Bool {
    switch call {
    case .socket, .socketpair: return arguments[0] == 1  // AF_UNIX
    case .exitGroup: return mode == .stepping
    case .ioUringSetup: return true
    case .closeRange:
      // The numbers from here on may be other files tomorrow.
      process.interests = [:]
      return true
    case .fcntl where EnteredCall.duplicating(arguments[1]) == nil: return false
    default: break
    }
    switch interest(of: Int32(truncatingIfNeeded: arguments[0]), process: process) {
    case .socket: return true
    case .passed: return true
    case .none:
      if call == .close { process.interests[Int32(truncatingIfNeeded: arguments[0])] = nil }
      return false
    }
  }

  /// Why calls on a descriptor matter, looked up once as long as it stays what it is.
  func interest(of fd: Int32, process: TracedProcess) -> Interest {
    if let known = process.interests[fd] { return known }
    let found: Interest
    if let facts = watcher.facts(process.pid, fd) {
      found = interest(of: facts)
    } else {
      return .none
    }
    process.interests[fd] = found
    return found
  }

  private func interest(of facts: DescriptorFacts) -> Interest {
    if let socket = facts.socket { return .socket(socket) }
    // Where sockets cannot be looked up, any may be one of ours.
    if facts.kind == .socket, sockets.limitation != nil {
      return .socket(SocketInfo(fd: facts.fd, inode: facts.inode))
    }
    return facts.description.map(passed.contains) == true ? .passed : .none
  }

  private func decoder(
    for process: TracedProcess
  ) -> CallDecoder<ProcessMemory, ProcessDescriptors> {
    CallDecoder(
      memory: ProcessMemory(pid: process.pid),
      lookup: ProcessDescriptors(process: process, engine: self))
  }
}

extension TracedProcess {
  /// Looks again at what did not matter.
  func forgetDull() {
    interests = interests.filter { if case .none = $0.value { false } else { true } }
  }
}

/// The descriptors of one live process.
struct ProcessDescriptors: DescriptorLookup {
  let process: TracedProcess
  let engine: TracerEngine

  func facts(of fd: Int32) -> DescriptorFacts? { engine.watcher.facts(process.pid, fd) }

  func user() -> UInt32? { ProcessFiles.user(process.pid) }

  func room() -> DescriptorRoom? { ProcessFiles.room(process.pid) }

  func socket(of fd: Int32) -> SocketInfo? {
    guard case .socket(let known) = engine.interest(of: fd, process: process) else { return nil }
    if known.peer != nil || known.isListening { return known }
    // The peer may be there by now.
    process.interests[fd] = nil
    guard case .socket(let now) = engine.interest(of: fd, process: process) else { return nil }
    return now
  }
}
