import SystemPackage
import TraceModel

extension TracerEngine {
  /// Runs a session to its end. The tracer gets a thread of its own, which has ended then: who is
  /// still traced is let go at its end.
  ///
  /// - Parameters:
  ///   - commands: What the user asks for.
  ///   - form: How events are told.
  ///   - emit: Takes what there is to tell, on the calling thread.
  ///   - begin: Brings processes under the tracer; returns why it could not, as a sentence.
  static func runSession(
    _ commands: Mailbox<SessionCommand>, telling form: EventForm, emit: (SessionUpdate) -> Void,
    begin: @escaping @Sendable (TracerEngine) -> String?
  ) {
    guard let wake = ChildWake(raising: commands.descriptor) else {
      return emit(.failed(ChildWake.failure))
    }
    do throws(Errno) {
      try DerivedUpdates(telling: form).tell(emit) { teller in
        let engine = TracerEngine(commands: commands, teller: teller)
        if let failure = begin(engine) {
          teller.tell(.failed(failure))
        } else {
          engine.run()
        }
      }
    } catch {
      let reason = ErrorNames.meaning(error.rawValue)
      emit(.failed("Cannot start the tracer's thread: \(reason)."))
    }
    _ = consume wake
  }
}
