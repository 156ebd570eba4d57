public import Testing

/// A condition that did not come true in time. Its description is the whole story for a test log.
public struct WaitTimeout: Error, CustomStringConvertible {
  /// What was waited for, for how long, where, and what was there instead.
  public let description: String

  init(
    _ awaited: String, _ deadline: Duration, _ sourceLocation: SourceLocation, lastSeen: String?
  ) {
    let place = "\(sourceLocation.fileID):\(sourceLocation.line)"
    let sentence = "Waited \(deadline) at \(place) for \(awaited); it did not come."
    description = lastSeen.map { "\(sentence) Last seen:\n\($0)" } ?? sentence
  }
}

/// How long a test waits where it says nothing else: a machine four times slower than usual, busy
/// with other tests, is there by then. Only a test that fails waits that long.
public let usualDeadline = Duration.seconds(60)

/// How often a waiting test looks. Short against a human's patience, long against the cost of a
/// look on a busy two-core machine.
let pollInterval = Duration.milliseconds(15)

/// Waits until `condition` returns true, looking every few milliseconds.
///
/// - Parameters:
///   - awaited: what is waited for, worded to follow "Waited 60 seconds for".
///   - deadline: how long to wait before failing.
///   - sourceLocation: named in the failure, so that it points at the test.
///   - condition: looked at least once, also after the deadline has passed.
/// - Throws: ``WaitTimeout``, or what `condition` throws.
public func waitFor(
  _ awaited: String,
  deadline: Duration = usualDeadline,
  sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  _ = try await waitForValue(awaited, deadline: deadline, sourceLocation: sourceLocation) {
    try await condition() ? true : nil
  }
}

/// Waits until `look` returns a value, and returns that value.
///
/// - Parameters:
///   - awaited: what is waited for, worded to follow "Waited 60 seconds for".
///   - deadline: how long to wait before failing.
///   - sourceLocation: named in the failure, so that it points at the test.
///   - lastSeen: shown in the failure: what was there instead.
///   - look: called at least once, also after the deadline has passed.
/// - Returns: the first value that `look` gave.
/// - Throws: ``WaitTimeout``, or what `look` throws.
public func waitForValue<Value>(
  _ awaited: String,
  deadline: Duration = usualDeadline,
  sourceLocation: SourceLocation = #_sourceLocation,
  lastSeen: () -> String? = { nil },
  _ look: () async throws -> Value?
) async throws -> Value {
  let end = ContinuousClock.now + deadline
  while true {
    // Read the clock first: a look that was slow to begin still gets to see the final state.
    let isLast = ContinuousClock.now >= end
    if let value = try await look() { return value }
    if isLast { throw WaitTimeout(awaited, deadline, sourceLocation, lastSeen: lastSeen()) }
    try await Task.sleep(for: pollInterval)
  }
}
