/// What a timeline must know of an event to find everything later: no names, no data.
///
/// A live event and a line of a recording give the same sketch, and the timeline's lists are made
/// from sketches alone. That is how a million lines can be opened without decoding them.
struct EventSketch: Sendable, Equatable {
  /// What an event says about other events.
  enum Link: Sendable, Equatable {
    case none
    /// A transfer: its two ends, how many descriptors were under way, and whether they still are.
    case transfer(send: Int, receive: Int, descriptors: Int, isPeek: Bool)
    /// A finding about an event.
    case finding(about: Int)
  }

  /// A row of a table as it is from now on, as far as lists are made of it.
  struct Row: Sendable, Equatable {
    var pid: Int32
    var fd: Int32
    /// Whether the number is in use from now on.
    var isOpen: Bool
    /// The inode of the file behind it.
    var inode: UInt64 = 0
    /// The inode of the Unix socket behind it; 0 where it is none.
    var socket: UInt64 = 0
    /// Descriptors queued in it.
    var queued: Int?
  }

  var sequence = 0
  var kind: JSONLines.Kind
  var link = Link.none
  var rows: [Row] = []
  /// The inode of the socket in whose queue a send puts something, or from whose queue something is
  /// taken; 0 where there is none or it is not known.
  var queue: UInt64 = 0
  /// How many descriptors a send put there.
  var sent = 0
}

extension EventSketch {
  init(_ event: TraceEvent) {
    sequence = event.sequence
    kind = event.kind
    switch event.body {
    case .transfer(let transfer):
      link = .transfer(
        send: transfer.send, receive: transfer.receive,
        descriptors: transfer.descriptors.count &+ transfer.lost, isPeek: transfer.isPeek)
    case .finding(let finding): link = .finding(about: finding.about)
    case .send(let message):
      queue = message.socket.peer ?? 0
      sent = Self.sent(
        message.descriptors.count, moved: message.result,
        isStream: message.socket.type == .stream)
    case .receive(let message): queue = message.socket.inode
    case .call(let call): queue = call.socket?.inode ?? 0
    case .session, .process, .output: break
    }
    rows = event.changes.map(Row.init)
  }

  /// How many of a send's descriptors were queued: on a stream zero bytes carry nothing.
  static func sent(_ count: Int, moved: Int?, isStream: Bool) -> Int {
    guard let moved, moved > 0 || moved == 0 && !isStream else { return 0 }
    return count
  }

  /// Whether the event is one a stepping user counts.
  var isStep: Bool {
    switch kind {
    case .process, .call, .send, .receive: true
    case .session, .transfer, .finding, .output: false
    }
  }
}

extension EventSketch.Row {
  init(_ change: DescriptorChange) {
    self.init(
      pid: change.pid, fd: change.fd, isOpen: change.now != nil, inode: change.now?.inode ?? 0,
      socket: change.now?.socket?.inode ?? 0, queued: change.now?.queued)
  }
}
