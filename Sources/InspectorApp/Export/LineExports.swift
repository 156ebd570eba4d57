import TraceModel

/// The lines that `--text` prints.
struct TextExport {
  let session: ExportedSession
  let unicode: Bool

  func write(to output: inout ExportOutput) throws {
    try session.forEachEvent { event in
      try output.line(EventLine.text(event, in: session.timeline, unicode: unicode))
    }
  }
}

/// The lines that `--json` prints.
struct JSONExport {
  let session: ExportedSession

  func write(to output: inout ExportOutput) throws {
    try session.forEachEvent { try output.write(JSONLines.line(for: $0)) }
  }
}
