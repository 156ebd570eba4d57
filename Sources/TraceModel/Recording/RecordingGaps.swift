/// What of a recording could not be read.
public struct RecordingGaps: Sendable, Hashable {
  /// How many lines were looked at.
  var lines = 0
  /// Whether the last line ends in its middle, as it does when its writer was killed.
  var isCut = false
  private var wrong = 0
  private var firstWrong = 0
  private var reason = ""
  private var unknown = 0
  private var firstUnknown = 0

  init() {}

  /// The line just taken is wrong.
  mutating func note(_ reason: String) {
    wrong += 1
    guard wrong == 1 else { return }
    firstWrong = lines
    self.reason = reason
  }

  /// The line just taken is of a kind that a newer version made.
  mutating func noteUnknownKind() {
    unknown += 1
    if unknown == 1 { firstUnknown = lines }
  }

  /// The line just taken is longer than ours can be.
  mutating func noteOverlong() {
    lines += 1
    note("longer than any line of a recording")
  }

  /// The event in the line just taken; nil, and noted here, where there is none. A line without
  /// anything in it is no gap.
  mutating func decode(_ line: ArraySlice<UInt8>, isLast: Bool) -> TraceEvent? {
    guard !line.isEmpty else { return nil }
    do {
      if let event = try JSONLines.event(from: Array(line)) { return event }
      noteUnknownKind()
    } catch {
      if isLast { isCut = true } else { note(error.description) }
    }
    return nil
  }

  /// Whether the event in the line just taken can follow the one before; where not it is noted.
  mutating func accept(_ sequence: Int, after last: Int) -> Bool {
    if sequence > last, sequence <= EventStore.lastSequence { return true }
    note("out of order: its number, \(sequence), does not come after \(last)")
    return false
  }

  /// Why nothing was read.
  public var reasonForNothing: String {
    if wrong > 0 { return "line \(firstWrong): \(reason)" }
    if unknown > 0 { return "line \(firstUnknown): of a kind that only newer versions know" }
    return isCut ? "its only line is cut" : "it has nothing but empty lines"
  }

  /// Sentences for the user; nil where everything was read.
  public var sentence: String? {
    var sentences: [String] = []
    switch wrong {
    case 0: break
    case 1: sentences.append("Line \(firstWrong) is left out: \(reason).")
    default:
      sentences.append(
        "\(wrong) lines are left out, the first of them line \(firstWrong): \(reason).")
    }
    switch unknown {
    case 0: break
    case 1: sentences.append("Line \(firstUnknown) is of a kind that only newer versions know.")
    default:
      sentences.append(
        "\(unknown) lines are of a kind that only newer versions know, the first of them line "
          + "\(firstUnknown).")
    }
    if isCut {
      sentences.append("The last line, \(lines), is cut; what stands before it is whole.")
    }
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }
}
