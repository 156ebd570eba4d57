public import SystemPackage
public import TraceModel

/// A session over processes that run already, and over the children they make from then on.
///
/// When it is over they run on. Whoever sleeps in a call at that moment is not woken, which could
/// make the call fail (signal(7), "Interruption of system calls by stop signals"): the kernel lets
/// it go when the tracing thread ends.
public final class AttachSource: EventSource {
  private let plan: AttachPlan
  private let commands: Mailbox<SessionCommand>

  /// A session that has not begun.
  ///
  /// - Throws: `Errno` when descriptors or memory ran out.
  public init(_ plan: AttachPlan) throws(Errno) {
    self.plan = plan
    commands = try Mailbox()
  }

  /// Runs the session, with the tracer on a thread of its own, which has ended at the return.
  public func run(telling form: EventForm, emit: (SessionUpdate) -> Void) {
    TracerEngine.runSession(commands, telling: form, emit: emit) { [plan] in $0.attach(plan)
    }
  }

  /// Asks something of the session, from any thread.
  public func send(_ command: SessionCommand) { commands.post(command) }
}
