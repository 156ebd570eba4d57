import FoundationEssentials
public import Testing
public import TextUI

/// Expects the frame to show `expected`: its rows, without the blanks at their ends.
public func expectFrame(
  _ frame: Frame, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let difference = lineDifference(expected: expected, actual: frame.plainText())
  guard let difference else { return }
  Issue.record(
    "The frame differs (- expected, + shown):\n\(difference)", sourceLocation: sourceLocation)
}

/// Expects several frames as one text to be what `Frames/NAME.txt` beside the test file holds.
public func expectText(
  _ text: String, matchesFile name: String, testFile: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let folder = URL(filePath: testFile).deletingLastPathComponent().appending(path: "Frames")
  let file = folder.appending(path: "\(name).txt")
  if ProcessInfo.processInfo.environment["FDPASS_RECORD_FRAMES"] != nil {
    record(text, in: folder, file, sourceLocation)
    return
  }
  guard let expected = try? String(contentsOf: file, encoding: .utf8) else {
    Issue.record(
      "\(file.path) cannot be read; set FDPASS_RECORD_FRAMES=1 to write it.",
      sourceLocation: sourceLocation)
    return
  }
  guard let difference = lineDifference(expected: expected, actual: text) else { return }
  Issue.record(
    "The frames differ (- expected, + shown):\n\(difference)", sourceLocation: sourceLocation)
}

/// Expects the frame to show what `Frames/NAME.txt` beside the test file holds.
///
/// With `FDPASS_RECORD_FRAMES=1` the file is written instead, and the test fails so that no run
/// which recorded passes for one that compared.
public func expectFrame(
  _ frame: Frame, matchesFile name: String, testFile: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectText(
    trimmed(frame.plainText()).joined(separator: "\n"), matchesFile: name, testFile: testFile,
    sourceLocation: sourceLocation)
}

private func record(_ text: String, in folder: URL, _ file: URL, _ location: SourceLocation) {
  do {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let text = trimmed(text).joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: file)
    Issue.record(
      "Recorded \(file.path); look at it, then run without recording.",
      sourceLocation: location)
  } catch {
    Issue.record("Could not record \(file.path): \(error)", sourceLocation: location)
  }
}

/// Lines without blanks at their ends and without blank lines at the end.
private func trimmed(_ text: String) -> [String] {
  var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
    var line = line
    while line.last == " " { line.removeLast() }
    return String(line)
  }
  while lines.last?.isEmpty == true { lines.removeLast() }
  return lines
}

/// Line by line what differs, marked - and +; nil when nothing does.
func lineDifference(expected: String, actual: String) -> String? {
  let (expected, actual) = (trimmed(expected), trimmed(actual))
  guard expected != actual else { return nil }
  var report: [String] = []
  for index in 0..<max(expected.count, actual.count) {
    let old = index < expected.count ? expected[index] : nil
    let new = index < actual.count ? actual[index] : nil
    if old == new {
      report.append("  \(old ?? "")")
    } else {
      if let old { report.append("- \(old)") }
      if let new { report.append("+ \(new)") }
    }
  }
  return report.joined(separator: "\n")
}
