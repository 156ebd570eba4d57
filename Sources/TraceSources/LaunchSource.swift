public import SystemPackage
public import TraceModel

/// A session over programs that we launch.
public final class LaunchSource: EventSource {
  private let plan: LaunchPlan
  private let commands: Mailbox<SessionCommand>

  /// A session that has not begun.
  ///
  /// - Throws: `Errno` when descriptors or memory ran out.
  public init(_ plan: LaunchPlan) throws(Errno) {
    self.plan = plan
    commands = try Mailbox()
  }

  /// Runs the session, with the tracer on a thread of its own.
  public func run(telling form: EventForm, emit: (SessionUpdate) -> Void) {
    TracerEngine.runSession(commands, telling: form, emit: emit) { [plan] in $0.launch(plan)
    }
  }

  /// Asks something of the session, from any thread.
  public func send(_ command: SessionCommand) { commands.post(command) }
}
