import ControlMessages
import TraceModel

/// A call as its thread entered it.
struct EnteredCall {
  let call: TracedCall
  let arguments: [UInt64]
  /// Microseconds since the session began.
  let time: Int64
  /// The header of a send or a receive, as it was at the entry: the kernel overwrites part of it.
  var header: MessageHeader?

  /// The descriptor that is the call's first argument; nil for the calls that make descriptors.
  var fd: Int32? {
    switch call {
    case .socket, .socketpair: nil
    default: Int32(truncatingIfNeeded: arguments[0])
    }
  }
}

/// What the decoder must know of the calling process beside its memory.
protocol DescriptorLookup {
  /// What a descriptor refers to now; nil when the number is free.
  func facts(of fd: Int32) -> DescriptorFacts?
}

/// Turns a stopped thread's registers and memory into records. Pure: all it knows comes through
/// its two protocols, so that tests can give it the worst memory there is.
struct CallDecoder<Memory: TraceeMemory, Lookup: DescriptorLookup> {
  let memory: Memory
  let lookup: Lookup

  /// What is known of a call when it was entered.
  func entry(_ call: TracedCall, _ arguments: [UInt64], time: Int64) -> EnteredCall {
    var entered = EnteredCall(call: call, arguments: arguments, time: time)
    switch call {
    case .sendmsg, .recvmsg: entered.header = MessageHeader(at: arguments[1], in: memory)
    default: break
    }
    return entered
  }

  /// The call before the kernel has done anything.
  func pending(_ entered: EnteredCall) -> TraceEvent.Body {
    switch entered.call {
    case .sendmsg: .send(send(entered, outcome: nil))
    case .recvmsg: .receive(pendingReceive(entered))
    default: .call(plain(entered, outcome: nil))
    }
  }

  /// The call after the kernel returned `outcome`.
  func returned(_ entered: EnteredCall, outcome: CallOutcome) -> TraceEvent.Body {
    switch entered.call {
    case .sendmsg: .send(send(entered, outcome: outcome))
    case .recvmsg: .receive(receive(entered, outcome: outcome))
    default: .call(plain(entered, outcome: outcome))
    }
  }

  // MARK: Messages

  private func send(_ entered: EnteredCall, outcome: CallOutcome?) -> MessageRecord {
    var record = emptyRecord(entered, outcome: outcome)
    guard let header = entered.header else { return record }
    record.data = header.data(moved: nil, in: memory)
    record.control = header.control(capacity: header.controlLength, in: memory)
    record.descriptors = record.descriptorNumbers.compactMap { lookup.facts(of: $0) }
    return record
  }

  private func pendingReceive(_ entered: EnteredCall) -> MessageRecord {
    var record = emptyRecord(entered, outcome: nil)
    guard let header = entered.header else { return record }
    record.data = header.data(moved: 0, in: memory)
    record.control = header.control(capacity: header.controlLength, in: memory)
    record.control?.length = 0
    return record
  }

  private func receive(_ entered: EnteredCall, outcome: CallOutcome) -> MessageRecord {
    guard case .success(let result) = outcome else {
      var record = pendingReceive(entered)
      record.error = outcome.errorName
      return record
    }
    var record = emptyRecord(entered, outcome: outcome)
    guard let offered = entered.header,
      let returned = MessageHeader(at: entered.arguments[1], in: memory)
    else { return record }
    record.messageFlags = MessageFlags(rawValue: returned.flags)
    record.data = returned.data(moved: Int(clamping: result), in: memory)
    record.control = returned.control(capacity: offered.controlLength, in: memory)
    record.descriptors = record.descriptorNumbers.compactMap { lookup.facts(of: $0) }
    return record
  }

  private func emptyRecord(_ entered: EnteredCall, outcome: CallOutcome?) -> MessageRecord {
    let fd = entered.fd ?? -1
    return MessageRecord(
      call: entered.call.rawValue, socket: lookup.facts(of: fd)?.socket ?? SocketInfo(fd: fd),
      result: outcome?.result.map { Int(clamping: $0) }, error: outcome?.errorName,
      flags: MessageFlags(rawValue: Int32(truncatingIfNeeded: entered.arguments[2])),
      unreadable: entered.header == nil
        ? "the msghdr at 0x\(String(entered.arguments[1], radix: 16)) cannot be read" : nil)
  }

  // MARK: Other calls

  private func plain(_ entered: EnteredCall, outcome: CallOutcome?) -> CallRecord {
    var record = CallRecord(
      name: entered.call.rawValue, fd: entered.fd, arguments: argumentTexts(entered),
      result: outcome?.result, error: outcome?.errorName,
      socket: entered.fd.flatMap { lookup.facts(of: $0)?.socket })
    if let result = outcome?.result {
      record.created = created(entered, result: result)
      record.data = plainData(entered, moved: result)
    } else if entered.call == .write || entered.call == .writev {
      record.data = plainData(entered, moved: nil)
    }
    return record
  }

  private func created(_ entered: EnteredCall, result: Int64) -> [Int32] {
    switch entered.call {
    case .socket, .accept, .accept4, .dup, .dup2, .dup3: [Int32(truncatingIfNeeded: result)]
    case .fcntl where entered.duplicates: [Int32(truncatingIfNeeded: result)]
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
    case .read, .write:
      let length = Int(clamping: moved ?? Int64(clamping: arguments[2]))
      return DataExcerpt(
        bytes: memory.read(arguments[1], count: min(length, MessageHeader.dataLimit)),
        length: length, capacity: Int(clamping: arguments[2]))
    case .readv, .writev:
      let header = MessageHeader(buffersAt: arguments[1], count: arguments[2])
      return header.data(moved: moved.map { Int(clamping: $0) }, in: memory)
    default: return nil
    }
  }

  private func argumentTexts(_ entered: EnteredCall) -> [String] {
    let arguments = entered.arguments
    switch entered.call {
    case .socket, .socketpair:
      return [socketFamilyName(arguments[0]), socketTypeName(arguments[1]), "\(arguments[2])"]
    case .bind, .connect:
      let address = socketAddressText(at: arguments[1], length: arguments[2], in: memory)
      return [address ?? "an address that cannot be read"]
    case .listen, .shutdown: return ["\(Int32(truncatingIfNeeded: arguments[1]))"]
    case .accept4: return [String(socketOptionSuffix(arguments[3]).dropFirst())].filter { $0 != "" }
    case .dup2: return ["\(Int32(truncatingIfNeeded: arguments[1]))"]
    case .dup3:
      return ["\(Int32(truncatingIfNeeded: arguments[1]))"]
        + (arguments[2] & 0o2000000 != 0 ? ["O_CLOEXEC"] : [])
    case .fcntl: return [entered.duplicates ? entered.duplicationName : "\(arguments[1])"]
    case .read, .write: return ["\(arguments[2])"]
    case .accept, .sendmsg, .recvmsg, .readv, .writev, .dup, .close: return []
    }
  }
}

extension EnteredCall {
  /// Whether an `fcntl` makes a duplicate; the only commands of it that matter here.
  var duplicates: Bool { call == .fcntl && (arguments[1] == 0 || arguments[1] == 1030) }

  fileprivate var duplicationName: String { arguments[1] == 0 ? "F_DUPFD" : "F_DUPFD_CLOEXEC" }
}

extension MessageHeader {
  /// Only the buffers, for readv(2) and writev(2).
  fileprivate init(buffersAt address: UInt64, count: UInt64) {
    nameAddress = 0
    nameLength = 0
    buffersAddress = address
    bufferCount = count
    controlAddress = 0
    controlLength = 0
    flags = 0
  }
}

/// What a call returned.
enum CallOutcome: Equatable {
  case success(Int64)
  case failure(Int32)

  var result: Int64? { if case .success(let value) = self { value } else { nil } }
  var errorName: String? {
    if case .failure(let number) = self { errorName(of: number) } else { nil }
  }

  private func errorName(of number: Int32) -> String { ErrorNames.name(number) }
}
