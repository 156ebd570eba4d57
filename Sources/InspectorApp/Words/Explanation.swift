import TextUI
public import TraceModel

/// Plain sentences about an event: what happened, with its numbers, and what that means.
///
/// Facts are those of unix(7), cmsg(3), send(2), recv(2) and the pages of the calls.
public enum Explanation {
  /// Two or three sentences about an event.
  public static func whatHappened(_ event: TraceEvent, in timeline: Timeline) -> String {
    let scene = Scene(event: event, timeline: timeline)
    return switch event.body {
    case .session(let record): session(record)
    case .process(let record): scene.explain(record)
    case .call(let call): scene.explain(call)
    case .send(let message): scene.explain(send: message)
    case .receive(let message): scene.explain(receive: message)
    case .transfer(let transfer): scene.explain(transfer)
    case .finding(let finding): FindingWords.sentences(finding)
    case .output(let record): scene.explain(record)
    }
  }

  private static func session(_ record: SessionRecord) -> String {
    let command = record.command.map { visible($0) }.joined(separator: " ")
    return Wording.join(
      "This session inspects `\(command)` on Linux \(visible(record.kernel)).",
      "It shows every call that makes, names, passes or closes descriptors.",
      "A descriptor is a number in one process's table; what the number refers to, the open "
        + "file, can be shared.")
  }
}
