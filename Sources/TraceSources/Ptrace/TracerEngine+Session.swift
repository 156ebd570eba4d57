import TraceModel

extension TracerEngine {
  /// Runs a session on the calling thread, which becomes the tracer, to its end.
  ///
  /// - Parameters:
  ///   - commands: What the user asks for.
  ///   - emit: Takes what there is to tell.
  ///   - begin: Brings processes under the tracer; returns why it could not, as a sentence.
  static func runSession(
    _ commands: Mailbox<SessionCommand>, emit: (SessionUpdate) -> Void,
    begin: (TracerEngine) -> String?
  ) {
    guard let wake = ChildWake(raising: commands.descriptor) else {
      return emit(.failed(ChildWake.failure))
    }
    withoutActuallyEscaping(emit) { emit in
      let engine = TracerEngine(commands: commands, emit: emit)
      if let failure = begin(engine) {
        emit(.failed(failure))
      } else {
        engine.run()
      }
    }
    _ = consume wake
  }
}
