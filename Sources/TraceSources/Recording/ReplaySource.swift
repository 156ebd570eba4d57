import Synchronization
public import TraceModel

/// A recording, told as it stands in the file.
public final class ReplaySource: EventSource {
  /// How the recording is told.
  public enum Form: Sendable {
    /// One event after the other, decoded, to be read once.
    case events
    /// As a timeline that reads from the file whatever is looked at.
    case timeline
  }

  /// What the recording says of itself; nil where that line is missing.
  public let session: SessionRecord?

  private let file: RecordingFile
  private let form: Form
  private let isLeaving = Atomic(false)

  /// A file in which so much is no line of a recording is none.
  private static let hopelessSize = RecordingPieces.longestLine
  /// What is shown before the rest has been read.
  private static let firstPieces = 2

  /// Opens a recording and looks whether it is one.
  ///
  /// - Throws: ``RecordingFileError`` when there is nothing in it that can be read.
  public init(path: String, form: Form) throws(RecordingFileError) {
    file = try RecordingFile(path: path)
    self.form = form
    session = try Self.look(file)
  }

  /// Reads until something could be read; returns the session line, if that is what it was.
  private static func look(_ file: RecordingFile) throws(RecordingFileError) -> SessionRecord? {
    var pieces = RecordingPieces(file)
    var reader = RecordingReader(file)
    while pieces.offset < hopelessSize, let piece = pieces.next() {
      take(piece, &reader)
      guard let first = reader.timeline.first else { continue }
      if case .session(let session) = first.body { return session }
      return nil
    }
    throw RecordingFile.failure(
      file.path,
      "it is no recording that this version can read "
        + "(\(reader.gaps.reasonForNothing)). "
        + "Give a file that --record of this version or an older one wrote.")
  }

  private static func take(_ piece: RecordingPieces.Piece, _ reader: inout RecordingReader) {
    switch piece {
    case .lines(let bytes, let offset): reader.take(bytes, at: offset)
    case .overlong: reader.takeOverlong()
    }
  }

  /// Tells everything on the calling thread.
  public func run(telling form: EventForm, emit: (SessionUpdate) -> Void) {
    let gaps =
      switch self.form {
      case .events: tellEvents(form, emit)
      case .timeline: tellTimeline(emit)
      }
    let sentence = gaps.sentence
    if let sentence { emit(.remark(sentence)) }
    let limits = (session?.limits ?? []) + [sentence].compactMap(\.self)
    emit(.status(SessionStatus(mode: .ended, limits: limits)))
  }

  private func tellTimeline(_ emit: (SessionUpdate) -> Void) -> RecordingGaps {
    var pieces = RecordingPieces(file)
    var reader = RecordingReader(file)
    var count = 0
    var percent = 0
    while !isLeaving.load(ordering: .relaxed), let piece = pieces.next() {
      Self.take(piece, &reader)
      count += 1
      let now = pieces.offset * 100 / file.size
      guard now < 100, now > percent || count == Self.firstPieces else { continue }
      percent = now
      let timeline = count == Self.firstPieces ? reader.timeline : nil
      emit(.recording(RecordingPart(timeline: timeline, percent: percent)))
    }
    emit(.recording(RecordingPart(timeline: reader.timeline, percent: 100)))
    return reader.gaps
  }

  private func tellEvents(
    _ form: EventForm, _ emit: (SessionUpdate) -> Void
  ) -> RecordingGaps {
    var pieces = RecordingPieces(file)
    var lines = RecordedLines()
    while !isLeaving.load(ordering: .relaxed), let piece = pieces.next() {
      switch piece {
      case .lines(let bytes, _):
        lines.take(bytes) { event in
          if form != .events { emit(.lines(JSONLines.line(for: event))) }
          if form != .lines || event.isOfProcess { emit(.event(event)) }
        }
      case .overlong: lines.takeOverlong()
      }
    }
    return lines.gaps
  }

  /// Ends the reading; a recording has no processes for any other command.
  public func send(_ command: SessionCommand) {
    if command == .quit { isLeaving.store(true, ordering: .relaxed) }
  }
}
