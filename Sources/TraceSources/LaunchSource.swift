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

  /// Runs the session on the calling thread, which becomes the tracer.
  public func run(emit: (SessionUpdate) -> Void) {
    guard let wake = ChildWake(raising: commands.descriptor) else {
      return emit(.failed(ChildWake.failure))
    }
    withoutActuallyEscaping(emit) { emit in
      let engine = TracerEngine(commands: commands, emit: emit)
      if let failure = engine.launch(plan) {
        emit(.failed(failure))
      } else {
        engine.run()
      }
    }
    _ = consume wake
  }

  /// Asks something of the session, from any thread.
  public func send(_ command: SessionCommand) { commands.post(command) }
}
