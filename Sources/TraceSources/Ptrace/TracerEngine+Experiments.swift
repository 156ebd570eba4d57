import CLinux
import SystemPackage
import TraceModel

/// Experiments: what the user wants changed in a call before the kernel sees it, done when its
/// thread goes on and undone when the call has returned.
extension TracerEngine {
  /// How long the end of a session may wait for calls to be interrupted.
  private static let undoingTime: Int64 = 500_000

  /// Takes an experiment, or nil to take back the one that was asked for.
  func take(_ experiment: Experiment?, for tid: Int32) {
    do throws(ExperimentProblem) {
      guard let thread = threads[tid], thread.isHeld, case .held(.before) = thread.place,
        let entered = thread.call, entered.call.flagsArgument != nil, !entered.call.isPlainTransfer
      else {
        throw ExperimentProblem(
          "An experiment needs a thread that is stopped before a send or a receive.")
      }
      memory.turn(to: thread.tid)
      var call = entered.withoutExperiment(memory)
      if let experiment, let stop = thread.stop.take() {
        // The stop stays the thread's, whatever comes of it.
        let result = Result { () throws(ExperimentProblem) in
          try prepared(experiment, call, thread, at: stop)
        }
        thread.stop = consume stop
        call = try result.get()
      }
      thread.call = call
      thread.place = .held(pendingState(of: thread, call))
    } catch {
      emit(.remark(error.sentence))
    }
  }

  /// Does the experiment that was asked for, as the last thing before the thread goes on.
  func doExperiment(_ thread: TracedThread, at stop: borrowing Stop) {
    guard var experiment = thread.call?.experiment, !experiment.isDone else { return }
    do throws(Errno) {
      experiment.isDone = true
      try stop.write(experiment.writes)
      if let argument = experiment.argument, thread.call?.argumentsAddress == nil {
        try stop.setArgument(argument.index, to: argument.now, of: thread.numbering)
      }
      if let error = experiment.error { stop.refuseCall(error) }
      if let limit = experiment.limit {
        experiment.limitBefore = try Self.setLimit(UInt64(limit), of: thread.pid)
      }
    } catch {
      emit(.remark("Not all of the experiment could be done: \(error)."))
    }
    thread.call?.experiment = experiment
  }

  /// Undoes the experiment with a call that has returned, is interrupted, or is not made after all.
  func undoExperiment(
    _ entered: EnteredCall, _ outcome: CallOutcome, _ thread: TracedThread,
    at stop: borrowing Stop
  ) {
    guard let experiment = entered.experiment, experiment.isDone else { return }
    let isAnswered = outcome.result != nil && !entered.call.isSend
    var pieces = experiment.restored(afterSuccess: isAnswered)
    if isAnswered, let room = experiment.room { pieces += room.answer(in: memory) }
    do throws(Errno) {
      defer { undoLimit(experiment, thread.pid) }
      try stop.write(pieces)
      if let argument = experiment.argument, entered.argumentsAddress == nil {
        try stop.setArgument(argument.index, to: argument.was, of: thread.numbering)
      }
    } catch {
      emit(.remark("Not all of the experiment could be undone: \(error)."))
    }
  }

  /// Takes back what was asked for, and undoes what was done in calls that go on: in processes that
  /// run on without us nothing of it may stay.
  func giveUpExperiments() {
    for thread in threads.values where thread.stop != nil {
      guard let call = thread.call, call.experiment != nil else { continue }
      memory.turn(to: thread.tid)
      thread.call = call.withoutExperiment(memory)
    }
    let underWay = threads.values.filter { $0.call?.experiment != nil }.map(\.tid)
    guard isAttached, !underWay.isEmpty else { return }
    // The kernel lets go of a call that is interrupted, and enters it again afterwards.
    for tid in underWay { _ = clinux_ptrace(clinux_ptrace_interrupt, tid, 0, 0) }
    let deadline = now + Self.undoingTime
    while underWay.contains(where: { threads[$0]?.call?.experiment != nil }), now < deadline {
      takeReports()
      sleep()
    }
  }

  static func setLimit(_ limit: UInt64, of pid: Int32) throws(Errno) -> UInt64 {
    var before: UInt64 = 0
    let result = unsafe clinux_descriptor_limit(pid, limit, &before)
    guard result == 0 else { throw Errno(rawValue: -result) }
    return before
  }

  func undoLimit(_ experiment: CallExperiment?, _ pid: Int32) {
    guard let experiment, experiment.isDone, let limit = experiment.limitBefore else { return }
    // A process that has ended needs none.
    _ = try? Self.setLimit(limit, of: pid)
  }

  /// A call that a signal interrupted is entered again with everything as the program had it, so
  /// the experiment is asked for again.
  func repeatExperiment(
    of before: EnteredCall?, _ entered: inout EnteredCall, _ thread: TracedThread,
    at stop: borrowing Stop
  ) {
    guard let before, let asked = before.experiment?.asked, quitDeadline == nil,
      before.call == entered.call, before.arguments[0] == entered.arguments[0],
      before.arguments[1] == entered.arguments[1]
    else { return }
    do throws(ExperimentProblem) {
      entered = try prepared(asked, entered, thread, at: stop)
    } catch {
      emit(.remark("The call begins again without the experiment. \(error.sentence)"))
    }
  }
}
