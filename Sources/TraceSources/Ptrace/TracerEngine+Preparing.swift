import ControlMessages
import SystemPackage
import TraceModel

/// Working out an experiment with a call, as far as that changes nothing.
extension TracerEngine {
  /// A call with the experiment worked out, and tried as far as that changes nothing.
  func prepared(
    _ experiment: Experiment, _ call: EnteredCall, _ thread: TracedThread,
    at stop: borrowing Stop
  ) throws(ExperimentProblem) -> EnteredCall {
    let place = toldPlace(of: call, thread)
    let address = call.headerAddress(at: place)
    var plan = try ExperimentPlan(experiment, for: call, at: place, in: memory)
    let header = call.headers.indices.contains(place) ? call.headers[place] : nil
    let room = try borrowRoom(for: &plan, header, at: address, thread, at: stop)
    let writes = pieces(of: plan, header, at: address, call)
    let saved = try saved(writes)
    let argument = changedArgument(plan, call)
    var answer: MemoryPiece?
    if let header, !call.call.isSend {
      answer = MemoryPiece([], at: address + MessageHeader.controlLengthOffset(header.abi))
    }
    var changed = call
    var record = ExperimentRecord(experiment, changes: plan.changes)
    if let limit = plan.limit {
      record.changes.append(try changedLimit(to: limit, of: thread.pid))
    }
    changed.experiment = CallExperiment(
      asked: experiment, place: place, record: record, writes: writes, saved: saved,
      argument: argument,
      limit: plan.limit, error: plan.error, room: room, answer: answer)
    if let argument { changed.arguments[argument.index] = argument.now }
    try tryOut(changed, thread, at: stop)
    changed.headers = []
    let patched = PatchedMemory(base: memory, pieces: writes)
    changed.readHeaders(patched)
    if call.call.isSend {
      changed.sends = decoder(for: thread, patched).sends(changed)
    }
    return changed
  }

  /// The message that is told of the call: of several the first with descriptors, else the first.
  private func toldPlace(of call: EnteredCall, _ thread: TracedThread) -> Int {
    guard call.call == .sendmmsg else { return 0 }
    let sends = decoder(for: thread).sends(call)
    return sends.firstIndex { !$0.descriptorNumbers.isEmpty } ?? 0
  }

  /// What stands where something is to be written.
  private func saved(_ writes: [MemoryPiece]) throws(ExperimentProblem) -> [MemoryPiece] {
    var saved: [MemoryPiece] = []
    for piece in writes {
      guard let bytes = memory.readAll(piece.address, count: piece.bytes.count) else {
        throw ExperimentProblem("The process's memory cannot be read at that place.")
      }
      saved.append(MemoryPiece(bytes, at: piece.address))
    }
    return saved
  }

  private func pieces(
    of plan: ExperimentPlan, _ header: MessageHeader?, at start: UInt64, _ call: EnteredCall
  ) -> [MemoryPiece] {
    var pieces: [MemoryPiece] = []
    if let was = header, let now = plan.header {
      let word = was.abi.lengthWidth
      func field(_ value: UInt64, unlike old: UInt64, at offset: UInt64) {
        guard value != old else { return }
        pieces.append(MemoryPiece(value, width: word, at: start + offset))
      }
      field(
        now.bufferCount, unlike: was.bufferCount, at: MessageHeader.bufferCountOffset(was.abi))
      field(
        now.controlAddress, unlike: was.controlAddress, at: MessageHeader.controlOffset(was.abi))
      field(
        now.controlLength, unlike: was.controlLength,
        at: MessageHeader.controlLengthOffset(was.abi))
      if let control = plan.control { pieces.append(MemoryPiece(control, at: now.controlAddress)) }
    }
    if plan.flags != call.flags, let address = call.argumentsAddress,
      let index = call.call.flagsArgument
    {
      let flags = UInt64(UInt32(bitPattern: plan.flags))
      pieces.append(MemoryPiece(flags, width: 4, at: address + 4 * UInt64(index)))
    }
    return pieces
  }

  private func changedArgument(
    _ plan: ExperimentPlan, _ call: EnteredCall
  ) -> CallExperiment.Argument? {
    guard plan.flags != call.flags, let index = call.call.flagsArgument else { return nil }
    return CallExperiment.Argument(
      index: index, was: call.arguments[index], now: UInt64(UInt32(bitPattern: plan.flags)))
  }

  /// Room for a control buffer that is larger than the program's: below the stack of the thread,
  /// which is in a call and so does not use it, and below what it may keep there (128 bytes, the
  /// System V ABI's red zone).
  private func borrowRoom(
    for plan: inout ExperimentPlan, _ header: MessageHeader?, at headerAddress: UInt64,
    _ thread: TracedThread, at stop: borrowing Stop
  ) throws(ExperimentProblem) -> BorrowedRoom? {
    guard plan.isElsewhere, let header, let control = plan.control else {
      return nil
    }
    let pointer: UInt64
    do throws(Errno) {
      pointer = try stop.stackPointer()
    } catch {
      throw ExperimentProblem("The thread's registers cannot be read: \(error).")
    }
    let size = UInt64(control.count)
    // What lies below another stack may belong to something else.
    guard let stack = ProcessFiles.mainStack(thread.pid), stack.contains(pointer),
      pointer - stack.lowerBound > size + 256
    else {
      throw ExperimentProblem(
        "No room for a larger buffer: only the first thread's stack has some to lend.")
    }
    let address = (pointer - 128 - size) & ~15
    guard header.abi == .bits64 || address <= UInt64(UInt32.max) else {
      throw ExperimentProblem(
        "No room for a larger buffer: a 32-bit call cannot name an address of this stack.")
    }
    plan.header?.controlAddress = address
    plan.note(
      "msg_control", ExperimentPlan.pointer(header.controlAddress), ExperimentPlan.pointer(address))
    return BorrowedRoom(address: address, own: header, headerAddress: headerAddress)
  }

  private func changedLimit(
    to limit: Int, of pid: Int32
  ) throws(ExperimentProblem) -> ExperimentRecord.Change {
    guard let now = ProcessFiles.room(pid)?.limit else {
      throw ExperimentProblem("The process's limit cannot be read.")
    }
    guard limit < now else {
      throw ExperimentProblem("The limit is \(now); only a lower one is an experiment.")
    }
    return .init("RLIMIT_NOFILE", was: "\(now)", now: "\(limit)")
  }

  /// Finds out whether the experiment will be permitted, by writing what stands there already.
  private func tryOut(
    _ call: EnteredCall, _ thread: TracedThread, at stop: borrowing Stop
  ) throws(ExperimentProblem) {
    guard let experiment = call.experiment else { return }
    // It is made to fail by the number of a call that does not exist.
    if experiment.error != nil, hasOwnFilter(thread.process) {
      throw ExperimentProblem(
        "Not done: the program's own seccomp filter may kill it where a call is made to fail.")
    }
    do throws(Errno) {
      try stop.write(experiment.saved)
      if experiment.limit != nil, let limit = ProcessFiles.room(thread.pid)?.limit {
        _ = try Self.setLimit(UInt64(limit), of: thread.pid)
      }
    } catch {
      throw ExperimentProblem("The process cannot be changed: \(error).")
    }
  }

  private func hasOwnFilter(_ process: TracedProcess) -> Bool {
    ProcessFiles.filterCount(process.pid) > ownFilters + (process.isFiltered ? 1 : 0)
  }
}
