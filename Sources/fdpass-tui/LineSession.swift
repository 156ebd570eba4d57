import CLinux
import Glibc
import InspectorApp
import TraceModel
import TraceSources

/// A session without a screen: one line per event. The source has a thread of its own, so that a
/// program that is being traced does not wait for its lines to be made; whenever nothing moves,
/// what is on disk or in the pipe is all that happened.
final class LineSession {
  /// The form of the lines.
  enum Form {
    case text
    case json
  }

  private let form: Form
  private let output: Int32
  private let source: any EventSource
  private let unicode: Bool
  /// What the words of the text and the filter look up; JSON alone needs no words.
  private var timeline = Timeline()
  private var filtered: FilteredLines?
  private var script: DemoScript?
  private var first = FirstProgram()
  private var failure: String?
  private var lines: [UInt8] = []
  /// Called when the first program has begun.
  var whenBegun: (() -> Void)?

  /// Bytes of lines that may wait until nothing moves, or until there are more.
  private static let mostWaiting = 1 << 16
  /// Events that words look back at; twice as many are kept.
  private static let memory = 8192

  init(
    form: Form, output: Int32, source: any EventSource, unicode: Bool, script: DemoScript?,
    filter: Filter?
  ) {
    self.form = form
    self.output = output
    self.source = source
    self.unicode = unicode
    self.script = script
    filtered = filter.map { FilteredLines($0) }
  }

  /// How the first program ended, once it has.
  var firstEnd: ProcessRecord.Event? { first.end }

  /// Runs the session to its end.
  func run() throws {
    source.run(telling: form == .json && filtered == nil ? .lines : .events) { update in
      take(update)
      if lines.count >= Self.mostWaiting { return write() }
      switch update {
      case .lines, .event: break
      case .status, .caughtUp, .recording, .remark, .failed: write()
      }
    }
    appendRest()
    write()
    if let failure { throw Failure(failure) }
  }

  private func take(_ update: SessionUpdate) {
    switch update {
    case .lines(let new): lines += new
    case .event(let event): take(event)
    case .status, .caughtUp, .recording, .remark, .failed: appendRest()
    }
    switch update {
    case .status(let status): if status.mode == .ended { source.send(.quit) }
    // Lines are made of events alone.
    case .lines, .event, .caughtUp, .recording: break
    case .remark(let sentence):
      write()
      writeAll(Array((sentence + "\n").utf8), to: STDERR_FILENO)
    case .failed(let sentence): failure = sentence
    }
    for command in script?.commands(after: update) ?? [] { source.send(command) }
  }

  private func take(_ event: TraceEvent) {
    first.take(event)
    if first.hasBegun, let begun = whenBegun.take() { begun() }
    guard form == .text || filtered != nil else { return }
    timeline.append(event)
    for event in filtered?.take(event, in: timeline) ?? [event] { append(event) }
    if timeline.count > 2 * Self.memory {
      timeline.forget(before: timeline.lastSequence - Self.memory)
    }
  }

  private func append(_ event: TraceEvent) {
    switch form {
    case .json: JSONLines.append(event, to: &lines)
    case .text: lines += (EventLine.text(event, in: timeline, unicode: unicode) + "\n").utf8
    }
  }

  /// What a filter held back; nothing more follows from it for now.
  private func appendRest() {
    for event in filtered?.takeRest(in: timeline) ?? [] { append(event) }
  }

  private func write() {
    defer { lines.removeAll(keepingCapacity: true) }
    guard failure == nil, !lines.isEmpty, !writeAll(lines, to: output) else { return }
    // EPIPE: nobody reads any more (`| head`). Any other reason is told, once.
    if errno != EPIPE {
      failure =
        "Cannot write the lines: \(lastErrorText()). Make room, or give another file with -o."
    }
    source.send(.quit)
  }
}

/// What a person would do in a demo that nobody watches: type one line into the client once it
/// reads, end its input, and end the server when the client is done.
struct DemoScript {
  private var client: Int32?
  private var hasTyped = false

  private static let line = "hello through a passed descriptor\n"
  /// The terminal's end-of-file character (termios(3), VEOF).
  private static let endOfFile: UInt8 = 4

  mutating func commands(after update: SessionUpdate) -> [SessionCommand] {
    switch update {
    case .event(let event): commands(after: event)
    case .status(let status): commands(at: status)
    case .lines, .caughtUp, .recording, .remark, .failed: []
    }
  }

  private mutating func commands(after event: TraceEvent) -> [SessionCommand] {
    guard case .process(let record) = event.body, record.role == "client" else { return [] }
    if record.event.isBeginning {
      client = event.pid
      return []
    }
    return [.quit]
  }

  private mutating func commands(at status: SessionStatus) -> [SessionCommand] {
    guard !hasTyped, let client, status.isWaitingForInput(client) else { return [] }
    hasTyped = true
    return [.type(pid: client, bytes: Array(Self.line.utf8) + [Self.endOfFile])]
  }
}

extension SessionStatus {
  /// Whether a process waits in a read of its standard input.
  fileprivate func isWaitingForInput(_ pid: Int32) -> Bool {
    threads.contains { thread in
      if case .waiting("read", 0) = thread.state { thread.pid == pid } else { false }
    }
  }
}
