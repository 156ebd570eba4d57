public import TraceModel

/// A form in which a session can leave the inspector, by the names of `--format`.
public enum ExportFormat: String, Sendable, Hashable, CaseIterable {
  /// The lines of `--text`.
  case text
  /// The lines of `--json`, which are a recording.
  case json
  /// A report for a page or an issue: processes, transfers, findings, diagram, timeline.
  case markdown
  /// A sequence diagram for Mermaid.
  case mermaid
  /// A sequence diagram as a picture of its own.
  case svg
  /// A trace for ui.perfetto.dev and chrome://tracing, in the JSON form of Chrome's Trace Event
  /// Format.
  case perfetto

  /// How names of such files end.
  public var fileExtension: String {
    switch self {
    case .text: "txt"
    case .json: "jsonl"
    case .markdown: "md"
    case .mermaid: "mmd"
    case .svg: "svg"
    case .perfetto: "perfetto.json"
    }
  }

  /// Writes a session, a piece at a time; what it needs of memory does not grow with the pieces.
  ///
  /// - Parameters:
  ///   - timeline: The session.
  ///   - filter: Leaves out what does not pass; nil for the whole session.
  ///   - unicode: Whether text may hold more than ASCII; the other formats are UTF-8 by definition.
  ///   - handOn: Takes the next bytes.
  /// - Throws: What `handOn` throws.
  public func write(
    _ timeline: Timeline, filter: Filter? = nil, unicode: Bool = true,
    to handOn: @escaping ([UInt8]) throws -> Void
  ) throws {
    var output = ExportOutput(handOn)
    let session = ExportedSession(timeline, filter)
    switch self {
    case .text: try TextExport(session: session, unicode: unicode).write(to: &output)
    case .json: try JSONExport(session: session).write(to: &output)
    case .markdown: try MarkdownExport(session).write(to: &output)
    case .mermaid: try MermaidExport(session).write(to: &output)
    case .svg: try SVGExport(session).write(to: &output)
    case .perfetto: try PerfettoExport(session).write(to: &output)
    }
    try output.finish()
  }
}

/// Gathers what is written and hands it on in pieces that are worth a system call.
struct ExportOutput {
  private let handOn: ([UInt8]) throws -> Void
  private var bytes: [UInt8] = []

  private static let pieceSize = 64 * 1024

  init(_ handOn: @escaping ([UInt8]) throws -> Void) { self.handOn = handOn }

  mutating func write(_ new: some Sequence<UInt8>) throws {
    bytes += new
    if bytes.count >= Self.pieceSize { try finish() }
  }

  mutating func line(_ text: String) throws {
    bytes += text.utf8
    try write(CollectionOfOne(UInt8(ascii: "\n")))
  }

  mutating func lines(_ texts: [String]) throws {
    for text in texts { try line(text) }
  }

  /// Hands on what is left.
  mutating func finish() throws {
    guard !bytes.isEmpty else { return }
    try handOn(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
