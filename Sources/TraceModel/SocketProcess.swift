/// A process that Unix sockets join to others, as one can choose it to be attached.
public struct SocketProcess: Sendable, Hashable {
  /// Another process at the other end of one of its sockets.
  public struct Peer: Sendable, Hashable {
    /// Its number.
    public var pid: Int32
    /// Its name.
    public var comm: String

    /// Names a process.
    public init(pid: Int32, comm: String) {
      self.pid = pid
      self.comm = comm
    }
  }

  /// Its number.
  public var pid: Int32
  /// Its name as the kernel has it.
  public var comm: String
  /// The name of its effective user, or `user 1234` where that has none.
  public var user: String
  /// The names its sockets are bound to, or connected to: first those it listens at.
  public var paths: [String]
  /// Who is at the other ends.
  public var peers: [Peer]
  /// Descriptors that are in flight to its sockets.
  public var queued: Int

  /// Describes a process.
  public init(
    pid: Int32, comm: String, user: String, paths: [String], peers: [Peer], queued: Int
  ) {
    self.pid = pid
    self.comm = comm
    self.user = user
    self.paths = paths
    self.peers = peers
    self.queued = queued
  }

  /// The process as one line of JSON, with its newline.
  public var jsonLine: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("v", 1)
      writer.field("kind", "candidate")
      writer.field("pid", pid)
      writer.field("comm", comm)
      writer.field("user", user)
      writer.array("paths", paths) { $0.element($1) }
      writer.array("peers", peers) { writer, peer in
        writer.object { writer in
          writer.field("pid", peer.pid)
          writer.field("comm", peer.comm)
        }
      }
      writer.field("queued", queued)
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}

/// Everybody who is joined to somebody by Unix sockets, at one moment.
public struct SocketCensusResult: Sendable, Hashable {
  /// The processes, by their numbers.
  public var processes: [SocketProcess]
  /// How many processes would not let us see their descriptors.
  public var hidden: Int
  /// Why peers are unknown, as a sentence; nil when they are not.
  public var limitation: String?

  /// Makes a result.
  public init(processes: [SocketProcess] = [], hidden: Int = 0, limitation: String? = nil) {
    self.processes = processes
    self.hidden = hidden
    self.limitation = limitation
  }
}
