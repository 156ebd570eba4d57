extension ProcessRecord.Event {
  /// Whether the process is there from this event on, or has a new program.
  public var isBeginning: Bool {
    switch self {
    case .started, .attached, .executed: true
    case .exited, .killed: false
    }
  }
}

/// A process of the session and what is known about it as a whole.
public struct ProcessSummary: Sendable, Hashable {
  /// The process.
  public let pid: Int32
  /// Its name as the kernel has it.
  public var comm: String
  /// The part it plays where we know one.
  public var role: String?
  /// Its arguments.
  public var arguments: [String] = []
  /// Its creator, where known.
  public var parent: Int32?
  /// Whether we launched it.
  public var wasLaunched = false
  /// The sequence number of its first event.
  public let began: Int
  /// The sequence number of its end.
  public var ended: Int?
  /// How it ended.
  public var end: ProcessRecord.Event?

  /// What the process is called on screen: its role, else its name.
  public var label: String { role ?? comm }
}
