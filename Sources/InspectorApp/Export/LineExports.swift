import TraceModel

/// The lines that `--text` prints.
struct TextExport {
  let timeline: Timeline
  let unicode: Bool

  func write(to output: inout ExportOutput) throws {
    for event in timeline.events {
      try output.line(EventLine.text(event, in: timeline, unicode: unicode))
    }
  }
}

/// The lines that `--json` prints.
struct JSONExport {
  let timeline: Timeline

  func write(to output: inout ExportOutput) throws {
    for event in timeline.events { try output.write(JSONLines.line(for: event)) }
  }
}
