import ControlMessages
import Testing
import TextUI
import TraceModel

@testable import InspectorApp

/// Sessions as reports, diagrams and traces.
@Suite("Exports") struct ExportTests {
  private func export(
    _ format: ExportFormat, _ timeline: Timeline, filter: Filter? = nil
  ) throws -> String {
    var bytes: [UInt8] = []
    try format.write(timeline, filter: filter) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("One pass as text, and as the lines of a recording") func lines() throws {
    let story = Story.whole
    #expect(try export(.text, story.timeline) == story.account(unicode: true) + "\n")
    let lines = story.timeline.events.flatMap { JSONLines.line(for: $0) }
    #expect(try export(.json, story.timeline) == String(decoding: lines, as: UTF8.self))
  }

  @Test("One pass as a Mermaid diagram") func mermaid() throws {
    #expect(
      try export(.mermaid, Story.whole.timeline) == """
        sequenceDiagram
            %% demo stdout
            participant p1 as server 41207
            participant kernel
            participant p2 as client 41208
            Note over p1: 1: starts
            Note over p2: 2: starts
            Note over p1: 3: socket → 3<br/>4: bind fdpass.sock<br/>5: listen 3
            Note over p2: 6: socket → 3
            p2-->>kernel: 7: connect fdpass.sock
            Note over p1: 8: accept4 3 → 4
            p2-->>kernel: 9: sendmsg 19 B
            kernel-->>p1: 10: recvmsg 19 B
            p1->>kernel: 11: sendmsg 17 B + fd 1
            activate kernel
            kernel->>p2: 12: recvmsg 17 B + fd 4
            deactivate kernel
            Note over p2: ⇒ server's 1 is now also client's 4, the same open file<br/>(proven by \
        kcmp)
            Note over p1: 13: close 4
            Note over p2: 14: write 4, 6 B<br/>15: exits with 0

        """)
  }

  @Test("One pass as a report") func markdown() throws {
    let report = try export(.markdown, Story.whole.timeline)
    let diagram = try export(.mermaid, Story.whole.timeline)
    let text = try export(.text, Story.whole.timeline)
    #expect(
      report == """
        # demo stdout

        Seen by fdpass-tui 1.0 on Linux 6.18, 1970-01-01 00:00:00 UTC.

        15 steps, nothing wrong was found.

        ## Processes

        | process | number | made by | program | end |
        |---|---|---|---|---|
        | server | 41207 |  | fdpass-server | not seen |
        | client | 41208 |  | fdpass-client | status 0 |

        ## Transfers

        | sent | received | file | proof | origin |
        |---|---|---|---|---|
        | server's 1 (step 11) | client's 4 (step 12) | /dev/pts/3 | the same open file, proven by \
        kcmp | from server's 1 (step 11), there when server began (step 1) |

        ## Findings

        Nothing wrong was found.

        ## Diagram

        ```mermaid
        \(diagram)```

        ## Timeline

        ```text
        \(text)```

        """)
  }

  @Test("The pass itself as a picture") func svg() throws {
    let picture = try export(.svg, Story.whole.timeline)
    #expect(
      picture.hasPrefix(
        #"<svg xmlns="http://www.w3.org/2000/svg" width="863" height="436" viewBox="0 0 863 436" "#)
    )
    let start = try #require(picture.firstRange(of: #"<rect class="flight""#)?.lowerBound)
    let end = try #require(picture.firstRange(of: "<g><title>0.003500")?.lowerBound)
    #expect(
      picture[start..<end] == #"""
        <rect class="flight" x="487" y="303" width="8" height="11"/>
        <g><title>0.003000  server 41207    sendmsg(4 ⇄ client 3) 17 bytes &quot;Here is my \#
        stdout&quot; + SCM_RIGHTS [1 → /dev/pts/3] MSG_NOSIGNAL = 17
        in flight: the kernel holds what server's 1 refers to until client receives it</title>
        <text class="dim" x="32" y="308" text-anchor="end">11</text>
        <text class="dim" x="119" y="308" text-anchor="end">0.003000</text>
        <text class="left" x="151" y="308">sendmsg 17 B + fd 1</text>
        <line class="left arrow" x1="308" y1="303" x2="482" y2="303"/>
        <path class="left head" d="M486 303l-8 -4v8z"/>
        </g>
        <rect class="flight" x="487" y="314" width="8" height="11"/>
        <g><title>0.003250  client 41208    recvmsg(3 ⇄ server 4) 17 bytes &quot;Here is my \#
        stdout&quot; + SCM_RIGHTS [4 → /dev/pts/3] MSG_CMSG_CLOEXEC = 17
        arrived: the kernel chose client's lowest free number, 4</title>
        <text class="dim" x="32" y="330" text-anchor="end">12</text>
        <text class="dim" x="119" y="330" text-anchor="end">0.003250</text>
        <text class="right" x="831" y="330" text-anchor="end">recvmsg 17 B + fd 4</text>
        <line class="right arrow" x1="496" y1="325" x2="670" y2="325"/>
        <path class="right head" d="M674 325l-8 -4v8z"/>
        </g>
        <text class="same" x="491" y="349" text-anchor="middle">⇒ server's 1 is now also \#
        client's 4, the same open file (proven by kcmp)</text>

        """#)
  }

  @Test("The pass itself as a trace") func perfetto() throws {
    let trace = try export(.perfetto, Story.whole.timeline)
    let wanted = [
      #"{"ph":"X","name":"sendmsg","pid":41207,"tid":41207,"cat":"send","ts":3000,"dur":1,"#
        + #""args":{"step":11,"what":"sendmsg(4 ⇄ client 3) 17 bytes \"Here is my stdout\" + "#
        + #"SCM_RIGHTS [1 → /dev/pts/3] MSG_NOSIGNAL = 17"}},"#,
      #"{"ph":"C","name":"descriptors in flight","pid":4194305,"tid":4194305,"ts":3000,"#
        + #""args":{"count":1}},"#,
      #"{"ph":"s","name":"descriptor","pid":41207,"tid":41207,"cat":"transfer","id":14,"#
        + #""ts":3000,"args":{"what":"⇒ server's 1 is now also client's 4, the same open file "#
        + #"(proven by kcmp)"}},"#,
      #"{"ph":"f","name":"descriptor","pid":41208,"tid":41208,"cat":"transfer","id":14,"#
        + #""ts":3250,"bp":"e","args":{"what":"⇒ server's 1 is now also client's 4, the same "#
        + #"open file (proven by kcmp)"}},"#,
    ]
    let lines = trace.split(separator: "\n").map(String.init)
    for line in wanted { #expect(lines.contains(line), "\(line) in\n\(trace)") }
    #expect(lines.first == #"{"displayTimeUnit":"ns","traceEvents":["#)
    #expect(lines.last == "]}")
  }

  @Test("What was found stands where it was found, with its cure in the report")
  func findings() throws {
    var story = Story.inFlight
    story.add(
      Story.client,
      .receive(
        MessageRecord(
          call: "recvmsg", socket: Story.clientEnd, result: 17, flags: .closeOnExec,
          messageFlags: [.controlTruncated], data: Story.text("Here is my stdout", capacity: 4096),
          control: ControlExcerpt(capacity: 8, length: 0, bytes: []))))
    let finding = try #require(story.timeline.events.compactMap(\.finding).first)
    let report = try export(.markdown, story.timeline)
    #expect(report.contains("- **error: dropped** (client, step 12). "), "\(report)")
    #expect(report.contains("*\(MarkdownExport.escaped(finding.cure))*"), "\(report)")
    #expect(report.contains("| 1 descriptor of server (step 11) | never by client (step 12) |"))
    let diagram = try export(.mermaid, story.timeline)
    #expect(diagram.contains("    Note over p2: ! error: "), "\(diagram)")
    let picture = try export(.svg, story.timeline)
    #expect(picture.contains(#"<text class="warning" x="491""#), "\(picture)")
    let trace = try export(.perfetto, story.timeline)
    #expect(trace.contains(#""name":"error: dropped","pid":41208"#), "\(trace)")
  }

  @Test("Nothing that a program chose can end what it stands in", arguments: ExportFormat.allCases)
  func hostile(format: ExportFormat) throws {
    var story = Story.joined
    let evil = "\u{1B}[2J\u{202E}\n</title><script>|%%{init}%%;`$$\"&"
    story.call(Story.client, CallRecord(name: evil, fd: 9, arguments: [evil], error: evil))
    story.add(
      0, .session(SessionRecord(program: evil, command: [evil], kernel: evil, started: .max)))
    story.add(7, .process(ProcessRecord(event: .executed, role: evil, arguments: [evil])))
    story.call(8, CallRecord(name: evil, result: 1))
    let text = try export(format, story.timeline)
    for scalar in text.unicodeScalars where scalar != "\n" {
      #expect(scalar.value >= 0x20 && scalar.value != 0x7F)
      // A recording keeps what it was given; control characters are escaped there.
      #expect(scalar.value != 0x202E || format == .json)
    }
    switch format {
    case .text, .json, .perfetto: break
    case .svg: #expect(!text.contains("<script"), "\(text)")
    case .mermaid: #expect(!text.contains(#/<script|%%{|\$\$|[^0-9];|`/#), "\(text)")
    case .markdown:
      let prose = text.prefix(upTo: text.firstRange(of: "## Diagram")?.lowerBound ?? text.endIndex)
      #expect(!prose.contains(#/[^\\](<|`|\$)/#), "\(prose)")
    }
  }

  @Test("Of many processes those that talk have lanes, and the others are named")
  func manyProcesses() throws {
    var story = Story()
    for pid in 1...20 as ClosedRange<Int32> {
      story.add(pid, .process(ProcessRecord(event: .started(parent: nil), role: "worker")))
    }
    for pid in 11...20 as ClosedRange<Int32> {
      let socket = SocketInfo(fd: 3, type: .stream, inode: UInt64(pid))
      story.add(
        pid, .send(MessageRecord(call: "sendmsg", socket: socket, result: 1, data: Story.text("x")))
      )
    }
    let diagram = try export(.mermaid, story.timeline)
    let lanes = diagram.matches(of: #/participant p\d as worker (\d+)/#).map(\.output.1)
    #expect(lanes == (11...18).map { "\($0)" })
    #expect(diagram.contains("Note over others: 1: worker 1: starts"), "\(diagram)")
    #expect(diagram.contains("others-->>kernel: 29: worker 19: sendmsg 1 B"), "\(diagram)")
    let picture = try export(.svg, story.timeline)
    #expect(picture.components(of: #"<line class="lane""#) == 8)
    #expect(picture.contains(">worker 19: sendmsg 1 B</text>"))
  }

  @Test("With a filter only what passes it is exported", arguments: ExportFormat.allCases)
  func filtered(format: ExportFormat) throws {
    let filter = try Filter("process:client call:recvmsg")
    let text = try export(format, Story.whole.timeline, filter: filter)
    #expect(text.contains("recvmsg"), "\(text)")
    #expect(!text.contains("sendmsg") && !text.contains("accept4"), "\(text)")
    if format == .mermaid {
      #expect(
        text.hasPrefix(
          """
          sequenceDiagram
              %% demo stdout
              participant p1 as client 41208
              participant kernel
              kernel->>p1: 12: recvmsg 17 B + fd 4
              Note over p1: ⇒ server's 1
          """), "\(text)")
    }
  }

  @Test(
    "Dates",
    arguments: [
      (0, "1970-01-01 00:00:00 UTC"), (951_782_400, "2000-02-29 00:00:00 UTC"),
      (1_795_644_360, "2026-11-25 22:06:00 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
      (4_107_542_399, "2100-02-28 23:59:59 UTC"), (4_107_542_400, "2100-03-01 00:00:00 UTC"),
    ] as [(Int64, String)])
  func dates(seconds: Int64, text: String) {
    #expect(UTCDate.text(seconds) == text)
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
