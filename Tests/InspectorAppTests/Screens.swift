import Testing
import TextUI
import TraceModel

@testable import InspectorApp

extension Inspector {
  /// The demo's inspector after so many steps, with what its status would then be.
  static func demo(
    steps: Int, size: Size = Size(width: 110, height: 34), status: SessionStatus? = nil,
    options: InspectorOptions = InspectorOptions()
  ) -> Inspector {
    var inspector = Inspector(size: size, title: "demo › stdout", options: options)
    let events = DemoSession.all.events(throughStep: steps)
    let updates = events.map(SessionUpdate.event) + (status.map { [.status($0)] } ?? [])
    _ = inspector.update(.updates(updates))
    return inspector
  }

  /// The same with what the terminals show by then.
  static func demoWithTerminals(
    steps: Int, size: Size, status: SessionStatus? = nil,
    options: InspectorOptions = InspectorOptions()
  ) -> Inspector {
    var inspector = demo(steps: steps, size: size, status: status, options: options)
    let server = [
      "Server ready on \(DemoSession.path)", "New Client: (unnamed)",
      "Client Request: Send me your Stdout", "",
    ]
    let client = steps < 12 ? [""] : ["Sending my Stdin to Server's Stdout as fd 4", ""]
    _ = inspector.update(
      .terminals([
        .showing(server, pid: DemoSession.server), .showing(client, pid: DemoSession.client),
      ]))
    return inspector
  }

  /// The screen as text.
  var screen: String { frame.plainText() }

  var frame: Frame {
    var frame = Frame(size: size)
    view(&frame)
    return frame
  }

  /// Presses keys by their names.
  @discardableResult
  mutating func press(_ names: String) throws -> [Effect] {
    try Key.parse(list: names).flatMap { update(.input(.key($0))) }
  }
}

/// Compares a screen with the one that stands in the test, and shows both where they differ.
func expectScreen(
  _ inspector: Inspector, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let screen = inspector.screen
  guard screen != expected else { return }
  let rows = screen.split(separator: "\n", omittingEmptySubsequences: false)
  let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let row = zip(rows, wanted).prefix { $0 == $1 }.count
  Issue.record(
    "From row \(row) on the screen differs. It shows:\n\(screen)\nbut should:\n\(expected)",
    sourceLocation: sourceLocation)
}

extension TerminalPicture {
  /// A terminal of this size that shows these lines, its cursor after the last one.
  static func showing(_ lines: [String], pid: Int32, width: Int = 80, height: Int = 24)
    -> TerminalPicture
  {
    let rows = (0..<height).map { y in
      let line = lines.indices.contains(y) ? lines[y] : ""
      let cells = line.map { Cell($0) }
      return cells + Array(repeating: Cell.blank, count: max(0, width - cells.count))
    }
    let cursor = Point(x: lines.last?.count ?? 0, y: max(0, lines.count - 1))
    return TerminalPicture(pid: pid, rows: rows, cursor: cursor)
  }
}

extension DemoSession {
  /// Both stopped; the server is about to answer.
  static let beforeSend = SessionStatus(
    mode: .stepping,
    threads: [
      ThreadStatus(
        pid: server, tid: server, state: .before(call: pending(.send(unsent)), wouldWait: false)),
      ThreadStatus(pid: client, tid: client, state: .waiting(call: "recvmsg", fd: 3)),
    ], next: server)

  /// The server has sent, the client's receive is next.
  static let inFlight = SessionStatus(
    mode: .stepping,
    threads: [
      ThreadStatus(
        pid: server, tid: server,
        state: .before(
          call: pending(.call(CallRecord(name: "close", fd: 4))),
          wouldWait: false)),
      ThreadStatus(pid: client, tid: client, state: .waiting(call: "recvmsg", fd: 3)),
    ], next: server)

  /// The server is about to wait for a client's message.
  static let beforeReceive = SessionStatus(
    mode: .stepping,
    threads: [
      ThreadStatus(
        pid: server, tid: server,
        state: .before(
          call: pending(
            .receive(
              MessageRecord(
                call: "recvmsg", socket: info(4, inode: 70112, peer: 70111, path: path),
                data: DataExcerpt(bytes: [], capacity: 1024)))),
          wouldWait: true)),
      ThreadStatus(pid: client, tid: client, state: .running),
    ], next: server)

  /// Neither has begun.
  static let atStart = SessionStatus(
    mode: .stepping,
    threads: [server, client].map { ThreadStatus(pid: $0, tid: $0, state: .atStart) },
    next: server)

  /// Both wait: the server for a client, the client for what the user types.
  static let allWait = SessionStatus(
    mode: .stepping,
    threads: [
      ThreadStatus(pid: server, tid: server, state: .waiting(call: "accept4", fd: 3)),
      ThreadStatus(pid: client, tid: client, state: .waiting(call: "read", fd: 0)),
    ], next: nil)

  private static var unsent: MessageRecord {
    var message = answer
    message.result = nil
    return message
  }

  private static func pending(_ body: TraceEvent.Body) -> TraceEvent {
    TraceEvent(pid: server, comm: "fdpass-server", body: body)
  }
}
