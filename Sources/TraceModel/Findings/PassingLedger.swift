/// What was passed so far and what became of it, as far as the events tell.
///
/// It holds descriptors that were sent or received and are still open, so that its size follows
/// what programs keep open and not how long the session is.
struct PassingLedger: Sendable {
  private(set) var processes: [Int32: Process] = [:]
  /// The names of those that have ended and that ``messages`` may be of.
  private var departed: [Int32: String] = [:]
  private var messages: [Int: Message] = [:]
  /// The keys of ``messages`` and some that are no longer, in the order of the session.
  private var messageOrder: [Int] = []
  /// Messages that the event before brought to their end.
  private var settled: [Int] = []
  /// Descriptors that were sent and whose receive was not seen, by the user who sent them.
  private var unreceived: [UInt32?: Int] = [:]
  private var queues = WaitingSends()

  /// Messages whose other end nobody sees must not add up for ever.
  private static let messageLimit = 1024

  /// A send or a receive that is part of a transfer of the event just taken, or has none yet; nil
  /// also when that is too long ago.
  func message(_ sequence: Int) -> Message? { messages[sequence] }

  /// How many descriptors the user of a process sent in this session that were not received yet.
  func unreceived(ofUserOf pid: Int32) -> Int { unreceived[user(of: pid)] ?? 0 }

  private func user(of pid: Int32) -> UInt32? { processes[pid]?.user }

  /// What to call a process: the part it plays or its name, with its number where two have one
  /// name.
  func name(of pid: Int32) -> String {
    guard let name = processes[pid]?.name ?? departed[pid], !name.isEmpty else {
      return "process \(pid)"
    }
    let isShared =
      processes.contains { $0.key != pid && $0.value.name == name }
      || departed.contains { $0.key != pid && $0.value == name }
    return isShared ? "\(name) \(pid)" : name
  }

  /// Takes in an event and the transfers it made known.
  mutating func take(_ event: TraceEvent, _ transfers: [Transfer]) {
    for sequence in settled { messages[sequence] = nil }
    settled = transfers.flatMap { $0.isPeek ? [$0.receive] : [$0.send, $0.receive] }
    queues.begin()
    switch event.body {
    case .process(let record): take(record, event)
    case .call(let call): take(call, event)
    case .send(let message): take(send: message, event)
    case .receive(let message):
      take(receive: message, event)
      let isMatched = transfers.contains { $0.receive == event.sequence }
      if !isMatched, !message.descriptors.isEmpty { queues.doubt(message.socket.inode) }
    case .session, .transfer, .finding, .output: break
    }
    for transfer in transfers { settle(transfer) }
    hear(lastLooksOf: event)
    for change in event.changes { take(change) }
  }

  private mutating func settle(_ transfer: Transfer) {
    guard let send = messages[transfer.send] else { return }
    if !transfer.isPeek { queues.remove(send) }
    let rest = (unreceived[send.user] ?? 0) - send.descriptors.count
    unreceived[send.user] = rest > 0 ? rest : nil
  }

  // MARK: Events

  private mutating func take(_ record: ProcessRecord, _ event: TraceEvent) {
    let pid = event.pid
    switch record.event {
    case .started(let parent):
      var process = Process(
        name: record.role ?? event.comm, user: record.user,
        receipts: parent.map { bequeath($0) } ?? [:])
      process.begin(with: Self.rows(in: event))
      processes[pid] = process
    case .attached:
      // What it passed before nobody saw.
      var process = Process(name: record.role ?? event.comm, user: record.user)
      process.begin(with: Self.rows(in: event))
      processes[pid] = process
    case .executed:
      var process = processes[pid] ?? Process(name: "")
      process.name = record.role ?? event.comm
      process.user = record.user ?? process.user
      process.begin(with: Self.rows(in: event))
      // What it received before is the new program's by inheritance.
      process.inherited.formUnion(process.receipts.keys)
      process.inherited.formUnion(process.parcels.keys)
      processes[pid] = process
    case .exited, .killed: depart(pid)
    }
  }

  /// A process ends. What it sent may still be received, or be lost.
  private mutating func depart(_ pid: Int32) {
    guard let process = processes.removeValue(forKey: pid),
      messages.values.contains(where: { $0.pid == pid })
    else { return }
    departed[pid] = process.name
    guard departed.count > Self.messageLimit else { return }
    let senders = Set(messages.values.map(\.pid))
    departed = departed.filter { senders.contains($0.key) }
  }

  /// A child has what its creator received, and may use it on its behalf.
  private mutating func bequeath(_ parent: Int32) -> [Int32: Receipt] {
    guard let receipts = processes[parent]?.receipts else { return [:] }
    for fd in receipts.keys { processes[parent]?.use(fd) }
    return receipts.mapValues { receipt in
      var receipt = receipt
      receipt.isOwn = false
      return receipt
    }
  }

  private static func rows(in event: TraceEvent) -> [DescriptorFacts] {
    event.changes.compactMap { $0.pid == event.pid ? $0.now : nil }
  }

  private mutating func take(_ call: CallRecord, _ event: TraceEvent) {
    if call.setsUpRing { processes[event.pid]?.hasRing = true }
    guard call.result != nil, let fd = call.fd, !call.changesCloseOnExec else { return }
    switch call.name {
    case "close": forget(event.pid, fd)
    case "close_range": break
    case "dup2", "dup3":
      for number in call.created where number != fd { forget(event.pid, number) }
      use(event.pid, fd)
    case "splice", "sendfile":
      use(event.pid, fd)
      if let other = call.arguments.first.flatMap({ Int32($0) }) { use(event.pid, other) }
    default: use(event.pid, fd)
    }
  }

  private mutating func take(send message: MessageRecord, _ event: TraceEvent) {
    use(event.pid, message.socket.fd)
    guard message.carries, !message.descriptors.isEmpty else { return }
    let user = note(message, event).user
    unreceived[user, default: 0] += message.descriptors.count
    guard let index = processes.index(forKey: event.pid) else { return }
    for facts in message.descriptors {
      processes.values[index].sent(facts, by: event.sequence)
    }
  }

  private mutating func take(receive message: MessageRecord, _ event: TraceEvent) {
    use(event.pid, message.socket.fd)
    guard message.result != nil, !message.descriptors.isEmpty else { return }
    note(message, event)
    guard let index = processes.index(forKey: event.pid) else { return }
    let inSlack = message.descriptorInSlack
    for facts in message.descriptors {
      let receipt = Receipt(
        facts: facts, receiver: event.pid, receive: event.sequence, socket: message.socket.inode,
        isInSlack: facts.fd == inSlack)
      processes.values[index].received(receipt, at: facts.fd)
    }
  }

  @discardableResult
  private mutating func note(_ message: MessageRecord, _ event: TraceEvent) -> Message {
    var queue: UInt64?
    // With an urgent byte alone they may have been thrown away long before the socket goes.
    if case .send = event.body, !message.goesUrgently { queue = message.socket.peer }
    let noted = Message(
      sequence: event.sequence, pid: event.pid,
      user: message.user ?? user(of: event.pid), descriptors: message.descriptors, queue: queue)
    messages[event.sequence] = noted
    queues.add(noted)
    messageOrder.append(event.sequence)
    guard messageOrder.count > 2 * Self.messageLimit else { return noted }
    for sequence in messageOrder.prefix(Self.messageLimit) {
      if let message = messages.removeValue(forKey: sequence) { queues.remove(message) }
    }
    messageOrder.removeFirst(Self.messageLimit)
    return noted
  }

  // MARK: Rows

  private mutating func take(_ change: DescriptorChange) {
    // In place: a process that is copied out of the dictionary costs more than what is done to it.
    guard let index = processes.index(forKey: change.pid) else { return }
    let left =
      if let now = change.now {
        processes.values[index].take(now, at: change.fd)
      } else {
        processes.values[index].forget(change.fd)
      }
    if let left { queues.released(left) }
  }

  private mutating func use(_ pid: Int32, _ fd: Int32) {
    if let index = processes.index(forKey: pid) { processes.values[index].use(fd) }
  }

  private mutating func forget(_ pid: Int32, _ fd: Int32) {
    guard let index = processes.index(forKey: pid) else { return }
    if let left = processes.values[index].forget(fd) { queues.released(left) }
  }

  // MARK: Queues

  /// Hears what the kernel counted in queues just before the event closed their sockets: of what was
  /// sent there, the first has been taken unseen.
  mutating func hear(lastLooksOf event: TraceEvent) {
    for row in event.lastLooks {
      guard let socket = row.socket?.inode, var rest = row.queued else { continue }
      for sequence in queues.sends(to: socket).reversed() {
        guard let message = messages[sequence] else { continue }
        if rest > 0 { rest -= message.descriptors.count } else { queues.remove(message) }
      }
    }
  }

  /// The sends that nobody can receive any more since the event just taken, or from the end of a
  /// process on that the ledger still has.
  mutating func takeAbandoned(byEndOf pid: Int32? = nil) -> [Message] {
    let left = pid.map { Set(processes[$0].map { Array($0.sockets.values) } ?? []) }
    return queues.candidates(among: left).flatMap { socket -> [Message] in
      let isHeld = processes.contains { $0.key != pid && $0.value.sockets.values.contains(socket) }
      guard !isHeld, !isInFlight(socket) else { return [] }
      return queues.takeAll(from: socket).sorted().compactMap { messages[$0] }
    }
  }

  /// Whether a socket itself may be on its way in a message.
  private func isInFlight(_ socket: UInt64) -> Bool {
    messages.values.contains { $0.descriptors.contains { $0.socket?.inode == socket } }
  }
}
