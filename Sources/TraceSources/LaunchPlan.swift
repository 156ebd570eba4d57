/// The programs of a session that are launched by us.
public struct LaunchPlan: Sendable {
  /// A terminal for a process: both ends stay the property of whoever made the plan and must
  /// outlive the session.
  public struct Terminal: Sendable {
    /// What we read and type into; non-blocking.
    public var master: Int32
    /// What the process gets as 0, 1 and 2.
    public var slave: Int32

    /// Names the two ends of an open pseudo-terminal.
    public init(master: Int32, slave: Int32) {
      self.master = master
      self.slave = slave
    }
  }

  /// One program.
  public struct Program: Sendable {
    /// The executable file.
    public var path: String
    /// The arguments, the program's own name first.
    public var arguments: [String]
    /// The environment, `NAME=value` each.
    public var environment: [String]
    /// The part it plays in the session, shown instead of its name.
    public var role: String?
    /// Its terminal; nil when it keeps ours.
    public var terminal: Terminal?
    /// Whether it gets what is open and not close-on-exec here, beside 0, 1 and 2.
    public var inheritsDescriptors: Bool
    /// Whether it stays at its start, unless stepped, until some other program listens: a client
    /// that comes too early would fail for a reason nobody asked about.
    public var waitsForListener: Bool
    /// Open descriptors that become its 3, 4 and so on, 16 at most. They are the session's from
    /// its beginning on, which closes them here once the program has them.
    public var given: [Int32]

    /// Describes a program.
    public init(
      path: String, arguments: [String], environment: [String], role: String? = nil,
      terminal: Terminal? = nil, inheritsDescriptors: Bool = true, waitsForListener: Bool = false,
      given: [Int32] = []
    ) {
      self.path = path
      self.arguments = arguments
      self.environment = environment
      self.role = role
      self.terminal = terminal
      self.inheritsDescriptors = inheritsDescriptors
      self.waitsForListener = waitsForListener
      self.given = given
    }
  }

  /// The programs, in the order in which they start.
  public var programs: [Program]
  /// Whether everything stops at its first event.
  public var startsStopped: Bool
  /// Whether we stop when job control stops the first program, so that the shell that waits for us
  /// sees what it would see of the program.
  public var stopsWithProgram: Bool
  /// What the user asked for, for the session line.
  public var command: [String]
  /// Our name and version, for the session line.
  public var inspector: String

  /// Describes a session.
  public init(
    programs: [Program], startsStopped: Bool, stopsWithProgram: Bool = false, command: [String],
    inspector: String
  ) {
    self.programs = programs
    self.startsStopped = startsStopped
    self.stopsWithProgram = stopsWithProgram
    self.command = command
    self.inspector = inspector
  }
}
