/// One line of a session: something a process did, or something derived from what processes did.
///
/// Events are values. A source makes them, ``Derivation`` numbers them and adds transfers, and a
/// ``Timeline`` keeps them; the JSON form (``JSONLines``) holds the same and nothing else.
public struct TraceEvent: Sendable, Hashable {
  /// Place in the session, from 1. Zero until ``Derivation`` numbers the event.
  public var sequence: Int
  /// Microseconds since the session began, when the event was complete.
  public var time: Int64
  /// Microseconds since the session began when the call was entered, where that is known.
  public var entered: Int64?
  /// The process (thread group) the event is about; 0 for the session itself.
  public var pid: Int32
  /// The thread that did it.
  public var tid: Int32
  /// The process's name as the kernel has it (`/proc/PID/comm`, at most 15 bytes).
  public var comm: String
  /// Whether the programs went on only when the user let them, so that the time before the event
  /// says nothing about them.
  public var isStepped = false
  /// What happened.
  public var body: Body
  /// What was seen to have changed in descriptor tables since the event before.
  public var changes: [DescriptorChange]

  /// What happened, by kind; the names are those of the JSON `kind`. Events are handed from one to
  /// the next and kept in many places, so what they hold is shared rather than copied.
  public enum Body: Sendable, Hashable {
    indirect case session(SessionRecord)
    indirect case process(ProcessRecord)
    indirect case call(CallRecord)
    case send(MessageRecord)
    case receive(MessageRecord)
    indirect case transfer(Transfer)
    indirect case finding(Finding)
    indirect case output(OutputRecord)
  }

  /// Makes an event that ``Derivation`` has not numbered yet.
  public init(
    sequence: Int = 0, time: Int64 = 0, entered: Int64? = nil, pid: Int32 = 0, tid: Int32? = nil,
    comm: String = "", body: Body, changes: [DescriptorChange] = []
  ) {
    self.sequence = sequence
    self.time = time
    self.entered = entered
    self.pid = pid
    self.tid = tid ?? pid
    self.comm = comm
    self.body = body
    self.changes = changes
  }
}

extension TraceEvent {
  /// The send or receive, where the event is one.
  public var message: MessageRecord? {
    switch body {
    case .send(let message), .receive(let message): message
    default: nil
    }
  }

  /// Rows as they were just before the event closed them, or gave their number to another file.
  var lastLooks: [DescriptorFacts] {
    guard changes.count > 1 else { return [] }
    return zip(changes, changes.dropFirst()).compactMap { look, end in
      end.pid == look.pid && end.fd == look.fd ? look.now : nil
    }
  }

  /// The transfer, where the event is one.
  public var transfer: Transfer? {
    if case .transfer(let transfer) = body { transfer } else { nil }
  }

  /// The finding, where the event is one.
  public var finding: Finding? {
    if case .finding(let finding) = body { finding } else { nil }
  }

  /// How many descriptors it passes along.
  public var passedCount: Int {
    switch body {
    case .send(let message), .receive(let message): message.descriptors.count
    case .transfer(let transfer): transfer.descriptors.count
    default: 0
    }
  }

  /// Whether a process begins, runs another program or ends.
  public var isOfProcess: Bool { if case .process = body { true } else { false } }

  /// Whether the event is one a stepping user counts: a call, a send, a receive or the start or
  /// end of a process.
  public var isStep: Bool {
    switch body {
    case .process, .call, .send, .receive: true
    case .session, .transfer, .finding, .output: false
    }
  }

  /// The system call's name, where the event is a call, a send or a receive.
  public var callName: String? {
    switch body {
    case .call(let call): call.name
    case .send(let message), .receive(let message): message.call
    default: nil
    }
  }
}

/// What the session is: the first line of a recording.
public struct SessionRecord: Sendable, Hashable {
  /// The version of the program that made the session.
  public var program: String
  /// What is inspected, as the user asked for it.
  public var command: [String]
  /// The kernel's release, as `uname -r` prints it.
  public var kernel: String
  /// When the session began, seconds since 1970.
  public var started: Int64
  /// What cannot be seen here, as sentences.
  public var limits: [String]

  /// Makes the description of a session.
  public init(
    program: String, command: [String], kernel: String, started: Int64, limits: [String] = []
  ) {
    self.program = program
    self.command = command
    self.kernel = kernel
    self.started = started
    self.limits = limits
  }
}

/// The start, the exec or the end of a process.
public struct ProcessRecord: Sendable, Hashable {
  /// What became of the process.
  public enum Event: Sendable, Hashable {
    /// The process is being watched from here on; `parent` is its creator where one is known.
    case started(parent: Int32?)
    /// The process ran already when we began to watch it.
    case attached
    /// The process replaced its program (execve(2)).
    case executed
    /// It ended by itself with this status.
    case exited(status: Int32)
    /// A signal ended it.
    case killed(signal: Int32)
  }

  /// What became of the process.
  public var event: Event
  /// The part it plays where we know one ("server", "client").
  public var role: String?
  /// The program's arguments, from `/proc/PID/cmdline`.
  public var arguments: [String]
  /// Whose rights the program's file would have given it, and did not because it is watched:
  /// the owner of a setuid file ("root"), or the group of a setgid one ("group shadow").
  public var rightsNotGiven: String?
  /// The process's effective user, from `/proc/PID/status`; nil when unknown.
  public var user: UInt32?

  /// Makes the record of a start, an exec or an end.
  public init(
    event: Event, role: String? = nil, arguments: [String] = [], rightsNotGiven: String? = nil,
    user: UInt32? = nil
  ) {
    self.event = event
    self.role = role
    self.arguments = arguments
    self.rightsNotGiven = rightsNotGiven
    self.user = user
  }
}

/// Bytes that a process wrote to the terminal we gave it.
public struct OutputRecord: Sendable, Hashable {
  /// The bytes as they came out of the pseudo-terminal: the terminal's own echo included.
  public var bytes: [UInt8]
  /// How large the terminal was; nil as long as it has the size that it began with.
  public var size: TerminalSize?

  /// Makes a piece of terminal output.
  public init(bytes: [UInt8], size: TerminalSize? = nil) {
    self.bytes = bytes
    self.size = size
  }
}

/// How large a terminal is, in characters.
public struct TerminalSize: Sendable, Hashable {
  /// Characters in a row.
  public var columns: Int
  /// Rows.
  public var rows: Int

  /// What a terminal that we give to a program begins with.
  public static let usual = TerminalSize(columns: 80, rows: 24)
  /// More than any screen has; sizes in a recording are taken no larger.
  public static let largest = TerminalSize(columns: 1000, rows: 1000)

  /// Makes a size.
  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}
