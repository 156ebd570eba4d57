import CLinux
import ControlMessages
import TraceModel

/// The entry and the exit of calls.
extension TracerEngine {
  func atCall(_ thread: TracedThread, _ stop: consuming Stop) {
    guard let info = stop.callInfo() else { return stop.resume() }
    switch info.op {
    case TraceOptions.entryOperation: entered(thread, info, stop)
    case TraceOptions.exitOperation: returned(thread, info, stop)
    default: stop.resume()
    }
  }

  private func entered(
    _ thread: TracedThread, _ info: clinux_syscall_info, _ stop: consuming Stop
  ) {
    thread.call = nil
    thread.numbering = CallNumbering(rawValue: info.arch)
    let arguments = Self.arguments(of: info)
    guard let call = thread.numbering?.call(info.number),
      matters(call, arguments, pid: thread.pid)
    else { return stop.resume() }
    let entered = decoder(for: thread.pid).entry(call, arguments, time: now)
    thread.call = entered
    if mode == .stepping, isStoppingPoint(entered, pid: thread.pid) {
      thread.hold(pendingState(of: thread, entered), stop)
    } else {
      stop.resume()
    }
  }

  private static func arguments(of info: clinux_syscall_info) -> [UInt64] {
    let all = info.arguments
    return [all.0, all.1, all.2, all.3, all.4, all.5]
  }

  /// Before a descriptor moves, and before a wait, there is something to see.
  private func isStoppingPoint(_ entered: EnteredCall, pid: Int32) -> Bool {
    switch entered.call {
    case .sendmsg:
      guard let header = entered.header else { return false }
      let control = header.control(
        capacity: header.controlLength, in: ProcessMemory(pid: pid))
      return control?.decoding.descriptors.isEmpty == false
    case .recvmsg:
      let queued = entered.fd.flatMap { watcher.facts(pid, $0)?.queued } ?? 0
      return queued > 0 || wouldWait(entered, pid: pid)
    default: return wouldWait(entered, pid: pid)
    }
  }

  func pendingState(of thread: TracedThread, _ entered: EnteredCall) -> ThreadStatus.State {
    let call = TraceEvent(
      time: entered.time, entered: entered.time, pid: thread.pid, tid: thread.tid,
      comm: processes[thread.pid]?.comm ?? "", body: decoder(for: thread.pid).pending(entered))
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
    guard let entered = thread.call else { return stop.resume() }
    thread.call = nil
    let outcome: CallOutcome =
      info.is_error ? .failure(Int32(clamping: -info.result)) : .success(info.result)
    // ERESTARTSYS and its kin (include/linux/errno.h): a signal interrupts the call, and the
    // kernel enters it again afterwards.
    if case .failure(512...516) = outcome { return stop.resume() }
    let sequence = reportCall(thread, entered, outcome)
    if mode == .stepping {
      thread.hold(.after(sequence: sequence), stop)
    } else {
      stop.resume()
    }
  }

  private func reportCall(
    _ thread: TracedThread, _ entered: EnteredCall, _ outcome: CallOutcome
  ) -> Int {
    let pid = thread.pid
    forgetClosed(entered, outcome, pid: pid)
    let body = decoder(for: pid).returned(entered, outcome: outcome)
    notePassed(body)
    let changes = watcher.refresh(pid, touched: Self.touched(entered, body))
    let sequence = report(
      TraceEvent(
        time: now, entered: entered.time, pid: pid, tid: thread.tid,
        comm: processes[pid]?.comm ?? "", body: body,
        changes: changes + changesElsewhere(than: pid)))
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

  private func forgetClosed(_ entered: EnteredCall, _ outcome: CallOutcome, pid: Int32) {
    guard outcome.result != nil else { return }
    switch entered.call {
    case .close: if let fd = entered.fd { watcher.closed(pid, fd) }
    case .dup2, .dup3: watcher.closed(pid, Int32(truncatingIfNeeded: entered.arguments[1]))
    default: break
    }
  }

  private func notePassed(_ body: TraceEvent.Body) {
    switch body {
    case .send(let message), .receive(let message):
      guard message.result != nil else { return }
      passed.formUnion(message.descriptors.compactMap(\.description))
    default: break
    }
  }

  private static func touched(_ entered: EnteredCall, _ body: TraceEvent.Body) -> [Int32] {
    var numbers = [entered.fd].compactMap { $0 }
    switch body {
    case .call(let record): numbers += record.created
    case .receive(let message): numbers += message.descriptors.map(\.fd)
    default: break
    }
    return numbers
  }

  private func listenerIsThere() {
    for process in processes.values { process.waitsForListener = false }
    if mode == .running { releaseHeld() }
  }

  // MARK: What matters

  /// Calls on Unix sockets matter, and plain calls on descriptors that were passed.
  private func matters(_ call: TracedCall, _ arguments: [UInt64], pid: Int32) -> Bool {
    let fd = Int32(truncatingIfNeeded: arguments[0])
    switch call {
    case .socket, .socketpair: return arguments[0] == 1  // AF_UNIX
    case .fcntl:
      return (arguments[1] == 0 || arguments[1] == 1030) && isUnixSocketOrPassed(pid, fd)
    case .read, .write, .readv, .writev:
      return !passed.isEmpty && watcher.facts(pid, fd).map(wasPassed) == true
    case .dup, .dup2, .dup3, .close: return isUnixSocketOrPassed(pid, fd)
    case .bind, .listen, .accept, .accept4, .connect, .shutdown, .sendmsg, .recvmsg:
      return isUnixSocketOrPassed(pid, fd)
    }
  }

  private func isUnixSocketOrPassed(_ pid: Int32, _ fd: Int32) -> Bool {
    guard let facts = watcher.facts(pid, fd) else { return false }
    // Where sockets cannot be looked up, any may be one of ours.
    if facts.kind == .socket { return facts.socket != nil || sockets.limitation != nil }
    return wasPassed(facts)
  }

  private func wasPassed(_ facts: DescriptorFacts) -> Bool {
    facts.description.map(passed.contains) == true
  }

  private func decoder(for pid: Int32) -> CallDecoder<ProcessMemory, ProcessDescriptors> {
    CallDecoder(
      memory: ProcessMemory(pid: pid), lookup: ProcessDescriptors(pid: pid, watcher: watcher))
  }
}

/// The descriptors of one live process.
struct ProcessDescriptors: DescriptorLookup {
  let pid: Int32
  let watcher: DescriptorWatcher

  func facts(of fd: Int32) -> DescriptorFacts? { watcher.facts(pid, fd) }
}
