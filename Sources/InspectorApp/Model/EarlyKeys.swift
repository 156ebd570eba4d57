import TextUI

/// Keys that came before the session stood: who starts a program and presses keys at once has told
/// it what to do, and must not find that it did not listen.
struct EarlyKeys: Sendable, Hashable {
  private(set) var kept: [Key] = []

  /// Enough for whoever types ahead, and an end for a key that is held down.
  private static let limit = 64

  /// Keeps a key if it, or one before it, asks something of processes that are not there yet.
  mutating func keep(_ key: Key, for command: Command?) -> Bool {
    switch command {
    case .quit, .suspend: return false
    case .step, .stepProcess, .resume, .pause, .type: break
    default: if kept.isEmpty { return false }
    }
    if kept.count < Self.limit { kept.append(key) }
    return true
  }

  mutating func takeAll() -> [Key] {
    defer { kept = [] }
    return kept
  }
}

extension Inspector {
  /// Whether there will be processes to command, and none are there yet.
  var isYetToStand: Bool { options.live && status == nil && failure == nil }

  /// Presses the keys that came too early, now that the session stands.
  mutating func takeEarlyKeys() -> [Effect] {
    guard !isYetToStand else { return [] }
    return earlyKeys.takeAll().flatMap { take($0) }
  }
}
