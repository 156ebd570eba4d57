/// Something wrong or dangerous that was seen, with its evidence and its cure.
public struct Finding: Sendable, Hashable {
  /// How bad it is.
  public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Worth knowing; nothing is lost and it may well be meant so.
    case note
    /// A mistake, or a danger that a program should not run.
    case warning
    /// A descriptor was lost although the call said that all went well.
    case error

    /// Whether `one` is less bad than `other`.
    public static func < (one: Severity, other: Severity) -> Bool { one.rank < other.rank }

    private var rank: Int {
      switch self {
      case .note: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  /// One number that shows it: `sent` 3, `capacity` 20.
  public struct Measure: Sendable, Hashable {
    /// What was counted, as a JSON key.
    public var name: String
    /// The number.
    public var value: Int

    /// Makes a measure.
    public init(_ name: String, _ value: Int) {
      self.name = name
      self.value = value
    }
  }

  /// What was found.
  public var code: FindingCode
  /// How bad it is.
  public var severity: Severity
  /// The sequence number of the event that it is about.
  public var about: Int
  /// Other events that show it.
  public var related: [Int]
  /// The descriptors concerned, numbered in the table of the process the finding is about.
  public var descriptors: [Int32]
  /// The numbers that show it, by name.
  public var evidence: [Measure]
  /// What is wrong and how it shows, as sentences.
  public var text: String
  /// What to do about it, as sentences.
  public var cure: String

  /// Makes a finding.
  public init(
    _ code: FindingCode, _ severity: Severity, about: Int, related: [Int] = [],
    descriptors: [Int32] = [], evidence: [Measure] = [], text: String, cure: String
  ) {
    self.code = code
    self.severity = severity
    self.about = about
    self.related = related
    self.descriptors = descriptors
    self.evidence = evidence.sorted { $0.name < $1.name }
    self.text = text
    self.cure = cure
  }
}

/// What was found, by the name that scripts rely on. A recording may hold names that a newer
/// version added.
public struct FindingCode: RawRepresentable, Sendable, Hashable {
  /// The JSON `code`.
  public let rawValue: String

  /// Takes any name.
  public init(rawValue: String) { self.rawValue = rawValue }

  private init(_ name: String) { rawValue = name }

  /// Descriptors did not arrive, and MSG_CTRUNC said so.
  public static let truncated = FindingCode("truncated")
  /// Other control messages took the room that descriptors needed.
  public static let crowdedOut = FindingCode("crowded-out")
  /// A call without room for control messages destroyed queued descriptors.
  public static let dropped = FindingCode("dropped")
  /// Descriptors were sent with zero bytes on a stream, or over no Unix socket.
  public static let vanished = FindingCode("vanished")
  /// Descriptors were sent with an urgent byte alone, and most receivers lose them with it.
  public static let urgent = FindingCode("urgent")
  /// Descriptors were still queued when nobody held the socket any more that could receive them.
  public static let abandoned = FindingCode("abandoned")
  /// Received without close-on-exec, or still open after an exec for that reason.
  public static let inheritable = FindingCode("inheritable")
  /// The padding of a receive buffer let one more descriptor in.
  public static let slack = FindingCode("slack")
  /// The padding of a sent control message went along as descriptor 0.
  public static let padding = FindingCode("padding")
  /// Received, and neither used nor closed.
  public static let unused = FindingCode("unused")
  /// Sent, and kept open by the sender without further use.
  public static let kept = FindingCode("kept")
  /// The same file was received again and again without being closed.
  public static let leak = FindingCode("leak")
  /// A directory went to a process of another user.
  public static let directory = FindingCode("directory")
  /// A writable file of root went to a process of another user.
  public static let writable = FindingCode("writable")
  /// A number that is not open was sent (EBADF).
  public static let badDescriptor = FindingCode("bad-descriptor")
  /// The user has too many descriptors in flight (ETOOMANYREFS).
  public static let tooManyInFlight = FindingCode("too-many-in-flight")
  /// The kernel refused the control message (EINVAL).
  public static let refused = FindingCode("refused")
  /// The process set up io_uring, by which descriptors travel unseen.
  public static let ioUring = FindingCode("io-uring")
}
