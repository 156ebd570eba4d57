/// Where a descriptor comes from, as far as the session saw it: who had the open file first, and the
/// way from there.
public struct Origin: Sendable, Hashable {
  /// How the first holder came to have it; the names are those of the JSON `how`.
  public enum Beginning: String, Sendable, Hashable {
    /// By a call that was seen: `socket`, `socketpair`, `accept`, `io_uring_setup`.
    case made
    /// It was there when the process, or the watching, began.
    case held
    /// The process opened it later, by a call that is not watched; the event is the first that
    /// showed it.
    case opened
    /// It was received from somebody who is not watched, or by a way that is not.
    case received
  }

  /// A way from one table into another.
  public struct Hop: Sendable, Hashable {
    /// The process it led to.
    public var pid: Int32
    /// The send, where it is a transfer; nil where a process was forked.
    public var send: Int?
    /// The receive, or the start of the forked process.
    public var event: Int

    /// Makes a hop.
    public init(pid: Int32, send: Int? = nil, event: Int) {
      self.pid = pid
      self.send = send
      self.event = event
    }
  }

  /// The first holder.
  public var holder: DescriptorHolder
  /// How it came to have it.
  public var beginning: Beginning
  /// The sequence number of the event that made it, or showed it first.
  public var event: Int
  /// The ways from there to the descriptor whose origin this is, in order; of very many those in
  /// the middle are left out.
  public var hops: [Hop]
  /// How many hops are left out.
  public var hopsLeftOut: Int

  /// Makes an origin.
  public init(
    holder: DescriptorHolder, beginning: Beginning, event: Int, hops: [Hop] = [],
    hopsLeftOut: Int = 0
  ) {
    self.holder = holder
    self.beginning = beginning
    self.event = event
    self.hops = hops
    self.hopsLeftOut = hopsLeftOut
  }

  private static let hopLimit = 16

  /// The origin of a descriptor that came from one with this origin.
  func leading(by hop: Hop) -> Origin {
    var origin = self
    origin.hops.append(hop)
    if origin.hops.count > Self.hopLimit {
      origin.hops.remove(at: Self.hopLimit / 2)
      origin.hopsLeftOut += 1
    }
    return origin
  }
}

extension Origin {
  /// The origin of what a forked process has from its creator. What we do not know of the creator
  /// it must have opened before it forked.
  static func inherited(
    _ origin: Origin?, of parent: DescriptorHolder, by child: Int32, in event: TraceEvent
  ) -> Origin {
    let origin = origin ?? Origin(holder: parent, beginning: .opened, event: event.sequence)
    return origin.leading(by: Hop(pid: child, event: event.sequence))
  }

  /// How a number came into a table, as far as the event says in which it is new.
  enum Arrival: Equatable {
    /// By no way from another descriptor that was seen.
    case first(Beginning)
    /// A duplicate of another number of the process.
    case duplicate(of: Int32)
    /// The process was made by one that may have the same.
    case inherited(from: Int32)
    /// A receive installed it.
    case received

    /// How `fd` came by an event which gave a meaning to the numbers `installed`.
    init(of fd: Int32, in event: TraceEvent, installed: Set<Int32>) {
      self =
        switch event.body {
        case .process(let record):
          switch record.event {
          case .started(let parent?): .inherited(from: parent)
          case .started, .attached, .executed: .first(.held)
          case .exited, .killed: .first(.opened)
          }
        case .call(let call) where installed.contains(fd):
          call.duplicated.map { .duplicate(of: $0) } ?? .first(.made)
        case .receive where installed.contains(fd): .received
        default: .first(.opened)
        }
    }
  }
}

extension CallRecord {
  /// The number of which a call made another one.
  fileprivate var duplicated: Int32? {
    ["dup", "dup2", "dup3", "fcntl"].contains(name) ? fd : nil
  }
}
