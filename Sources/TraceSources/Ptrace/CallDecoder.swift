import ControlMessages
import TraceModel

/// What the decoder must know of the calling process beside its memory.
protocol DescriptorLookup {
  /// What a descriptor refers to now; nil when the number is free.
  func facts(of fd: Int32) -> DescriptorFacts?
  /// What a number refers to that a receive has just installed.
  func received(_ fd: Int32, from sender: UInt64?, closeOnExec: Bool) -> DescriptorFacts?
  /// The Unix socket behind a descriptor; nil where there is none.
  func socket(of fd: Int32) -> SocketInfo?
  /// The inode of the Unix socket that is bound to an address; nil where none is known to be.
  func destination(_ address: String) -> UInt64?
  /// The name of the protocol of a socket that is no Unix socket; nil for all else.
  func foreignProtocol(of fd: Int32) -> String?
  /// The process's effective user.
  func user() -> UInt32?
  /// How full its table is.
  func room() -> DescriptorRoom?
}

/// Turns a stopped thread's registers and memory into records. Pure: all it knows comes through
/// its two protocols, so that tests can give it the worst memory there is.
struct CallDecoder<Memory: TraceeMemory, Lookup: DescriptorLookup> {
  let memory: Memory
  let lookup: Lookup

  /// The call before the kernel has done anything; of several messages the first with
  /// descriptors, else the first.
  func pending(_ entered: EnteredCall) -> TraceEvent.Body {
    switch entered.call {
    case .sendmsg, .sendmmsg:
      let records = entered.sends ?? sends(entered)
      let telling = records.first { !$0.descriptorNumbers.isEmpty } ?? records.first
      return .send(telling ?? unreadable(entered, error: nil))
    case .recvmsg, .recvmmsg:
      return .receive(pendingReceive(entered, error: nil))
    default: return .call(plain(entered, outcome: nil))
    }
  }

  /// What a send is about to send, one record for each message.
  func sends(_ entered: EnteredCall) -> [MessageRecord] {
    entered.headers.enumerated().map { index, header in
      send(entered, header, entered.experiment(at: index))
    }
  }

  /// The call after the kernel returned `outcome`: one record, or one for each message of
  /// `sendmmsg` and `recvmmsg` that the kernel handled.
  func returned(_ entered: EnteredCall, outcome: CallOutcome) -> [TraceEvent.Body] {
    switch entered.call {
    case .sendmsg, .sendmmsg: sent(entered, outcome).map { .send($0) }
    case .recvmsg, .recvmmsg: received(entered, outcome).map { .receive($0) }
    default: [.call(plain(entered, outcome: outcome))]
    }
  }

  // MARK: Messages

  private func sent(_ entered: EnteredCall, _ outcome: CallOutcome) -> [MessageRecord] {
    let records = entered.sends ?? sends(entered)
    guard var first = records.first else {
      var record = unreadable(entered, error: outcome.errorName)
      record.result = outcome.result.map { Int(clamping: $0) }
      return [record]
    }
    guard case .success(let result) = outcome else {
      first.error = outcome.errorName
      addWhatMatters(to: &first)
      return [first]
    }
    guard entered.call == .sendmmsg else {
      first.result = Int(clamping: result)
      return [first]
    }
    let entries = EnteredCall.entries(entered.arguments, entered.abi, memory)
    return zip(records, entries).prefix(Int(clamping: result)).map { record, entry in
      var record = record
      record.result = entry.moved
      return record
    }
  }

  private func received(_ entered: EnteredCall, _ outcome: CallOutcome) -> [MessageRecord] {
    guard case .success(let result) = outcome else {
      return [pendingReceive(entered, error: outcome.errorName)]
    }
    guard entered.call == .recvmmsg else { return [receive(entered, result)] }
    let entries = EnteredCall.entries(entered.arguments, entered.abi, memory)
    let pairs = zip(entered.headers, entries).prefix(Int(clamping: result))
    return pairs.enumerated().map { index, pair in
      receive(
        entered, offered: pair.0, returned: pair.1.header, moved: pair.1.moved,
        entered.experiment(at: index))
    }
  }

  private func send(
    _ entered: EnteredCall, _ header: MessageHeader, _ experiment: ExperimentRecord?
  ) -> MessageRecord {
    let address = header.address(in: memory)
    let control = header.control(capacity: header.controlLength, in: memory)
    var record = MessageRecord(
      call: entered.call.rawValue, socket: socket(socket(of: entered), sendingTo: address),
      address: address, flags: MessageFlags(rawValue: entered.flags),
      data: header.data(moved: nil, in: memory), control: control,
      descriptors: (control?.descriptors ?? []).compactMap { lookup.facts(of: $0) },
      experiment: experiment)
    addWhatMatters(to: &record)
    return record
  }

  private func pendingReceive(_ entered: EnteredCall, error: String?) -> MessageRecord {
    guard let header = entered.headers.first else { return unreadable(entered, error: error) }
    let control = header.control(capacity: header.controlLength, used: 0, in: memory)
    return MessageRecord(
      call: entered.call.rawValue, socket: socket(of: entered), error: error,
      flags: MessageFlags(rawValue: entered.flags), data: header.data(moved: 0, in: memory),
      control: control, experiment: entered.experiment(at: 0))
  }

  private func receive(_ entered: EnteredCall, _ moved: Int64) -> MessageRecord {
    guard let offered = entered.headers.first,
      let returned = MessageHeader(at: entered.arguments[1], abi: entered.abi, in: memory)
    else {
      var record = unreadable(entered, error: nil)
      record.result = Int(clamping: moved)
      return record
    }
    return receive(
      entered, offered: offered, returned: returned, moved: Int(clamping: moved),
      entered.experiment(at: 0))
  }

  private func receive(
    _ entered: EnteredCall, offered: MessageHeader, returned: MessageHeader, moved: Int,
    _ experiment: ExperimentRecord?
  ) -> MessageRecord {
    let socket = socket(of: entered)
    let flags = MessageFlags(rawValue: entered.flags)
    let control = returned.control(capacity: offered.controlLength, in: memory)
    var record = MessageRecord(
      call: entered.call.rawValue, socket: socket, address: returned.address(in: memory),
      result: moved, flags: flags, messageFlags: MessageFlags(rawValue: returned.flags),
      data: returned.data(moved: moved, in: memory), control: control,
      descriptors: (control?.descriptors ?? []).compactMap {
        lookup.received($0, from: socket.peer, closeOnExec: flags.contains(.closeOnExec))
      }, experiment: experiment)
    addWhatMatters(to: &record)
    return record
  }

  /// Looks at what costs a read of a file in /proc and matters for few messages only.
  private func addWhatMatters(to record: inout MessageRecord) {
    if record.descriptors.contains(where: \.isDelicate) { record.user = lookup.user() }
    let isTruncated = record.messageFlags?.contains(.controlTruncated) ?? false
    if isTruncated || record.error == "ETOOMANYREFS" { record.room = lookup.room() }
  }

  private func socket(of entered: EnteredCall) -> SocketInfo {
    let fd = entered.fd ?? -1
    return lookup.socket(of: fd)
      ?? SocketInfo(fd: fd, foreignProtocol: lookup.foreignProtocol(of: fd))
  }

  /// A datagram goes where its address says; elsewhere the kernel takes no address.
  private func socket(_ socket: SocketInfo, sendingTo address: String?) -> SocketInfo {
    guard let address, socket.type == .datagram else { return socket }
    var socket = socket
    socket.peer = lookup.destination(address)
    return socket
  }

  private func unreadable(_ entered: EnteredCall, error: String?) -> MessageRecord {
    let address = String(entered.arguments[1], radix: 16)
    return MessageRecord(
      call: entered.call.rawValue, socket: socket(of: entered), error: error,
      flags: MessageFlags(rawValue: entered.flags),
      unreadable: entered.asksForNothing ? nil : "the msghdr at 0x\(address) cannot be read",
      experiment: entered.experiment(at: 0))
  }

  // MARK: Other calls

  private func plain(_ entered: EnteredCall, outcome: CallOutcome?) -> CallRecord {
    var record = CallRecord(
      name: entered.call.rawValue, fd: entered.fd, arguments: argumentTexts(entered),
      result: outcome?.result, error: outcome?.errorName,
      socket: [entered.fd, entered.target].firstAnswer { $0.flatMap(lookup.socket) })
    if entered.call == .sendto, entered.arguments[4] != 0 {
      record.address = socketAddressText(
        at: entered.arguments[4], length: entered.arguments[5], in: memory)
      record.socket = record.socket.map { socket($0, sendingTo: record.address) }
    }
    if let result = outcome?.result {
      record.created = created(entered, result: result)
      record.data = plainData(entered, moved: result)
    } else if [.write, .writev, .pwritev2, .sendto].contains(entered.call) {
      record.data = plainData(entered, moved: nil)
    }
    return record
  }

  private func created(_ entered: EnteredCall, result: Int64) -> [Int32] {
    switch entered.call {
    case .socket, .accept, .accept4, .dup, .dup2, .dup3, .ioUringSetup:
      [Int32(truncatingIfNeeded: result)]
    case .fcntl where entered.duplicates, .seccomp where entered.makesListener:
      [Int32(truncatingIfNeeded: result)]
    case .socketpair:
      memory.readAll(entered.arguments[3], count: 8).map { pair in
        [0, 4].map { Int32(truncatingIfNeeded: pair.number(at: $0, width: 4)) }
      } ?? []
    default: []
    }
  }

  private func plainData(_ entered: EnteredCall, moved: Int64?) -> DataExcerpt? {
    let arguments = entered.arguments
    switch entered.call {
    case .read, .write, .sendto, .recvfrom:
      let length = Int(clamping: moved ?? Int64(clamping: arguments[2]))
      let capacity = Int(clamping: arguments[2])
      // With MSG_TRUNC the kernel tells how long a message was, also when less of it had room.
      return DataExcerpt(
        bytes: memory.read(arguments[1], count: min(length, capacity, MessageHeader.dataLimit)),
        length: length, capacity: capacity)
    case .readv, .writev, .preadv2, .pwritev2:
      let header = MessageHeader(
        buffersAt: arguments[1], count: arguments[2], abi: entered.abi)
      return header.data(moved: moved.map { Int(clamping: $0) }, in: memory)
    default: return nil
    }
  }

  private static func shutdownName(_ how: UInt64) -> String {
    switch how {
    case 0: "SHUT_RD"
    case 1: "SHUT_WR"
    case 2: "SHUT_RDWR"
    default: "\(how)"
    }
  }

  private func argumentTexts(_ entered: EnteredCall) -> [String] {
    let arguments = entered.arguments
    func number(_ index: Int) -> String { "\(Int32(truncatingIfNeeded: arguments[index]))" }
    switch entered.call {
    case .socket, .socketpair:
      return [socketFamilyName(arguments[0]), socketTypeName(arguments[1]), "\(arguments[2])"]
    case .bind, .connect:
      let address = socketAddressText(at: arguments[1], length: arguments[2], in: memory)
      return [address ?? "an address that cannot be read"]
    case .listen, .dup2: return [number(1)]
    case .shutdown: return [Self.shutdownName(arguments[1])]
    case .accept4: return [String(socketOptionSuffix(arguments[3]).dropFirst())].filter { $0 != "" }
    case .dup3: return [number(1)] + (arguments[2] & 0o2000000 != 0 ? ["O_CLOEXEC"] : [])
    case .fcntl where entered.flagCommand != nil:
      return ["F_SETFD", arguments[2] & 1 != 0 ? "FD_CLOEXEC" : "0"]
    case .fcntl: return [EnteredCall.duplicating(arguments[1]) ?? "\(arguments[1])"]
    case .ioctl: return [entered.flagCommand ?? "\(arguments[1])"]
    case .read, .write: return ["\(arguments[2])"]
    case .sendto, .recvfrom:
      return ["\(arguments[2])"] + MessageFlags(rawValue: entered.flags).names
    case .preadv2, .pwritev2: return [String(entered.offset)] + entered.vectorFlagNames
    case .splice: return [number(2), "\(arguments[4])"]
    case .sendfile: return [number(1), "\(arguments[3])"]
    case .closeRange: return [String(UInt32(truncatingIfNeeded: arguments[1]))]
    case .exitGroup: return [number(0)]
    case .ioUringSetup: return ["\(UInt32(truncatingIfNeeded: arguments[0])) entries"]
    case .seccomp:
      return [arguments[0] == 1 ? "SECCOMP_SET_MODE_FILTER" : "SECCOMP_SET_MODE_STRICT"]
    case .prctl:
      return ["PR_SET_SECCOMP", arguments[1] == 2 ? "SECCOMP_MODE_FILTER" : "SECCOMP_MODE_STRICT"]
    case .accept, .sendmsg, .recvmsg, .sendmmsg, .recvmmsg, .readv, .writev, .dup, .close: return []
    }
  }
}
