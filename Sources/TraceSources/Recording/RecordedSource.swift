public import TraceModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Another source, whose events are written to a file before anybody is told of them.
public final class RecordedSource: EventSource {
  private let source: any EventSource
  private let target: RecordingTarget

  /// Records what `source` tells.
  public init(_ source: any EventSource, into target: consuming RecordingTarget) {
    self.source = source
    self.target = target
  }

  /// Runs the source. Where the recording cannot go on, the session does, and is told so.
  public func run(telling form: EventForm, emit: (SessionUpdate) -> Void) {
    var length = 0
    var complaint: String?
    source.run(telling: form == .lines ? .lines : .both) { update in
      switch update {
      case .lines(let lines):
        if form != .events { emit(update) }
        guard complaint == nil else { return }
        let code = target.append(lines, after: length)
        length += lines.count
        if code != 0 {
          let sentence = sentence(code)
          complaint = sentence
          emit(.remark(sentence))
        }
      case .status(var status):
        status.limits += complaint.map { [$0] } ?? []
        emit(.status(status))
      default: emit(update)
      }
    }
  }

  private func sentence(_ code: Int32) -> String {
    let cure = code == EPIPE ? "" : " The file holds what happened until then."
    return "The recording has stopped, the session goes on: cannot write \(target.path): "
      + "\(ErrorNames.meaning(code)).\(cure)"
  }

  /// Asks something of the source, from any thread.
  public func send(_ command: SessionCommand) { source.send(command) }
}
